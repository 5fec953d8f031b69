import { isDeepStrictEqual } from 'node:util';
import type { Activity } from 'botbuilder';
import type { FacebookEvent } from './facebookEvent.ts';
import { parseFacebookEvent, type EventEnvelope } from './parseFacebookEvent.ts';
import { present } from './present.ts';
import {
  isArray,
  isJsonObject,
  readArray,
  readFlag,
  readId,
  readObject,
  readText,
  type JsonObject,
} from './readJson.ts';
import { hasSeveralEvents } from './severalEvents.ts';
import { envelopeOf, isStandbyActivity, payloadIn, standbyItemsOf } from './standbyActivity.ts';

/** What was read from an activity: pass it on instead of reading the activity again. */
export interface ActivityReading {
  /** Undefined if the activity is not from the Facebook channel or carries no Messenger payload. */
  event: FacebookEvent | undefined;
  /**
   * Whether it holds more than one event: its item does, it holds different items, or it has a customer's words beside an item that nobody
   * said.
   */
  tellsOfSeveral: boolean;
}

/**
 * Reads the one Facebook event of an activity, or the first if it is a standby activity with several items. If the payload does not name the
 * customer, the Page or the time, they are taken from the activity. Never throws.
 */
export function readActivity(activity: Partial<Activity>): ActivityReading {
  if (activity.channelId !== 'facebook') return { event: undefined, tellsOfSeveral: false };
  if (isStandbyActivity(activity)) {
    const [item] = standbyItemsOf(activity);
    const event = withParticipants(parseFacebookEvent(item, 'standby', envelopeOf(activity)), activity);
    return { event, tellsOfSeveral: hasSeveralEvents(item) };
  }
  const found = itemsOf(activity).filter(({ event }) => !isBesideMembers(event, activity));
  const { event } = found.find((one) => one.event.kind !== 'unsupported') ?? found[0] ?? {};
  return {
    event: event && withTimestamp(withParticipants(event, activity), activity),
    tellsOfSeveral: tellOfSeveral(found, activity),
  };
}

/**
 * Whether it is what the customer wrote or tapped, in an activity that names the members of the conversation. The words come in an activity of their
 * own behind it, which must not be taken for a repetition of this one.
 */
function isBesideMembers({ kind }: FacebookEvent, activity: Partial<Activity>): boolean {
  if (activity.type !== 'conversationUpdate' || (kind !== 'message' && kind !== 'postback')) return false;
  return readArray(activity, 'membersAdded').length > 0 || readArray(activity, 'membersRemoved').length > 0;
}

interface FoundItem {
  payload: JsonObject;
  event: FacebookEvent;
}

/** Messenger's items in an activity, the most likely place first. Never looks into a customer's words. */
function itemsOf(activity: Partial<Activity>): FoundItem[] {
  const places: unknown[] = [activity.channelData, activity.value];
  if (activity.type === 'event') places.reverse().push(payloadIn(activity.text));
  return places.map(payloadIn).flatMap((payload) => {
    if (!isJsonObject(payload)) return [];
    const event = parseFacebookEvent(payload, 'messaging', envelopeAround(payload, activity));
    // An item names a sender or a recipient, or has a body that is understood.
    const isItem = isOfSomebody(payload) || hasSeveralEvents(payload) || event.kind !== 'unsupported';
    return isItem ? [{ payload, event: withWordsAround(payload, event, activity) }] : [];
  });
}

/** The event of an item, completed from the activity around it: that it is an echo, or the words of the message. */
function withWordsAround(payload: JsonObject, event: FacebookEvent, activity: Partial<Activity>): FacebookEvent {
  const { type, name, text, attachments } = activity;
  const message = readObject(payload, 'message');
  if (message === undefined) return event;
  const more: Record<string, unknown> = {};
  if (type === 'event' && readText({ name }, 'name')?.toLowerCase() === 'echo') more['is_echo'] = true;
  const isEmpty = type === 'message' && event.kind === 'unsupported';
  if (isEmpty && !readFlag(message, 'is_deleted') && !readFlag(message, 'is_unsupported')) {
    if (typeof text === 'string' && text !== '') more['text'] = text;
    const files = isArray(attachments) ? attachments.filter(isJsonObject) : [];
    if (files.length > 0) {
      more['attachments'] = files.map((file) => ({ type: file.contentType, payload: { url: file.contentUrl } }));
    }
  }
  if (Object.keys(more).length === 0) return event;
  const item = { ...payload, message: { ...message, ...more } };
  return { ...parseFacebookEvent(item, 'messaging', envelopeAround(payload, activity)), raw: payload };
}

/** Tells which id in a payload is the Page's: it may be the sender, so compare with the activity's recipient. */
function envelopeAround(payload: JsonObject, { recipient }: { recipient?: unknown }): EventEnvelope {
  return readObject(payload, 'sender') === undefined ? {} : present('pageId', readId(recipient, 'id'));
}

function tellOfSeveral(found: readonly FoundItem[], { type, text }: Partial<Activity>): boolean {
  const [first, ...others] = found.filter(({ payload }) => isOfSomebody(payload)).map(({ event }) => event);
  return (
    found.some(({ payload }) => hasSeveralEvents(payload)) ||
    others.some((event) => !isSameEvent(event, first)) ||
    (first !== undefined && wordless.has(first.kind) && type === 'message' && Boolean(text))
  );
}

const wordless: ReadonlySet<FacebookEvent['kind']> = new Set([
  ...(['pass_thread_control', 'take_thread_control', 'request_thread_control'] as const),
  ...(['read', 'delivery', 'reaction', 'app_roles', 'policy_enforcement'] as const),
]);

/** A bot's own button payload may look like the body of an event, but not like a whole item. */
function isOfSomebody(payload: JsonObject): boolean {
  return readObject(payload, 'sender') !== undefined || readObject(payload, 'recipient') !== undefined;
}

function isSameEvent(event: FacebookEvent, other: FacebookEvent | undefined): boolean {
  const named = (one: FacebookEvent | undefined) => ({ ...one, raw: undefined, timestamp: undefined });
  return isDeepStrictEqual(named(event), named(other));
}

/** The event, with the activity's customer and Page if its payload does not name them. */
export function withParticipants(
  event: FacebookEvent,
  activity: { from?: unknown; recipient?: unknown },
): FacebookEvent {
  if (event.kind === 'app_roles' || event.kind === 'policy_enforcement') return event;
  const from = readId(activity.from, 'id');
  const recipient = readId(activity.recipient, 'id');
  const psid = event.psid ?? (event.kind === 'echo' ? recipient : from);
  const pageId = event.pageId ?? (event.kind === 'echo' ? from : recipient);
  return { ...event, ...(psid === undefined ? {} : { psid }), ...(pageId === undefined ? {} : { pageId }) };
}

/** Meta omits the time of some items; the activity's own is the next best. It is a `Date`, or a string as in JSON. */
function withTimestamp(event: FacebookEvent, { timestamp }: { timestamp?: unknown }): FacebookEvent {
  if (event.timestamp !== undefined) return event;
  const text = typeof timestamp === 'string' ? timestamp : undefined;
  const time = timestamp instanceof Date ? timestamp.getTime() : Date.parse(text ?? '');
  return Number.isNaN(time) ? event : { ...event, timestamp: time };
}
