import type { FacebookEvent, Via } from './facebookEvent.ts';
import { cutBelow, maxDepth } from './jsonDepth.ts';
import { parseFacebookEvent, type EventEnvelope } from './parseFacebookEvent.ts';
import type { QuarantineReason } from './quarantineNote.ts';
import { isArray, isJsonObject, readId, readObject, readText, readTime, type JsonObject } from './readJson.ts';
import { isEventName } from './severalEvents.ts';

/** An item of one of an entry's lists, or something that is none. */
export type EntryItem = { event: FacebookEvent } | { reason: string; raw: unknown; via?: Via; why?: QuarantineReason };

export interface WebhookEntry {
  items: EntryItem[];
  /** The entry's `time`, in milliseconds since 1970. */
  time?: number;
  /** What it says beside its lists, its id and its time. */
  beside?: JsonObject;
}

/** Every item that a bot gets carries what its entry said beside it, so that has to be small. In characters of JSON. */
const maxBeside = 4096;

/**
 * What one entry of a webhook says: the items of `messaging`, of `standby`, and of every other list. `messaging_handovers` and whatever
 * else begins like the two is read as they are; of a list of another name those items are read that are Messenger's events, and
 * the others are told apart. Nothing is left out. Never throws.
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
  // In an item such a name is an event, so it cannot go along with the items as what is said beside them.
  for (const name of names.filter((one) => !isList(one) && isEventName(one))) {
    items.push({
      reason: 'The entry itself tells of an event, which belongs into its lists.',
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
  const tooMuch = { reason: 'The entry says more beside its items than is handed on with them.', raw: beside };
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
  if (!isArray(list)) return [{ reason: 'The items of the entry are not a list.', raw: list, via }];
  return list.map((item) => {
    if (isMessagingName(name) || isMessengerItem(item)) return { event: parseFacebookEvent(item, via, envelope) };
    return isDashboardTest(item)
      ? { reason: dashboardTest, raw: { [name]: [item] }, why: 'dashboardTest' }
      : { reason: notMessaging, raw: { [name]: [item] }, why: 'notMessaging' };
  });
}

const notMessaging =
  'The entry holds something beside messaging and standby that is no event of a conversation, such as a change of the Page.';
const dashboardTest =
  'The button "Test" of the App Dashboard sends this made-up item: the webhook works, and there is nobody to answer.';

function isMessengerItem(item: unknown): boolean {
  if (readObject(item, 'sender') === undefined && readObject(item, 'recipient') === undefined) return false;
  return parseFacebookEvent(item, 'messaging').kind !== 'unsupported';
}

/** Real events of a conversation come in `messaging` and `standby`; as a change of the Page only the dashboard sends them. */
function isDashboardTest(item: unknown): boolean {
  return /^(?:messag(?:es|e_|ing)|standby)/.test(readText(item, 'field') ?? '');
}
