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
  return readActivity(activity).event;
}

/** An activity with what was read in it. */
export interface ReadActivity extends ActivityReading {
  activity: Activity;
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
  return readActivities(activity).map((one) => one.activity);
}

/** {@link splitStandby}, with what each of the activities tells. An item that was split off is not read a second time. */
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

/** How many items a standby activity has; 0 for any other. Never throws. */
export function countStandby(activity: Activity): number {
  return activity.channelId === 'facebook' && isStandbyActivity(activity) ? standbyItemsOf(activity).length : 0;
}

/**
 * The activity in the form in which this project hands it to a bot: what the customer did not say to it is an `event` with Messenger's
 * item as `value`, in the customer's conversation, though Azure's channel may have sent a `message`, or the item as JSON text. So a
 * bot that knows nothing of echoes and of Meta's notices does not answer them. Everything else comes back as it is.
 */
export function withoutForeignWords(activity: Activity, event = facebookEventOf(activity)): Activity {
  if (event === undefined || isStandbyActivity(activity)) return activity;
  if (activity.type === 'message' ? isSaid(event) : !isInText(activity, event)) return activity;
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

/** Whether the event was only to be found in the activity's text, as JSON: so Azure's channel sent echoes in 2021. */
function isInText({ type, value, channelData }: Activity, { raw }: FacebookEvent): boolean {
  return type === 'event' && raw !== value && raw !== channelData;
}
