import { isDeepStrictEqual } from 'node:util';
import { channelConversationKey, conversationKey } from './conversationKey.ts';
import type { Activity, ChannelAccount, ConversationAccount } from 'botbuilder';
import type { FacebookEvent } from './facebookEvent.ts';
import { parseFacebookEvent, type EventEnvelope } from './parseFacebookEvent.ts';
import { present } from './present.ts';
import { isArray, isJsonObject, readFlag, readId, readObject, readText, type JsonObject } from './readJson.ts';
import { hasSeveralEvents } from './severalEvents.ts';
import { envelopeOf, isStandbyActivity, payloadIn, standbyItemsOf } from './standbyActivity.ts';

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

/** The name under which the store keeps the conversation that an activity goes to; undefined when it goes to none. */
export function conversationKeyOf({ channelId, conversation }: Partial<Activity>): string | undefined {
  const id = readId(conversation, 'id');
  if (channelId === undefined || id === undefined) return undefined;
  const end = id.lastIndexOf('-');
  return channelId === 'facebook' && end > 0
    ? conversationKey(id.slice(end + 1), id.slice(0, end))
    : channelConversationKey(channelId, id);
}

/**
 * The one Facebook event that an activity carries; `undefined` when it is not from the Facebook channel or carries no
 * Messenger payload. Of a standby activity with several items it is the first: split it before, with {@link splitStandby}.
 * Customer and Page are taken from the activity where the payload does not name them. Never throws.
 */
export function facebookEventOf(activity: Partial<Activity>): FacebookEvent | undefined {
  if (activity.channelId !== 'facebook') return undefined;
  if (isStandbyActivity(activity)) {
    const [item] = standbyItemsOf(activity);
    return withParticipants(parseFacebookEvent(item, 'standby', envelopeOf(activity)), activity);
  }
  const events = payloadsOf(activity).map((payload) => eventIn(payload, activity));
  const event = events.find(({ kind }) => kind !== 'unsupported') ?? events[0];
  return event === undefined ? undefined : withTimestamp(withParticipants(event, activity), activity);
}

/**
 * One activity for each item of a standby activity, each with its own sender, recipient, conversation and id (`<id>#0`,
 * `<id>#1`, …, the same on every delivery), because Bot Builder caches state per turn: two customers in one turn would
 * overwrite each other. The items are then in `value.standby` and `channelData.standby`, one in each. Of what the activity holds
 * beside them only its envelope is copied: anything else would be there once for each item.
 *
 * Splitting again changes nothing. Any other activity, and a standby activity without items, comes back as it is.
 * Never throws.
 */
export function splitStandby(activity: Activity): Activity[] {
  if (activity.channelId !== 'facebook' || !isStandbyActivity(activity)) return [activity];
  const items = standbyItemsOf(activity);
  if (items.length === 0) return [activity];
  const entry = envelopeOf(activity);
  const { pageId, time, hopContext } = entry;
  const envelope = Object.fromEntries(Object.entries(activity).filter(([name]) => envelopeFields.has(name)));
  return items.map((item, index) => {
    const beside = hopContext === undefined ? {} : { hop_context: hopContext };
    const part = {
      ...(envelope as Pick<Activity, 'type' | 'channelId'> & Activity),
      value: { ...beside, standby: [item] },
      channelData: { ...present('id', pageId), ...present('time', time), ...beside, standby: [item] },
    };
    if (items.length > 1 && activity.id !== undefined) part.id = `${activity.id}#${index}`;
    const { from, recipient, conversation } = participantsOf(parseFacebookEvent(item, 'standby', entry));
    if (from !== undefined) part.from = accountOf(from, activity.from);
    if (recipient !== undefined) part.recipient = accountOf(recipient, activity.recipient);
    if (conversation !== undefined) part.conversation = conversationAccountOf(conversation, activity.conversation);
    return part;
  });
}

const envelopeFields: ReadonlySet<string> = new Set([
  'type',
  'name',
  'id',
  'channelId',
  'serviceUrl',
  'callerId',
  'timestamp',
  'rawTimestamp',
  'localTimestamp',
  'rawLocalTimestamp',
  'locale',
  'from',
  'recipient',
  'conversation',
]);

/** How many items a standby activity has; 0 for any other. Never throws. */
export function countStandby(activity: Activity): number {
  return activity.channelId === 'facebook' && isStandbyActivity(activity) ? standbyItemsOf(activity).length : 0;
}

/**
 * The activity in the form in which this project hands it to a bot: what the customer did not say to it is an `event` with Messenger's
 * item as `value`, in the customer's conversation, though Azure's channel may have sent a `message`, or the item as JSON text. So a
 * bot that knows nothing of echoes and of Meta's notices does not answer them. Everything else comes back as it is.
 */
export function withoutForeignWords(activity: Activity): Activity {
  const event = isStandbyActivity(activity) ? undefined : facebookEventOf(activity);
  if (event === undefined || (activity.type === 'message' ? isSaid(event) : !isInText(activity, event)))
    return activity;
  const rest = Object.fromEntries(Object.entries(activity).filter(([name]) => !foreignWords.has(name)));
  const { from, recipient, conversation } = participantsOf(event);
  return {
    ...(rest as typeof activity),
    type: 'event',
    value: event.raw,
    ...(from === undefined ? {} : { from: accountOf(from, activity.from) }),
    ...(recipient === undefined ? {} : { recipient: accountOf(recipient, activity.recipient) }),
    ...(conversation === undefined ? {} : { conversation: conversationAccountOf(conversation, activity.conversation) }),
  };
}

