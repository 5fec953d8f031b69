import type { Activity } from 'botbuilder';
import { isJsonObject, readArray, readObject, readProperty, readText, type JsonObject } from '../models/readJson.ts';
import { cardMessages, carouselMessages, isTemplateCard } from './cardTemplates.ts';
import { quickRepliesOf } from './quickReplies.ts';
import { limits, UnsendableMessageError, type OutgoingMessage } from './sendApiMessage.ts';
import { splitText } from './splitText.ts';

/** The body of one call of the Send API. */
export type SendApiCall = {
  recipient: { id: string };
  /** The name that the bot gives itself. Source: https://developers.facebook.com/docs/messenger-platform/send-messages/personas */
  persona_id?: string;
} & (
  | { sender_action: 'typing_on' }
  | { messaging_type: string; message: OutgoingMessage; tag?: string; notification_type?: string }
);

export interface SendApiCallOptions {
  /** `RESPONSE` to something the customer said (the default), `UPDATE` when the bot begins. `channelData` wins. */
  messagingType?: 'RESPONSE' | 'UPDATE';
  /** Metadata for a message that has none of its own, to know its echo by. */
  nextMetadata: () => string;
}

/**
 * The calls that one activity of a bot comes to, in order: text, then attachments, with the quick replies on the last message,
 * because Messenger shows them only there. Activities that mean nothing on Messenger come to none.
 *
 * Of `channelData` go along, as with Azure's channel: `attachment`, `quick_replies`, `notification_type`, `messaging_type`, `tag`,
 * `persona_id` and `message.metadata`.
 *
 * Source: https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-channeldata
 *
 * @throws UnsendableMessageError when Messenger cannot carry the message; nothing has been sent then
 */
export function sendApiCallsOf(activity: Partial<Activity>, psid: string, options: SendApiCallOptions): SendApiCall[] {
  const recipient = { id: psid };
  const channelData: unknown = activity.channelData;
  const personaId = readText(channelData, 'persona_id');
  const persona = personaId === undefined ? {} : { persona_id: personaId };
  if (activity.type === 'typing') return [{ recipient, ...persona, sender_action: 'typing_on' }];
  if (activity.type !== 'message') return [];

  const messages = messagesOf(activity, channelData);
  const last = messages.at(-1);
  if (last === undefined) {
    throw new UnsendableMessageError('The message has neither text nor attachments, so there is nothing to send.');
  }
  const quickReplies = quickRepliesFor(activity, channelData);
  if (quickReplies.length > 0) last.quick_replies = quickReplies;

  const about = aboutOf(channelData, options.messagingType ?? 'RESPONSE');
  const given = metadataOf(channelData);
  return messages.map((message) => ({
    recipient,
    ...persona,
    ...about,
    message: { ...message, metadata: given ?? options.nextMetadata() },
  }));
}

function messagesOf(activity: Partial<Activity>, channelData: unknown): OutgoingMessage[] {
  const pieces = splitText(typeof activity.text === 'string' ? activity.text : '', limits.text);
  // Meta takes white space alone for an empty text and refuses it.
  const messages: OutgoingMessage[] = pieces.filter((text) => text.trim() !== '').map((text) => ({ text }));
  const native = readObject(channelData, 'attachment');
  if (native !== undefined) messages.push({ attachment: native });
  const attachments = readArray(activity, 'attachments');
  const sideBySide = activity.attachmentLayout === 'carousel' && attachments.length > 1;
  if (sideBySide && attachments.every(isTemplateCard)) return [...messages, ...carouselMessages(attachments)];
  return [...messages, ...attachments.flatMap(attachmentMessages)];
}

function attachmentMessages(attachment: unknown): OutgoingMessage[] {
  return isTemplateCard(attachment) ? cardMessages(attachment) : [{ attachment: fileOf(attachment) }];
}

const mediaTypes = ['image', 'video', 'audio'];

/** Meta fetches the file by itself. Source: https://developers.facebook.com/docs/messenger-platform/reference/attachment-upload-api */
function fileOf(attachment: unknown): JsonObject {
  const contentType = readText(attachment, 'contentType') ?? '';
  const url = readText(attachment, 'contentUrl');
  if (url === undefined) {
    throw new UnsendableMessageError(
      `Messenger has nothing like an attachment of the type ${contentType || '(none)'}; send a template as channelData.attachment.`,
    );
  }
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) {
    throw new UnsendableMessageError(
      'Messenger fetches attachments itself: contentUrl must be an http or https address.',
    );
  }
  const media = contentType.split('/', 1)[0] ?? '';
  return { type: mediaTypes.includes(media) ? media : 'file', payload: { url } };
}

function quickRepliesFor(activity: Partial<Activity>, channelData: unknown): readonly JsonObject[] {
  const native = readArray(channelData, 'quick_replies');
  if (native.length > 0) return native.filter(isJsonObject);
  return quickRepliesOf(readArray(readProperty(activity, 'suggestedActions'), 'actions'));
}

function aboutOf(channelData: unknown, messagingType: string) {
  const tag = readText(channelData, 'tag');
  if (tag?.toUpperCase() === 'HUMAN_AGENT') {
    throw new UnsendableMessageError('The tag HUMAN_AGENT is for what people write; a bot may not use it.');
  }
  const notificationType = readText(channelData, 'notification_type');
  return {
    // A tag means nothing with any other type.
    messaging_type: readText(channelData, 'messaging_type') ?? (tag === undefined ? messagingType : 'MESSAGE_TAG'),
    ...(tag === undefined ? {} : { tag }),
    ...(notificationType === undefined ? {} : { notification_type: notificationType }),
  };
}

function metadataOf(channelData: unknown): string | undefined {
  const metadata = readText(readProperty(channelData, 'message'), 'metadata') ?? readText(channelData, 'metadata');
  if (metadata !== undefined && metadata.length > limits.metadata) {
    throw new UnsendableMessageError(`The metadata of a message may have at most ${limits.metadata} characters.`);
  }
  return metadata;
}
