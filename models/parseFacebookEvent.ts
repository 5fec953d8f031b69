import type { FacebookAttachment, FacebookEvent, Via } from './facebookEvent.ts';
import {
  isJsonObject,
  readArray,
  readFlag,
  readId,
  readObject,
  readProperty,
  readText,
  readTime,
  toId,
} from './readJson.ts';
import type { JsonObject } from './readJson.ts';

/** What is known about an item from the webhook entry around it, for items that do not say it themselves. */
export interface EventEnvelope {
  /** The entry's `id`: the Page. */
  pageId?: string;
  /** The entry's `time`, in milliseconds since 1970. */
  time?: number;
}

/** What every event has in common, under the names of `FacebookEvent`. */
interface Common {
  via: Via;
  pageId?: string;
  psid?: string;
  timestamp?: number;
  raw: unknown;
}

/**
 * One item of a webhook entry's `messaging` or `standby` array as a typed event.
 *
 * Never throws: what is not understood becomes `unsupported` with a reason, and costs its neighbours nothing. Ids become
 * strings whichever JSON type they had; times become milliseconds; `metadata` that is null is absent. For an echo, Meta names the
 * Page as sender and the customer as recipient; `pageId` and `psid` mean the same here as everywhere else.
 *
 * Source: https://developers.facebook.com/docs/messenger-platform/reference/webhook-events
 */
export function parseFacebookEvent(item: unknown, via: Via, envelope: EventEnvelope = {}): FacebookEvent {
  if (!isJsonObject(item)) {
    return { kind: 'unsupported', reason: 'The item is not a JSON object.', ...commonOf(item, via, envelope) };
  }
  for (const [name, parse] of parsers) {
    const body = readObject(item, name);
    if (body !== undefined) return parse(body, commonOf(item, via, envelope));
  }
  const malformed = parsers.some(([name]) => (readProperty(item, name) ?? undefined) !== undefined);
  const reason = malformed
    ? 'The item names a known event whose body is not a JSON object.'
    : 'The item holds none of the known events.';
  return { kind: 'unsupported', reason, ...commonOf(item, via, envelope) };
}

type Parse = (body: JsonObject, common: Common) => FacebookEvent;

/** Meta's name of each event's body. An item holds one; were there several, the first of this list would count. */
const parsers: readonly (readonly [string, Parse])[] = [
  ['message', parseMessage],
  ['postback', parsePostback],
  ['pass_thread_control', parsePass],
  ['take_thread_control', parseTake],
  ['request_thread_control', parseRequest],
  ['app_roles', parseAppRoles],
  ['reaction', parseReaction],
  ['read', parseRead],
  ['delivery', parseDelivery],
  ['referral', parseReferral],
  ['optin', parseOptin],
];

function commonOf(item: unknown, via: Via, envelope: EventEnvelope): Common {
  const sender = readId(readProperty(item, 'sender'), 'id');
  const recipient = readId(readProperty(item, 'recipient'), 'id');
  const isEcho = readFlag(readProperty(item, 'message'), 'is_echo');
  return {
    via,
    ...present('pageId', (isEcho ? sender : recipient) ?? toId(envelope.pageId)),
    ...present('psid', isEcho ? recipient : sender),
    ...present('timestamp', readTime(item, 'timestamp') ?? readTime(envelope, 'time')),
    raw: item,
  };
}

function parseMessage(body: JsonObject, common: Common): FacebookEvent {
  const mid = present('mid', readId(body, 'mid'));
  const text = present('text', readText(body, 'text'));
  if (readFlag(body, 'is_echo')) {
    return { kind: 'echo', ...common, ...mid, ...text, ...optionalId('appId', body, 'app_id'), ...metadataOf(body) };
  }
  if (readFlag(body, 'is_deleted')) {
    return { kind: 'unsupported', reason: 'The customer took the message back.', ...common };
  }
  const payload = readText(readProperty(body, 'quick_reply'), 'payload');
  const quickReply = present('quickReply', payload === undefined ? undefined : { payload });
  const attachments = readArray(body, 'attachments').flatMap(parseAttachment);
  return { kind: 'message', ...common, ...mid, ...text, ...quickReply, attachments };
}

