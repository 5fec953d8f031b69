import type { FacebookEvent, HopContext, Referral, Via } from './facebookEvent.ts';
import { readHandoverContext, type HandoverContext } from './handoverContext.ts';
import { isDeeperThan, maxDepth } from './jsonDepth.ts';
import { present } from './present.ts';
import { readAttachments } from './readAttachments.ts';
import {
  isArray,
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
import { authorOf, noticeOf, saysSomething } from './readMessage.ts';
import { readHopContext, readNestedReferral, readReferral } from './readReferral.ts';
import { eventNames, hasSeveralEvents, isEventName, severalEvents, type EventName } from './severalEvents.ts';

/** Fields of the webhook entry around an item, for items that lack them. */
export interface EventEnvelope {
  /** The entry's `id`: the Page. */
  pageId?: string;
  /** The entry's `time`, in milliseconds since 1970. */
  time?: number;
  /** The entry's `hop_context`, as received. */
  hopContext?: unknown;
}

/** What every event has in common, under the names of `FacebookEvent`. */
interface Common {
  via: Via;
  pageId?: string;
  psid?: string;
  timestamp?: number;
  hopContext?: readonly HopContext[];
  referral?: Referral;
  raw: unknown;
}

/**
 * One item of a webhook entry's `messaging` or `standby` array as a typed event.
 *
 * Never throws: anything that is not understood becomes `unsupported` with a reason and does not affect its neighbours. Ids become strings
 * whichever JSON type they had; times become milliseconds; `metadata` that is null becomes absent, and an object becomes JSON text. For an
 * echo, and for a notice in the Page's name, Meta names the Page as sender and the customer as recipient; `pageId` and `psid` mean the same
 * here as everywhere else.
 *
 * Source: https://developers.facebook.com/docs/messenger-platform/reference/webhook-events
 */
export function parseFacebookEvent(item: unknown, via: Via, envelope: EventEnvelope = {}): FacebookEvent {
  if (!isJsonObject(item)) {
    return { kind: 'unsupported', reason: 'The item is not a JSON object.', ...commonOf(item, via, envelope) };
  }
  const common = commonOf(item, via, envelope);
  if (hasSeveralEvents(item)) return { kind: 'unsupported', reason: severalEvents.sentence, ...common };
  for (const name of eventNames) {
    const body = readObject(item, name);
    if (body !== undefined) return parsers[name](body, common);
  }
  const malformed = eventNames.some((name) => (readProperty(item, name) ?? undefined) !== undefined);
  const reason = malformed
    ? 'The item names a known event whose body is not a JSON object.'
    : 'The item holds none of the known events.';
  return { kind: 'unsupported', reason, ...common };
}

type Parse = (body: JsonObject, common: Common) => FacebookEvent;

const parsers: Readonly<Record<EventName, Parse>> = {
  message: parseMessage,
  postback: parsePostback,
  pass_thread_control: parsePass,
  take_thread_control: parseTake,
  request_thread_control: parseRequest,
  app_roles: parseAppRoles,
  policy_enforcement: parsePolicyEnforcement,
  'policy-enforcement': parsePolicyEnforcement,
  reaction: parseReaction,
  read: parseRead,
  delivery: parseDelivery,
  referral: parseReferral,
  optin: parseOptin,
};

/** Whether this field has a meaning in an item, so that nothing else may be put there. */
export function isItemField(name: string): boolean {
  return isEventName(name) || participantFields.has(name);
}

const participantFields: ReadonlySet<string> = new Set(['sender', 'recipient', 'timestamp']);

function commonOf(item: unknown, via: Via, envelope: EventEnvelope): Common {
  const sender = readId(readProperty(item, 'sender'), 'id');
  const recipient = readId(readProperty(item, 'recipient'), 'id');
  const isFromPage =
    readFlag(readProperty(item, 'message'), 'is_echo') || (sender !== undefined && sender === envelope.pageId);
  return {
    via,
    ...present('pageId', (isFromPage ? sender : recipient) ?? toId(envelope.pageId)),
    ...present('psid', isFromPage ? recipient : sender),
    ...present('timestamp', readTime(item, 'timestamp') ?? readTime(envelope, 'time')),
    ...present('hopContext', readHopContext(readProperty(item, 'hop_context') ?? envelope.hopContext)),
    ...present('referral', readNestedReferral(item)),
    raw: item,
  };
}

function parseMessage(body: JsonObject, common: Common): FacebookEvent {
  const mid = present('mid', readId(body, 'mid'));
  const text = present('text', readText(body, 'text'));
  const notice = noticeOf(body);
  if (notice !== undefined && !saysSomething(body)) return { kind: 'notice', ...common, ...mid, text: notice };
  if (readFlag(body, 'is_echo')) {
    const author = authorOf(body);
    return {
      kind: 'echo',
      ...common,
      ...mid,
      ...text,
      author,
      ...optionalId('appId', body, 'app_id'),
      ...metadataOf(body),
    };
  }
  if (readFlag(body, 'is_deleted')) {
    return { kind: 'unsupported', reason: 'The customer took the message back.', ...common };
  }
  if (!saysSomething(body)) {
    const reason = readFlag(body, 'is_unsupported')
      ? 'The customer sent something that Meta does not show to apps.'
      : 'The message holds nothing that the customer said.';
    return { kind: 'unsupported', reason, ...common };
  }
  const payload = readText(readProperty(body, 'quick_reply'), 'payload');
  const quickReply = present('quickReply', payload === undefined ? undefined : { payload });
  return { kind: 'message', ...common, ...mid, ...text, ...quickReply, attachments: readAttachments(body) };
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
  // A pass without an owner counts as one to this app. An id whose digits were rounded on the way is somebody's.
  if (newOwner !== undefined && toId(newOwner) === undefined) {
    return { kind: 'unsupported', reason: 'The new owner of the thread is no usable app id.', ...common };
  }
  return { kind: 'pass_thread_control', ...common, ...ownersOf(body), ...contextOf(body), ...noteOf(body) };
}

function parseTake(body: JsonObject, common: Common): FacebookEvent {
  return { kind: 'take_thread_control', ...common, ...ownersOf(body), ...contextOf(body), ...noteOf(body) };
}

function parseRequest(body: JsonObject, common: Common): FacebookEvent {
  return {
    kind: 'request_thread_control',
    ...common,
    ...optionalId('requestedOwnerAppId', body, 'requested_owner_app_id'),
    ...contextOf(body),
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

function parsePolicyEnforcement(body: JsonObject, common: Common): FacebookEvent {
  return {
    kind: 'policy_enforcement',
    ...common,
    ...present('action', readText(body, 'action')),
    ...present('reason', readText(body, 'reason')),
  };
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
  return { kind: 'referral', ...common, ...readReferral(body) };
}

function parseOptin(body: JsonObject, common: Common): FacebookEvent {
  return {
    kind: 'optin',
    ...common,
    ...present('ref', readText(body, 'ref')),
    ...present('type', readText(body, 'type')),
    ...present('payload', readText(body, 'payload')),
    ...present('title', readText(body, 'title')),
    ...optionalId('oneTimeNotifToken', body, 'one_time_notif_token'),
    ...optionalId('notificationMessagesToken', body, 'notification_messages_token'),
    ...present('notificationMessagesFrequency', readText(body, 'notification_messages_frequency')),
    ...present('notificationMessagesTimezone', readText(body, 'notification_messages_timezone')),
    ...present('notificationMessagesStatus', readText(body, 'notification_messages_status')),
    ...present('tokenExpiresAt', readTime(body, 'token_expiry_timestamp')),
    ...present('userTokenStatus', readText(body, 'user_token_status')),
    ...optionalId('userRef', body, 'user_ref'),
  };
}

function ownersOf(body: JsonObject): { newOwnerAppId?: string; previousOwnerAppId?: string } {
  return {
    ...optionalId('newOwnerAppId', body, 'new_owner_app_id'),
    ...optionalId('previousOwnerAppId', body, 'previous_owner_app_id'),
  };
}

/** Usually a string; an object has been seen too. */
function metadataOf(body: JsonObject): { metadata?: string } {
  const given = readProperty(body, 'metadata') ?? undefined;
  const isStructure = (isJsonObject(given) || isArray(given)) && !isDeeperThan(given, maxDepth);
  return present('metadata', isStructure ? JSON.stringify(given) : readText(body, 'metadata'));
}

/** The metadata, and what it says if it is a context. */
function contextOf(body: JsonObject): { metadata?: string; context?: HandoverContext } {
  const { metadata } = metadataOf(body);
  return { ...present('metadata', metadata), ...present('context', readHandoverContext(metadata)) };
}

function noteOf(body: JsonObject): { note?: string } {
  return present('note', readText(readProperty(body, 'thread_control_metadata'), 'text'));
}

function optionalId<Name extends string>(
  name: Name,
  body: JsonObject,
  metaName: string,
): Partial<Record<Name, string>> {
  return present(name, readId(body, metaName));
}
