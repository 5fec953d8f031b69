import { channelConversationKey, conversationKey } from './conversationKey.ts';
import type { Activity, ChannelAccount, ConversationAccount } from 'botbuilder';
import type { FacebookEvent } from './facebookEvent.ts';
import { parseFacebookEvent } from './parseFacebookEvent.ts';
import { present } from './present.ts';
import { readActivity, withParticipants, type ActivityReading } from './readActivity.ts';
import { readId } from './readJson.ts';
import { hasSeveralEvents } from './severalEvents.ts';
import { envelopeOf, isStandbyActivity, standbyItemsOf } from './standbyActivity.ts';

/**
 * Facebook events in Bot Framework activities, in the shapes that Azure's Facebook channel gives them.
 *
 * Source: https://learn.microsoft.com/azure/bot-service/bot-service-channel-connect-facebook
 * Source: https://github.com/microsoft/BotFramework-Samples/tree/master/blog-samples/CSharp/FacebookHandover
 */

/** The id that Azure's Facebook channel gives to a customer's conversation with a Page. */
export function conversationIdOf(psid: string, pageId: string): string {
  return `${psid}-${pageId}`;
}

/** The store's key for an outgoing activity's conversation; undefined if it has none. */
export function conversationKeyOf({ channelId, conversation }: Partial<Activity>): string | undefined {
  const id = readId(conversation, 'id');
  if (channelId === undefined || id === undefined) return undefined;
  const end = id.lastIndexOf('-');
  return channelId === 'facebook' && end > 0
    ? conversationKey(id.slice(end + 1), id.slice(0, end))
    : channelConversationKey(channelId, id);
}

/**
 * The one Facebook event that an activity carries; `undefined` if it is not from the Facebook channel or carries no Messenger payload. For
 * a standby activity with several items it is the first: split it before, with {@link splitStandby}. If the payload does not name the
 * customer or the Page, they are taken from the activity. Never throws.
 */
export function facebookEventOf(activity: Partial<Activity>): FacebookEvent | undefined {
  return readActivity(activity).event;
}

/** An activity and what was read from it. */
export interface ReadActivity extends ActivityReading {
  activity: Activity;
}

/**
 * One activity for each item of a standby activity, each with its own sender, recipient, conversation and id (`<id>#0`, `<id>#1`, …, the
 * same on every delivery). Bot Builder caches state per turn, so two customers in one turn would overwrite each other. The item is then in
 * both `value.standby` and `channelData.standby`. Of the rest of the activity only the envelope is copied: anything else would be repeated
 * for each item.
 *
 * Splitting again changes nothing. Any other activity, and a standby activity without items, is returned unchanged. Never throws.
 */
export function splitStandby(activity: Activity): Activity[] {
  return readActivities(activity).map((one) => one.activity);
}

