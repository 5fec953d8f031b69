import type { Activity, Attachment } from 'botbuilder';
import { accountOf, conversationOf, participantsOf } from '../models/facebookActivity.ts';
import type { FacebookEvent } from '../models/facebookEvent.ts';
import { readArray, readObject, readProperty, readText } from '../models/readJson.ts';

/**
 * What activities of the direct entrance have as `serviceUrl`. No server answers there: answers go through the Send API,
 * and a conversation reference that is used with another adapter by mistake leads nowhere.
 */
export const messengerServiceUrl = 'urn:messenger-handover:webhook';

/**
 * The activity that Azure's Facebook channel would have made of the event, so that a bot cannot tell the entrances apart.
 * Reading it with `facebookEventOf` gives the event again.
 *
 * In one thing it is better not to be alike: an echo comes as an `event` and never as a `message`, so that a bot which
 * knows nothing of echoes does not answer itself.
 *
 * @param otherId the activity's id for events that have none of their own
 */
export function messengerActivity(event: FacebookEvent, otherId: () => string): Partial<Activity> {
  const { from, recipient, conversation } = participantsOf(event);
  return {
    id: ownIdOf(event) ?? otherId(),
    channelId: 'facebook',
    serviceUrl: messengerServiceUrl,
    ...timestampOf(event),
    ...(from === undefined ? {} : { from: accountOf(from) }),
    ...(recipient === undefined ? {} : { recipient: accountOf(recipient) }),
    ...(conversation === undefined ? {} : { conversation: conversationOf(conversation) }),
    ...contentOf(event),
  };
}

function contentOf(event: FacebookEvent): Partial<Activity> {
  const { raw } = event;
  if (event.via === 'standby') return standbyContent(event);
  switch (event.kind) {
    case 'message':
      return { type: 'message', text: event.text ?? '', ...attachmentsOf(raw), channelData: raw };
    case 'postback':
      return { type: 'message', text: event.payload ?? event.title ?? '', channelData: raw };
    case 'pass_thread_control':
    case 'take_thread_control':
      return { type: 'conversationUpdate', channelData: raw };
    case 'unsupported':
      // A message that was taken back comes as a message without text.
      return readObject(raw, 'message') === undefined
        ? { type: 'event', value: raw }
        : { type: 'message', text: '', channelData: raw };
    case 'echo':
    case 'request_thread_control':
    case 'app_roles':
    case 'read':
    case 'delivery':
    case 'reaction':
    case 'referral':
    case 'optin':
      return { type: 'event', value: raw };
  }
}

/** One item for each activity, in the form that `splitStandby` gives to the items of Azure's activities. */
function standbyContent({ raw, pageId, timestamp }: FacebookEvent): Partial<Activity> {
  const envelope = {
    ...(pageId === undefined ? {} : { id: pageId }),
    ...(timestamp === undefined ? {} : { time: timestamp }),
  };
  return { type: 'event', name: 'standby', value: { standby: [raw] }, channelData: { ...envelope, standby: [raw] } };
}

/** Messenger's word for the kind is the content type: the webhook tells no other. */
function attachmentsOf(raw: unknown): { attachments?: Attachment[] } {
  const attachments = readArray(readProperty(raw, 'message'), 'attachments').flatMap((attachment) => {
    const contentUrl = readText(readProperty(attachment, 'payload'), 'url');
    return contentUrl === undefined ? [] : [{ contentType: readText(attachment, 'type') ?? 'file', contentUrl }];
  });
  return attachments.length === 0 ? {} : { attachments };
}

/** A reaction's `mid` is that of the message reacted to. */
function ownIdOf(event: FacebookEvent): string | undefined {
  return event.kind === 'message' || event.kind === 'postback' || event.kind === 'echo' ? event.mid : undefined;
}

/** Times beyond the year 275760 are numbers, but no dates. */
function timestampOf({ timestamp }: FacebookEvent): { timestamp?: Date } {
  if (timestamp === undefined) return {};
  const date = new Date(timestamp);
  return Number.isNaN(date.getTime()) ? {} : { timestamp: date };
}