function parseAttachment(attachment: unknown): FacebookAttachment[] {
  const type = readText(attachment, 'type');
  if (type === undefined) return [];
  const url = readText(readProperty(attachment, 'payload'), 'url') ?? readText(attachment, 'url');
  return [{ type, ...present('url', url) }];
}

function parsePostback(body: JsonObject, common: Common): FacebookEvent {
  return {
    kind: 'postback',
    ...common,
    ...present('mid', readId(body, 'mid')),
    ...present('title', readText(body, 'title')),
    ...present('payload', readText(body, 'payload')),
  };
}

function parsePass(body: JsonObject, common: Common): FacebookEvent {
  const newOwner = readProperty(body, 'new_owner_app_id') ?? undefined;
  // Without an owner the pass is taken for one to this app. One whose digits were rounded on the way is somebody.
  if (newOwner !== undefined && toId(newOwner) === undefined) {
    return { kind: 'unsupported', reason: 'The new owner of the thread is no usable app id.', ...common };
  }
  return { kind: 'pass_thread_control', ...common, ...ownersOf(body), ...metadataOf(body) };
}

function parseTake(body: JsonObject, common: Common): FacebookEvent {
  return { kind: 'take_thread_control', ...common, ...ownersOf(body), ...metadataOf(body) };
}

function parseRequest(body: JsonObject, common: Common): FacebookEvent {
  return {
    kind: 'request_thread_control',
    ...common,
    ...optionalId('requestedOwnerAppId', body, 'requested_owner_app_id'),
    ...metadataOf(body),
  };
}

function parseAppRoles(body: JsonObject, common: Common): FacebookEvent {
  const roles = new Map<string, readonly string[]>();
  for (const appId of Object.keys(body)) {
    roles.set(
      appId,
      readArray(body, appId).filter((role) => typeof role === 'string'),
    );
  }
  return { kind: 'app_roles', ...common, roles };
}

function parseReaction(body: JsonObject, common: Common): FacebookEvent {
  return {
    kind: 'reaction',
    ...common,
    ...present('mid', readId(body, 'mid')),
    ...present('action', readText(body, 'action')),
    ...present('reaction', readText(body, 'reaction')),
    ...present('emoji', readText(body, 'emoji')),
  };
}

function parseRead(body: JsonObject, common: Common): FacebookEvent {
  return { kind: 'read', ...common, ...present('watermark', readTime(body, 'watermark')) };
}

function parseDelivery(body: JsonObject, common: Common): FacebookEvent {
  const mids = readArray(body, 'mids').flatMap((mid) => toId(mid) ?? []);
  return { kind: 'delivery', ...common, mids, ...present('watermark', readTime(body, 'watermark')) };
}

function parseReferral(body: JsonObject, common: Common): FacebookEvent {
  return {
    kind: 'referral',
    ...common,
    ...present('ref', readText(body, 'ref')),
    ...present('source', readText(body, 'source')),
    ...present('type', readText(body, 'type')),
  };
}

function parseOptin(body: JsonObject, common: Common): FacebookEvent {
  return {
    kind: 'optin',
    ...common,
    ...present('ref', readText(body, 'ref')),
    ...present('type', readText(body, 'type')),
  };
}

function ownersOf(body: JsonObject): { newOwnerAppId?: string; previousOwnerAppId?: string } {
  return {
    ...optionalId('newOwnerAppId', body, 'new_owner_app_id'),
    ...optionalId('previousOwnerAppId', body, 'previous_owner_app_id'),
  };
}

function metadataOf(body: JsonObject): { metadata?: string } {
  return present('metadata', readText(body, 'metadata'));
}

function optionalId<Name extends string>(
  name: Name,
  body: JsonObject,
  metaName: string,
): Partial<Record<Name, string>> {
  return present(name, readId(body, metaName));
}

/** An object with that one property, or without it: an absent value leaves no key behind. */
function present<Name extends string, Value>(name: Name, value: Value | undefined): Partial<Record<Name, Value>>;
function present(name: string, value: unknown): object {
  return value === undefined ? {} : { [name]: value };
}
