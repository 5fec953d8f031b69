import type { Activity, ChannelAccount, ConversationAccount } from 'botbuilder';
import type { FacebookEvent } from './facebookEvent.ts';
import { parseFacebookEvent } from './parseFacebookEvent.ts';
import type { EventEnvelope } from './parseFacebookEvent.ts';
import { isArray, isJsonObject, readId, readObject, readTime } from './readJson.ts';

/**
 * Facebook events in Bot Framework activities, in the shapes that Azure's Facebook channel gives them.
 *
 * Source: https://learn.microsoft.com/azure/bot-service/bot-service-channel-connect-facebook
 * Source: https://github.com/microsoft/BotFramework-Samples/tree/master/blog-samples/CSharp/FacebookHandover
 */

/** The id that Azure's Facebook channel gives to the conversation of a customer with a Page. */
export function conversationIdOf(psid: string, pageId: string): string {
  return `${psid}-${pageId}`;
}

/**
 * The one Facebook event that an activity carries; `undefined` when it is not from the Facebook channel or carries no
 * Messenger payload. Of a standby activity with several items it is the first: split it before, with {@link splitStandby}.
 * Customer and Page are taken from the activity where the payload does not name them. Never throws.
 */
export function facebookEventOf(activity: Partial<Activity>): FacebookEvent | undefined {
  if (activity.channelId !== 'facebook') return undefined;
  if (isStandby(activity)) {
    const found = standbyOf(activity);
    return withParticipants(parseFacebookEvent(found?.items[0], 'standby', envelopeOf(activity)), activity);
  }
  const places: unknown[] = [activity.channelData, activity.value];
  const payloads = (activity.type === 'event' ? places.reverse() : places).filter(isMessengerPayload);
  const events = payloads.map((payload) => parseFacebookEvent(payload, 'messaging'));
  const event = events.find(({ kind }) => kind !== 'unsupported') ?? events[0];
  return event === undefined ? undefined : withTimestamp(withParticipants(event, activity), activity);
}

/**
 * One activity for each item of a standby activity, each with its own sender, recipient, conversation and id (`<id>#0`,
 * `<id>#1`, …, the same on every delivery), because Bot Builder caches state per turn: two customers in one turn would
 * overwrite each other. The items are then in `value.standby` and `channelData.standby`, one in each.
 *
 * Splitting again changes nothing. Any other activity, and a standby activity without items, comes back as it is.
 * Never throws.
 */
export function splitStandby(activity: Activity): Activity[] {
  if (activity.channelId !== 'facebook' || !isStandby(activity)) return [activity];
  const found = standbyOf(activity);
  if (found === undefined) return [activity];
  const envelope = envelopeOf(activity);
  return found.items.map((item, index) => {
    const part: Activity = {
      ...activity,
      value: { standby: [item] },
      channelData: {
        ...(envelope.pageId === undefined ? {} : { id: envelope.pageId }),
        ...(envelope.time === undefined ? {} : { time: envelope.time }),
        standby: [item],
      },
    };
    if (found.items.length > 1 && activity.id !== undefined) part.id = `${activity.id}#${index}`;
    const { from, recipient, conversation } = participantsOf(parseFacebookEvent(item, 'standby', envelope));
    if (from !== undefined) part.from = accountOf(from, activity.from);
    if (recipient !== undefined) part.recipient = accountOf(recipient, activity.recipient);
    if (conversation !== undefined) part.conversation = conversationOf(conversation, activity.conversation);
    return part;
  });
}

/** How many items a standby activity has; 0 for any other. Never throws. */
export function countStandby(activity: Activity): number {
  const isSplit = activity.channelId === 'facebook' && isStandby(activity);
  return isSplit ? (standbyOf(activity)?.items.length ?? 0) : 0;
}

