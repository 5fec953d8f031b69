import type { FacebookEvent, Via } from './facebookEvent.ts';
import { cutBelow, maxDepth } from './jsonDepth.ts';
import { parseFacebookEvent, type EventEnvelope } from './parseFacebookEvent.ts';
import type { QuarantineReason } from './quarantineNote.ts';
import { isArray, isJsonObject, readId, readObject, readText, readTime, type JsonObject } from './readJson.ts';
import { isEventName } from './severalEvents.ts';

/** An item of one of an entry's lists, or something that is not a usable item. */
export type EntryItem =
  { event: FacebookEvent } | { sentence: string; raw: unknown; via?: Via; reason?: QuarantineReason };

export interface WebhookEntry {
  items: EntryItem[];
  /** The entry's `time`, in milliseconds since 1970. */
  time?: number;
  /** Its fields other than its lists, its id and its time. */
  beside?: JsonObject;
}

/** Every item carries its entry's other fields along, so they must be small. In characters of JSON. */
const maxBeside = 4096;

/**
 * The content of one webhook entry: the items of `messaging`, of `standby`, and of every other list. Lists whose names begin like these
 * two, such as `messaging_handovers`, are read the same way. In any other list, Messenger's events are read and other items are returned
 * with a reason. Nothing is dropped. Never throws.
 */
export function readWebhookEntry(entry: unknown): WebhookEntry {
  if (!isJsonObject(entry)) return { items: [] };
  const names = Object.keys(entry).filter((name) => !['id', 'time', 'hop_context'].includes(name));
  const isList = (name: string): boolean =>
    isArray(entry[name]) || rankOf(name) < 2 || (isMessagingName(name) && isJsonObject(entry[name]));
  const pageId = readId(entry, 'id');
  const time = readTime(entry, 'time');
  const envelope = {
    ...(pageId === undefined ? {} : { pageId }),
    ...(time === undefined ? {} : { time }),
    hopContext: cutBelow(entry.hop_context, maxDepth),
  };
  const items = names
    .filter(isList)
    .sort((one, other) => rankOf(one) - rankOf(other))
    .flatMap((name) => itemsOfList(name, entry[name], envelope));
  // In an item such a name means an event, so it cannot be copied into the items.
  for (const name of names.filter((one) => !isList(one) && isEventName(one))) {
    items.push({
      sentence: 'The entry itself holds an event, which belongs in one of its lists.',
      raw: { [name]: entry[name] },
    });
  }
  const others = ['hop_context', ...names.filter((name) => !isList(name) && !isEventName(name))].filter((name) =>
    Object.hasOwn(entry, name),
  );
  const beside = cutBelow(Object.fromEntries(others.map((name) => [name, entry[name]])), maxDepth);
  const around = time === undefined ? {} : { time };
  if (!isJsonObject(beside) || others.length === 0 || items.length === 0) return { items, ...around };
  if (JSON.stringify(beside).length <= maxBeside) return { items, ...around, beside };
  const tooMuch = {
    sentence: 'The fields of the entry beside its items are too large to pass on with them.',
    raw: beside,
  };
  return { items: [...items, tooMuch], ...around };
}

function isMessagingName(name: string): boolean {
  return /^(?:messaging|standby)/i.test(name);
}

function viaOf(name: string): Via {
  return /^standby/i.test(name) ? 'standby' : 'messaging';
}

function rankOf(name: string): number {
  return name === 'messaging' ? 0 : name === 'standby' ? 1 : 2;
}

function itemsOfList(name: string, list: unknown, envelope: EventEnvelope): EntryItem[] {
  const via = viaOf(name);
  if (list === null || list === undefined) return [];
  if (!isArray(list)) return [{ sentence: 'The items of the entry are not a list.', raw: list, via }];
  return list.map((item) => {
    if (isMessagingName(name) || isMessengerItem(item)) return { event: parseFacebookEvent(item, via, envelope) };
    return isDashboardTest(item)
      ? { sentence: dashboardTest, raw: { [name]: [item] }, reason: 'dashboardTest' }
      : { sentence: notMessaging, raw: { [name]: [item] }, reason: 'notMessaging' };
  });
}

const notMessaging = 'The entry holds something that is not an event of a conversation, such as a change to the Page.';
const dashboardTest =
  'This is a made-up item from the "Test" button of the App Dashboard: the webhook works, and there is nobody to answer.';

function isMessengerItem(item: unknown): boolean {
  if (readObject(item, 'sender') === undefined && readObject(item, 'recipient') === undefined) return false;
  return parseFacebookEvent(item, 'messaging').kind !== 'unsupported';
}

/** Real events of a conversation come in `messaging` and `standby`; only the dashboard sends them as a change to the Page. */
function isDashboardTest(item: unknown): boolean {
  return /^(?:messag(?:es|e_|ing)|standby)/.test(readText(item, 'field') ?? '');
}
