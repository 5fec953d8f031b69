import type { FacebookEvent, FacebookEventKind, UnsupportedEvent } from './facebookEvent.ts';
import { readWebhookEntry } from './facebookWebhookEntry.ts';
import { cutBelow, isDeeperThan, maxDepth } from './jsonDepth.ts';
import { present } from './present.ts';
import type { QuarantineNote, QuarantineReason } from './quarantineNote.ts';
import { isArray, isJsonObject, readId, readProperty, readText, type JsonObject } from './readJson.ts';
import { hasSeveralEvents, severalEvents } from './severalEvents.ts';

/** One item of a webhook, read. */
export type WebhookItem =
  | {
      event: FacebookEvent;
      /** The `time` of the entry around it, in milliseconds since 1970. */
      entryTime?: number;
      /** The entry's fields other than its lists, its id and its time, such as `hop_context`. */
      beside?: JsonObject;
      /** Why it must not reach the bot, although it can be read. */
      quarantine?: QuarantineNote;
    }
  | {
      /** Nothing that a bot could act on. It is stored as received, as far as possible, and does not affect its neighbours. */
      unusable: UnsupportedEvent;
      /** Why it is quarantined, as one word. Default: `malformed`. */
      reason?: QuarantineReason;
      entryTime?: number;
    };

/** The most items in one body; Meta never batches more. Any beyond that are quarantined together. */
export const maxItems = 1000;
const maxIdLength = 512;

/**
 * Every item of a webhook's body, in order: for each entry `messaging`, then `standby`, then its other lists; an entry may have any number
 * of these. Never throws, and always returns at least one item: a body that makes no sense is quarantined as a whole. Bodies about
 * Instagram are recognised, and all their items are quarantined.
 *
 * Source: https://developers.facebook.com/docs/messenger-platform/reference/webhook-events
 */
export function readFacebookWebhook(body: unknown): WebhookItem[] {
  const object = readText(body, 'object');
  const entries = readProperty(body, 'entry');
  if ((object !== 'page' && object !== 'instagram') || !isArray(entries) || entries.length === 0) {
    return [{ unusable: unusableOf('The body is not a list of entries about a Page.', body) }];
  }
  const items = entries.flatMap(itemsOfEntry);
  const first = items.slice(0, maxItems).map((item) => (object === 'page' ? item : instagram(item)));
  if (items.length <= maxItems) return first;
  const others = items.slice(maxItems).map((item) => ('event' in item ? item.event.raw : item.unusable.raw));
  return [...first, { unusable: unusableOf(`The body holds more than ${maxItems} items.`, others) }];
}

function itemsOfEntry(entry: unknown): WebhookItem[] {
  const { items, time, beside } = readWebhookEntry(entry);
  const entryTime = time === undefined ? {} : { entryTime: time };
  const around = { ...entryTime, ...(beside === undefined ? {} : { beside }) };
  const read = items.map((item): WebhookItem => {
    if ('event' in item) return checked(item.event, readId(entry, 'id'), around);
    const { sentence, raw, via, reason } = item;
    return {
      unusable: { ...unusableOf(sentence, raw), ...(via === undefined ? {} : { via }) },
      ...(reason && { reason }),
      ...entryTime,
    };
  });
  if (read.length > 0) return read;
  return [{ unusable: unusableOf('The entry holds neither messaging nor standby items.', entry) }];
}

function instagram(item: WebhookItem): WebhookItem {
  const [via, raw] = 'event' in item ? [item.event.via, item.event.raw] : [item.unusable.via, item.unusable.raw];
  const unusable = { ...unusableOf('Events of Instagram are not handled.', raw), via };
  return { unusable, reason: 'instagram', ...(item.entryTime === undefined ? {} : { entryTime: item.entryTime }) };
}

/** Events that may come without a customer. */
const withoutCustomer: ReadonlySet<FacebookEventKind> = new Set([
  'app_roles',
  'policy_enforcement',
  'optin',
  'unsupported',
]);

function checked(
  event: FacebookEvent,
  entryId: string | undefined,
  around: { entryTime?: number; beside?: JsonObject },
): WebhookItem {
  const reason = reasonAgainst(event);
  if (reason === undefined) {
    return { event, ...around, ...present('quarantine', noteAgainst(event, entryId)) };
  }
  const page = event.pageId === undefined || event.pageId.length > maxIdLength ? {} : { pageId: event.pageId };
  const { entryTime } = around;
  return {
    unusable: { ...unusableOf(reason, event.raw), via: event.via, ...page },
    ...(entryTime === undefined ? {} : { entryTime }),
  };
}

function noteAgainst({ pageId, raw }: FacebookEvent, entryId: string | undefined): QuarantineNote | undefined {
  // Which of the two is the Page depends on the event.
  if (hasSeveralEvents(raw)) return severalEvents;
  if (entryId === undefined || pageId === entryId) return undefined;
  return { reason: 'otherPage', sentence: 'The entry and its item name different Pages.' };
}

function reasonAgainst(event: FacebookEvent): string | undefined {
  const { kind, pageId, psid, raw } = event;
  if (kind === 'unsupported' && !isJsonObject(raw)) return event.reason;
  if (pageId === undefined) return 'The item names no Page.';
  if (psid === undefined && !withoutCustomer.has(kind)) return 'The item names no customer.';
  const ids = [pageId, psid, 'mid' in event ? event.mid : undefined];
  if (ids.some((id) => id !== undefined && id.length > maxIdLength)) return 'The item has an id that is too long.';
  return isDeeperThan(raw, maxDepth) ? `The item has more than ${maxDepth} levels.` : undefined;
}

function unusableOf(reason: string, raw: unknown): UnsupportedEvent {
  return { kind: 'unsupported', via: 'messaging', reason, raw: cutBelow(raw, maxDepth) };
}