const foreignWords: ReadonlySet<string> = new Set(['text', 'attachments', 'entities', 'channelData']);

const saidByTheCustomer: ReadonlySet<FacebookEvent['kind']> = new Set(['message', 'postback', 'optin', 'referral']);

/** Whether a customer said or chose something with the event, so that an answer may be in order. */
export function isSaid({ kind }: FacebookEvent): boolean {
  return saidByTheCustomer.has(kind);
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
export function conversationAccountOf(id: string, known?: ConversationAccount): ConversationAccount {
  if (readId(known, 'id') === id && known !== undefined) return known;
  return { id, name: '', isGroup: false, conversationType: '' };
}

/**
 * Whether an activity tells of more than one thing that happened: its item does, it holds items which differ, or it has words of a
 * customer beside an item that is nobody's word. Of a standby activity that is asked after it was split. Never throws.
 */
export function tellsOfSeveralEvents(activity: Partial<Activity>): boolean {
  if (activity.channelId !== 'facebook') return false;
  if (isStandbyActivity(activity)) return hasSeveralEvents(standbyItemsOf(activity)[0]);
  const payloads = payloadsOf(activity);
  const [first, ...others] = payloads.filter(isOfSomebody).map((payload) => eventIn(payload, activity));
  return (
    payloads.some(hasSeveralEvents) ||
    others.some((event) => !isSameEvent(event, first)) ||
    (first !== undefined && wordless.has(first.kind) && activity.type === 'message' && Boolean(activity.text))
  );
}

const wordless: ReadonlySet<FacebookEvent['kind']> = new Set([
  ...(['pass_thread_control', 'take_thread_control', 'request_thread_control'] as const),
  ...(['read', 'delivery', 'reaction', 'app_roles', 'policy_enforcement'] as const),
]);

/** What a bot's own button carries may look like Messenger's words for an event, but not like a whole item. */
function isOfSomebody(payload: JsonObject): boolean {
  return readObject(payload, 'sender') !== undefined || readObject(payload, 'recipient') !== undefined;
}

function isSameEvent(event: FacebookEvent, other: FacebookEvent | undefined): boolean {
  const named = (one: FacebookEvent | undefined) => ({ ...one, raw: undefined, timestamp: undefined });
  return isDeepStrictEqual(named(event), named(other));
}

/** Messenger's items in an activity, the most likely place first. Words of the customer are never looked into. */
function payloadsOf(activity: Partial<Activity>): JsonObject[] {
  const places: unknown[] = [activity.channelData, activity.value];
  if (activity.type === 'event') places.reverse().push(payloadIn(activity.text));
  return places.map(payloadIn).filter(isMessengerPayload);
}

/** Whether the event was only to be found in the activity's text, as JSON: so Azure's channel sent echoes in 2021. */
function isInText({ type, value, channelData }: Activity, { raw }: FacebookEvent): boolean {
  return type === 'event' && raw !== value && raw !== channelData;
}

/** The event in a payload, with what only the activity around it tells: that it is an echo, or the words of the message. */
function eventIn(payload: JsonObject, activity: Partial<Activity>): FacebookEvent {
  const { type, name, text, attachments } = activity;
  const message = readObject(payload, 'message');
  const envelope = envelopeAround(payload, activity);
  if (message === undefined) return parseFacebookEvent(payload, 'messaging', envelope);
  const more: JsonObject = { ...message };
  if (type === 'event' && readText({ name }, 'name')?.toLowerCase() === 'echo') Object.assign(more, { is_echo: true });
  const isEmpty = type === 'message' && parseFacebookEvent(payload, 'messaging', envelope).kind === 'unsupported';
  if (isEmpty && !readFlag(message, 'is_deleted') && !readFlag(message, 'is_unsupported')) {
    if (typeof text === 'string' && text !== '') Object.assign(more, { text });
    const files = isArray(attachments) ? attachments.filter(isJsonObject) : [];
    if (files.length > 0) {
      const read = files.map((file) => ({ type: file.contentType, payload: { url: file.contentUrl } }));
      Object.assign(more, { attachments: read });
    }
  }
  return { ...parseFacebookEvent({ ...payload, message: more }, 'messaging', envelope), raw: payload };
}

/** Which of the two in a payload is the Page: an item in the Page's name has it as sender, and the activity's recipient tells. */
function envelopeAround(payload: JsonObject, { recipient }: { recipient?: unknown }): EventEnvelope {
  return readObject(payload, 'sender') === undefined ? {} : present('pageId', readId(recipient, 'id'));
}

/** A Messenger item names at least one of the two, or a body that is understood. */
function isMessengerPayload(payload: unknown): payload is JsonObject {
  if (!isJsonObject(payload)) return false;
  if (isOfSomebody(payload) || hasSeveralEvents(payload)) return true;
  return parseFacebookEvent(payload, 'messaging').kind !== 'unsupported';
}

function withParticipants(event: FacebookEvent, activity: { from?: unknown; recipient?: unknown }): FacebookEvent {
  if (event.kind === 'app_roles' || event.kind === 'policy_enforcement') return event;
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