/** {@link splitStandby}, with what was read from each activity, so that no item has to be read twice. */
export function readActivities(activity: Activity): ReadActivity[] {
  const items = activity.channelId === 'facebook' && isStandbyActivity(activity) ? standbyItemsOf(activity) : [];
  if (items.length === 0) return [{ activity, ...readActivity(activity) }];
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
    const event = parseFacebookEvent(item, 'standby', entry);
    const { from, recipient, conversation } = participantsOf(event);
    if (from !== undefined) part.from = accountOf(from, activity.from);
    if (recipient !== undefined) part.recipient = accountOf(recipient, activity.recipient);
    if (conversation !== undefined) part.conversation = conversationAccountOf(conversation, activity.conversation);
    return { activity: part, event: withParticipants(event, part), tellsOfSeveral: hasSeveralEvents(item) };
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

/** How many items a standby activity has; 0 for any other activity. Never throws. */
export function countStandby(activity: Activity): number {
  return activity.channelId === 'facebook' && isStandbyActivity(activity) ? standbyItemsOf(activity).length : 0;
}

/**
 * The activity in the form that bots get. Anything that the customer did not say to the bot becomes an `event` in the customer's
 * conversation, with Messenger's item as `value`, even if Azure's channel sent a `message`, or the item as JSON text. So a bot that does not
 * know about echoes and Meta's notices does not answer them. A tapped button becomes a `message`, even if the channel sent an `event`. Any
 * other activity is returned unchanged.
 */
export function withoutForeignWords(activity: Activity, event = facebookEventOf(activity)): Activity {
  if (event === undefined || isStandbyActivity(activity)) return activity;
  if (event.kind === 'postback' && activity.type === 'event') {
    return { ...activity, ...addressOf(event, activity), ...postbackAsMessage(activity, event) };
  }
  if (activity.type === 'message' ? isSaid(event) : !isInText(activity, event)) return activity;
  const rest = Object.fromEntries(Object.entries(activity).filter(([name]) => !foreignWords.has(name)));
  return { ...(rest as typeof activity), type: 'event', value: event.raw, ...addressOf(event, activity) };
}

/** Sender, recipient and conversation of the event's activity, as far as the event names them. */
function addressOf(event: FacebookEvent, known: Activity): Partial<Activity> {
  const { from, recipient, conversation } = participantsOf(event);
  return {
    ...(from === undefined ? {} : { from: accountOf(from, known.from) }),
    ...(recipient === undefined ? {} : { recipient: accountOf(recipient, known.recipient) }),
    ...(conversation === undefined ? {} : { conversation: conversationAccountOf(conversation, known.conversation) }),
  };
}

/**
 * What makes the activity of a tapped button the message that Azure's channel usually makes of it, with the payload as text: it may be an
 * event too, and a bot should meet one of the two. Empty for every other activity.
 */
export function postbackAsMessage({ type }: Activity, event: FacebookEvent): Partial<Activity> {
  if (event.kind !== 'postback' || event.via !== 'messaging' || type !== 'event') return {};
  const { payload, title, raw } = event;
  return { type: 'message', text: payload ?? title ?? '', channelData: raw, value: undefined };
}

const foreignWords: ReadonlySet<string> = new Set(['text', 'attachments', 'entities', 'channelData']);

const saidByTheCustomer: ReadonlySet<FacebookEvent['kind']> = new Set(['message', 'postback', 'optin', 'referral']);

/** Whether a customer said or chose something with the event, so that an answer may be in order. */
export function isSaid({ kind }: FacebookEvent): boolean {
  return saidByTheCustomer.has(kind);
}

/** The ids of an event's sender, recipient and conversation, where the event names them. */
export interface Participants {
  /** The customer; for an echo the Page, which sent the message. */
  from?: string | undefined;
  /** The Page; for an echo the customer. */
  recipient?: string | undefined;
  /** The conversation of the two, the same for both directions. */
  conversation?: string | undefined;
}

/** The ids that an event's activity should have as sender, recipient and conversation. */
export function participantsOf({ kind, psid, pageId }: FacebookEvent): Participants {
  return {
    from: kind === 'echo' ? pageId : psid,
    recipient: kind === 'echo' ? psid : pageId,
    conversation: psid === undefined || pageId === undefined ? undefined : conversationIdOf(psid, pageId),
  };
}

/** The account with that id: the known one, with its name, if the id is the same. */
export function accountOf(id: string, known?: ChannelAccount): ChannelAccount {
  return readId(known, 'id') === id && known !== undefined ? known : { id, name: '' };
}

/** The conversation with that id: the known one, with all its fields, if the id is the same. */
export function conversationAccountOf(id: string, known?: ConversationAccount): ConversationAccount {
  if (readId(known, 'id') === id && known !== undefined) return known;
  return { id, name: '', isGroup: false, conversationType: '' };
}

/** Whether the event was only in the activity's text, as JSON: that is how Azure's channel sent echoes in 2021. */
function isInText({ type, value, channelData }: Activity, { raw }: FacebookEvent): boolean {
  return type === 'event' && raw !== value && raw !== channelData;
}
