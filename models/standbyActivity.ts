import type { Activity } from 'botbuilder';
import type { EventEnvelope } from './parseFacebookEvent.ts';
import { cutBelow, isDeeperThan, maxDepth } from './jsonDepth.ts';
import { isArray, isJsonObject, parseJson, readId, readProperty, readTime } from './readJson.ts';

/**
 * Whether this is a standby activity of Azure's Facebook channel, which holds all items of a webhook entry. The only published examples are
 * from 2019 and differ in form, so all those forms are understood.
 *
 * Source: https://github.com/BotBuilderCommunity/botbuilder-community-dotnet/issues/7
 */
export function isStandbyActivity({ type, name }: { type?: unknown; name?: unknown }): boolean {
  return type === 'event' && typeof name === 'string' && name.toLowerCase() === 'standby';
}

/**
 * The items in all places where Azure's channel has put them, the first place first. Another place usually repeats them; any items that it
 * adds come after.
 */
export function standbyItemsOf(activity: Partial<Activity>): readonly unknown[] {
  const places: unknown[] = [activity.value, activity.channelData, activity.text]
    .map(payloadIn)
    .flatMap((place: unknown) => [place, ...standbyPropertiesOf(place)]);
  const [first = [], ...others] = places.filter(isArray).filter(({ length }) => length > 0);
  if (others.length === 0) return first;
  const known = new Set(first.map(printed));
  const more = others.flat().filter((item) => known.size !== known.add(printed(item)).size);
  return [...first, ...more];
}

function printed(item: unknown): string | undefined {
  return JSON.stringify(cutBelow(item, maxDepth));
}

/** The payload in one of an activity's places: JSON, or JSON as text. Any other text is returned as is. */
export function payloadIn(place: unknown): unknown {
  if (typeof place !== 'string' || !/^\s*[[{]/.test(place)) return place;
  try {
    const payload = parseJson(place);
    return isDeeperThan(payload, maxDepth) ? undefined : payload;
  } catch {
    return place;
  }
}

/** The values under `standby`, `standBy` and any other capitalisation: the .NET samples ignore case. */
function standbyPropertiesOf(place: unknown): unknown[] {
  if (!isJsonObject(place)) return [];
  return Object.keys(place)
    .filter((name) => name.toLowerCase() === 'standby')
    .map((name) => place[name]);
}

/** The fields of the webhook's entry that some of these forms keep beside the items. */
export function envelopeOf(activity: { value?: unknown; channelData?: unknown; text?: unknown }): EventEnvelope {
  const value = payloadIn(activity.value) ?? payloadIn(activity.text);
  const channelData = payloadIn(activity.channelData);
  const pageId = readId(value, 'id') ?? readId(channelData, 'id');
  const time = readTime(value, 'time') ?? readTime(channelData, 'time');
  const hopContext = readProperty(value, 'hop_context') ?? readProperty(channelData, 'hop_context');
  return {
    ...(pageId === undefined ? {} : { pageId }),
    ...(time === undefined ? {} : { time }),
    ...(hopContext === undefined ? {} : { hopContext }),
  };
}