/** Who is who in the activity of an event: ids of sender, recipient and conversation, as far as the event names them. */
export interface Participants {
  /** The customer; for an echo the Page, which sent the message. */
  from?: string | undefined;
  /** The Page; for an echo the customer. */
  recipient?: string | undefined;
  /** The conversation of the two, the same for both directions. */
  conversation?: string | undefined;
}

/** The ids that the activity of an event has as sender, recipient and conversation. */
export function participantsOf({ kind, psid, pageId }: FacebookEvent): Participants {
  return {
    from: kind === 'echo' ? pageId : psid,
    recipient: kind === 'echo' ? psid : pageId,
    conversation: psid === undefined || pageId === undefined ? undefined : conversationIdOf(psid, pageId),
  };
}

/** The account with that id: the known one when it is the same, with its name. */
export function accountOf(id: string, known?: ChannelAccount): ChannelAccount {
  return readId(known, 'id') === id && known !== undefined ? known : { id, name: '' };
}

/** The conversation with that id: the known one when it is the same, with all that is known of it. */
export function conversationOf(id: string, known?: ConversationAccount): ConversationAccount {
  if (readId(known, 'id') === id && known !== undefined) return known;
  return { id, name: '', isGroup: false, conversationType: '' };
}

function isStandby({ type, name }: { type?: unknown; name?: unknown }): boolean {
  return type === 'event' && typeof name === 'string' && name.toLowerCase() === 'standby';
}

/** The first of the places that Azure's channel has used for the items which holds any. */
function standbyOf(activity: Partial<Activity>): { items: readonly unknown[] } | undefined {
  const places: unknown[] = [activity.value, activity.channelData].flatMap((place: unknown) => [
    place,
    ...standbyPropertiesOf(place),
  ]);
  const items = places.filter(isArray).find(({ length }) => length > 0);
  return items === undefined ? undefined : { items };
}

/** The values under `standby`, `standBy` and any other spelling: the .NET samples read it whatever its case. */
function standbyPropertiesOf(place: unknown): unknown[] {
  if (!isJsonObject(place)) return [];
  return Object.keys(place)
    .filter((name) => name.toLowerCase() === 'standby')
    .map((name) => place[name]);
}

/** The webhook entry's `id` and `time`, which the channel leaves beside the items in some of the shapes. */
function envelopeOf({ value, channelData }: { value?: unknown; channelData?: unknown }): EventEnvelope {
  const pageId = readId(value, 'id') ?? readId(channelData, 'id');
  const time = readTime(value, 'time') ?? readTime(channelData, 'time');
  return { ...(pageId === undefined ? {} : { pageId }), ...(time === undefined ? {} : { time }) };
}

/** A Messenger item names at least one of the two, or a body that is understood. */
function isMessengerPayload(payload: unknown): boolean {
  if (!isJsonObject(payload)) return false;
  if (readObject(payload, 'sender') !== undefined || readObject(payload, 'recipient') !== undefined) return true;
  return parseFacebookEvent(payload, 'messaging').kind !== 'unsupported';
}

function withParticipants(event: FacebookEvent, activity: { from?: unknown; recipient?: unknown }): FacebookEvent {
  if (event.kind === 'app_roles') return event;
  const from = readId(activity.from, 'id');
  const recipient = readId(activity.recipient, 'id');
  const psid = event.psid ?? (event.kind === 'echo' ? recipient : from);
  const pageId = event.pageId ?? (event.kind === 'echo' ? from : recipient);
  return { ...event, ...(psid === undefined ? {} : { psid }), ...(pageId === undefined ? {} : { pageId }) };
}

/** Meta leaves the time out of some items; the activity's own is the next best. It is a date, or text as it is in JSON. */
function withTimestamp(event: FacebookEvent, { timestamp }: { timestamp?: unknown }): FacebookEvent {
  if (event.timestamp !== undefined) return event;
  const text = typeof timestamp === 'string' ? timestamp : undefined;
  const time = timestamp instanceof Date ? timestamp.getTime() : Date.parse(text ?? '');
  return Number.isNaN(time) ? event : { ...event, timestamp: time };
}
