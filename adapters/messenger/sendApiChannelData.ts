import { checkedTag } from '../../helpers/messageTag.ts';
import { isArray, isJsonObject, readId, readProperty, type JsonObject } from '../../models/readJson.ts';
import { UnsendableMessageError } from '../../helpers/unsendableMessageError.ts';
import { limits } from './sendApiMessage.ts';

/** The recipient of a call to the Send API. Source: https://developers.facebook.com/docs/messenger-platform/reference/send-api */
export type Recipient = Readonly<Record<string, string>>;

/** Something that the customer sees without a message, such as a typing indicator. */
export interface SenderAction {
  sender_action: string;
  /** For a reaction: to which message, and with what. */
  payload?: JsonObject;
}

/** Fields of the Send API that a bot set itself, beside or in place of the activity's own. */
export interface ChannelData {
  recipient: Recipient;
  text?: string;
  attachment?: JsonObject;
  quickReplies: readonly JsonObject[];
  metadata?: string;
  senderAction?: SenderAction;
  replyTo?: JsonObject;
  /** Fields of the call itself, as Meta spells them. */
  about: { messaging_type?: string; tag?: string; notification_type?: string };
  persona: { persona_id?: string };
}

const messageFields = ['text', 'attachment', 'quick_replies', 'metadata'] as const;
const callFields = ['message', 'recipient', 'messaging_type', 'tag', 'notification_type', 'persona_id', 'reply_to'];
const actionFields = ['sender_action', 'payload'];
const knownFields: ReadonlySet<string> = new Set([...messageFields, ...callFields, ...actionFields]);

/** Meta's ways to name a customer to this Page; each is valid for the kind of message that it was given for. */
const recipientFields = [
  'id',
  'user_ref',
  'comment_id',
  'post_id',
  'one_time_notif_token',
  'notification_messages_token',
];
const senderActions: readonly string[] = ['typing_on', 'typing_off', 'mark_seen', 'react', 'unreact'];
const messagingTypes: readonly string[] = ['RESPONSE', 'UPDATE', 'MESSAGE_TAG', 'UTILITY'];
const notificationTypes: readonly string[] = ['REGULAR', 'SILENT_PUSH', 'NO_PUSH'];

/**
 * Reads `channelData`. Anything that the Send API does not know, or that this mapping does not carry, is an error that names it. Dropped
 * silently, it would change the message, or its recipient.
 *
 * Source: https://developers.facebook.com/docs/messenger-platform/reference/send-api
 *
 * @throws UnsendableMessageError
 */
export function readChannelData(channelData: unknown, psid: string): ChannelData {
  if (channelData !== undefined && channelData !== null && !isJsonObject(channelData)) {
    throw new UnsendableMessageError('channelData must be an object with fields of the Send API.');
  }
  refuseUnknown(channelData, knownFields, 'channelData');
  const inMessage = objectIn(channelData, 'message');
  refuseUnknown(inMessage, new Set<string>(messageFields), 'channelData.message');
  const given = (name: (typeof messageFields)[number]) =>
    readProperty(channelData, name) ?? readProperty(inMessage, name) ?? undefined;
  const [text, attachment, metadata] = [given('text'), given('attachment'), given('metadata')];
  if (attachment !== undefined && !isJsonObject(attachment)) {
    throw new UnsendableMessageError('channelData.attachment must be an object.');
  }
  const persona = readId(channelData, 'persona_id');
  const replyTo = objectIn(channelData, 'reply_to');
  const senderAction = senderActionIn(channelData);
  return {
    recipient: recipientIn(channelData, psid),
    ...(text === undefined ? {} : { text: textOf(text, 'text') }),
    ...(attachment === undefined ? {} : { attachment }),
    quickReplies: quickRepliesIn(given('quick_replies')),
    ...(metadata === undefined ? {} : { metadata: checkedMetadata(textOf(metadata, 'metadata')) }),
    ...(replyTo === undefined ? {} : { replyTo }),
    ...(senderAction === undefined ? {} : { senderAction }),
    about: aboutIn(channelData),
    persona: persona === undefined ? {} : { persona_id: persona },
  };
}

function refuseUnknown(value: unknown, known: ReadonlySet<string>, where: string): void {
  if (!isJsonObject(value)) return;
  const unknown = Object.keys(value).find((name) => !known.has(name) && readProperty(value, name) !== undefined);
  if (unknown === undefined) return;
  throw new UnsendableMessageError(`${where} holds ${shown(unknown)}, which cannot be sent to Messenger.`);
}

function recipientIn(channelData: unknown, psid: string): Recipient {
  const given = objectIn(channelData, 'recipient');
  if (given === undefined) return { id: psid };
  const [name, ...more] = Object.keys(given);
  const value = readId(given, name ?? '');
  if (name === undefined || value === undefined || more.length > 0 || !recipientFields.includes(name)) {
    throw new UnsendableMessageError(`channelData.recipient must hold one of ${recipientFields.join(', ')}.`);
  }
  if (name === 'id' && value !== psid) {
    throw new UnsendableMessageError(
      'channelData.recipient names another customer than the conversation: continue the conversation with that customer instead.',
    );
  }
  return { [name]: value };
}

function senderActionIn(channelData: unknown): SenderAction | undefined {
  const action = readProperty(channelData, 'sender_action') ?? undefined;
  const payload = objectIn(channelData, 'payload');
  if (action === undefined) {
    if (payload !== undefined) throw new UnsendableMessageError('channelData.payload belongs to a sender_action.');
    return undefined;
  }
  return {
    sender_action: oneOf(senderActions, action, 'sender_action'),
    ...(payload === undefined ? {} : { payload }),
  };
}

function aboutIn(channelData: unknown): ChannelData['about'] {
  const field = (name: string) => readProperty(channelData, name) ?? undefined;
  const [type, tag, notification] = [field('messaging_type'), field('tag'), field('notification_type')];
  return {
    ...(type === undefined ? {} : { messaging_type: oneOf(messagingTypes, type, 'messaging_type') }),
    ...(tag === undefined ? {} : { tag: checkedTag(textOf(tag, 'tag')) }),
    ...(notification === undefined
      ? {}
      : { notification_type: oneOf(notificationTypes, notification, 'notification_type') }),
  };
}

function quickRepliesIn(given: unknown): readonly JsonObject[] {
  if (given === undefined) return [];
  if (!isArray(given) || !given.every(isJsonObject)) {
    throw new UnsendableMessageError('channelData.quick_replies must be a list of objects.');
  }
  return given;
}

function checkedMetadata(metadata: string): string {
  if (metadata.length <= limits.metadata) return metadata;
  throw new UnsendableMessageError(`The metadata of a message may have at most ${limits.metadata} characters.`);
}

function objectIn(value: unknown, name: string): JsonObject | undefined {
  const found = readProperty(value, name) ?? undefined;
  if (found === undefined || isJsonObject(found)) return found;
  throw new UnsendableMessageError(`channelData.${name} must be an object.`);
}

function textOf(value: unknown, name: string): string {
  if (typeof value === 'string') return value;
  throw new UnsendableMessageError(`channelData.${name} must be a string.`);
}

function oneOf(allowed: readonly string[], value: unknown, name: string): string {
  const found = typeof value === 'string' && allowed.find((one) => one.toLowerCase() === value.toLowerCase());
  if (typeof found === 'string') return found;
  throw new UnsendableMessageError(`channelData.${name} must be one of ${allowed.join(', ')}.`);
}

/** A name from the bot, short and printable, for an error. */
function shown(name: string): string {
  return JSON.stringify(name.slice(0, 60));
}
