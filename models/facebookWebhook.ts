import type { FacebookEvent, FacebookEventKind, UnsupportedEvent, Via } from './facebookEvent.ts';
import { parseFacebookEvent, type EventEnvelope } from './parseFacebookEvent.ts';
import { isArray, isJsonObject, readArray, readId, readProperty, readText, readTime } from './readJson.ts';

/** One thing that a webhook told. */
export type WebhookItem =
  | {
      event: FacebookEvent;
      /** The `time` of the entry around it, in milliseconds since 1970. */
      entryTime?: number;
    }
  | {
      /** Nothing that a bot could act on. It is kept as it came, as far as it can be, and costs its neighbours nothing. */
      aside: UnsupportedEvent;
      entryTime?: number;
    };

/** More items in one body than Meta ever batches; the rest is kept aside together. */
export const maxItems = 1000;
/** Meta's own payloads have about eight levels. What is deeper cannot be printed again by every piece of code. */
const maxDepth = 32;
const maxIdLength = 512;

/**
 * Every item of a webhook's body, in order: of each entry `messaging` first, then `standby`; an entry may have both, one or
 * neither. Never throws, and answers at least one item: a body that makes no sense is kept aside as a whole. Bodies about
 * Instagram are recognised, and their items are all kept aside.
 *
 * Source: https://developers.facebook.com/docs/messenger-platform/reference/webhook-events
 */
export function readFacebookWebhook(body: unknown): WebhookItem[] {
  const object = readText(body, 'object');
  const entries = readProperty(body, 'entry');
  if ((object !== 'page' && object !== 'instagram') || !isArray(entries) || entries.length === 0) {
    return [{ aside: unsupported('The body is not a list of entries about a Page.', body) }];
  }
  const items = entries.flatMap((entry) => itemsOfEntry(entry));
  const kept = items.slice(0, maxItems).map((item) => (object === 'page' ? checked(item) : instagram(item)));
  if (items.length <= maxItems) return kept;
  const rest = items.slice(maxItems).map((item) => ('event' in item ? item.event.raw : item.aside.raw));
  return [...kept, { aside: unsupported(`The body holds more than ${maxItems} items.`, rest) }];
}

function itemsOfEntry(entry: unknown): WebhookItem[] {
  const pageId = readId(entry, 'id');
  const time = readTime(entry, 'time');
  const envelope = { ...(pageId === undefined ? {} : { pageId }), ...(time === undefined ? {} : { time }) };
  const items = [...itemsOfList(entry, 'messaging', envelope), ...itemsOfList(entry, 'standby', envelope)];
  if (items.length > 0) return items;
  return [{ aside: unsupported('The entry holds neither messaging nor standby items.', entry) }];
}

function itemsOfList(entry: unknown, via: Via, envelope: EventEnvelope): WebhookItem[] {
  const list = readProperty(entry, via) ?? undefined;
  const entryTime = envelope.time === undefined ? {} : { entryTime: envelope.time };
  if (list !== undefined && !isArray(list)) {
    return [{ aside: { ...unsupported('The items of the entry are not a list.', list), via }, ...entryTime }];
  }
  return readArray(entry, via).map((item) => ({ event: parseFacebookEvent(item, via, envelope), ...entryTime }));
}

function instagram(item: WebhookItem): WebhookItem {
  const [event, raw] = 'event' in item ? [item.event, item.event.raw] : [item.aside, item.aside.raw];
  return { ...timeOf(item), aside: { ...unsupported('Events of Instagram are not handled.', raw), via: event.via } };
}

function checked(item: WebhookItem): WebhookItem {
  if ('aside' in item) return item;
  const { event } = item;
  const reason = reasonAgainst(event);
  if (reason === undefined) return item;
  const page = event.pageId === undefined || event.pageId.length > maxIdLength ? {} : { pageId: event.pageId };
  return { ...timeOf(item), aside: { ...unsupported(reason, event.raw), via: event.via, ...page } };
}

function timeOf({ entryTime }: WebhookItem): { entryTime?: number } {
  return entryTime === undefined ? {} : { entryTime };
}

/** Events that Meta sends without a customer, too. */
const withoutCustomer: ReadonlySet<FacebookEventKind> = new Set(['app_roles', 'optin', 'unsupported']);

function reasonAgainst(event: FacebookEvent): string | undefined {
  const { kind, pageId, psid, raw } = event;
  if (kind === 'unsupported' && !isJsonObject(raw)) return event.reason;
  if (pageId === undefined) return 'The item names no Page.';
  if (psid === undefined && !withoutCustomer.has(kind)) return 'The item names no customer.';
  const ids = [pageId, psid, 'mid' in event ? event.mid : undefined];
  if (ids.some((id) => id !== undefined && id.length > maxIdLength)) return 'The item has an id that is too long.';
  return isDeeperThan(raw, maxDepth) ? `The item has more than ${maxDepth} levels.` : undefined;
}

function unsupported(reason: string, raw: unknown): UnsupportedEvent {
  return { kind: 'unsupported', via: 'messaging', reason, raw: cutBelow(raw, maxDepth) };
}

function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((part) => isDeeperThan(part, levels - 1));
}

function cutBelow(value: unknown, levels: number): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (levels === 0) return '[too deep]';
  if (isArray(value)) return value.map((part) => cutBelow(part, levels - 1));
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, cutBelow(part, levels - 1)]));
}
