import type { Activity } from 'botbuilder';
import { readArray, readProperty, readText, type JsonObject } from '../../models/readJson.ts';
import { adaptiveCardType, adaptiveMessages } from './adaptiveCard.ts';
import { cardMessages, carouselMessages, isTemplateCard } from './cardTemplates.ts';
import { isMediaCard, mediaMessages } from './mediaCards.ts';
import { quickRepliesOf } from './quickReplies.ts';
import { receiptCardType, receiptMessages } from './receiptCard.ts';
import { readChannelData, type ChannelData, type Recipient, type SenderAction } from './sendApiChannelData.ts';
import { UnsendableMessageError } from '../../helpers/unsendableMessageError.ts';
import { limits, webAddressOf, type OutgoingMessage } from './sendApiMessage.ts';
import { splitText } from '../../helpers/splitText.ts';

/** The body of one call to the Send API. */
export type SendApiCall = {
  recipient: Recipient;
  /** The name that the bot goes by. Source: https://developers.facebook.com/docs/messenger-platform/send-messages/personas */
  persona_id?: string;
} & (
  | SenderAction
  | {
      messaging_type: string;
      message: OutgoingMessage;
      tag?: string;
      notification_type?: string;
      /** The message that this one answers, quoted above it. */
      reply_to?: JsonObject;
    }
);

export interface SendApiCallOptions {
  /** `RESPONSE` to something the customer said (the default), `UPDATE` if the bot speaks first. `channelData` wins. */
  messagingType?: 'RESPONSE' | 'UPDATE';
}

const silentTypes: ReadonlySet<string> = new Set(['trace', 'endOfConversation', 'invokeResponse']);

/** Whether the activity is internal to Bot Builder, so that no channel shows it. */
export function isSilent({ type }: Partial<Activity>): boolean {
  return silentTypes.has(type ?? '');
}

/**
 * The calls for one activity of a bot, in order: text, then attachments, with the quick replies on the last message, because Messenger
 * shows them only there. Bot Builder's internal activities, such as traces, need none.
 *
 * As with Azure's channel, `channelData` may hold fields of the Send API; {@link readChannelData} knows which.
 *
 * Source: https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-channeldata
 *
 * @throws UnsendableMessageError if Messenger cannot carry all of the message; nothing has been sent then
 */
export function sendApiCallsOf(
  activity: Partial<Activity>,
  psid: string,
  options: SendApiCallOptions = {},
): SendApiCall[] {
  if (isSilent(activity)) return [];
  const type = activity.type ?? '';
  if (type !== 'message' && type !== 'typing') {
    const name = typeof activity.name === 'string' && activity.name !== '' ? ` (${activity.name.slice(0, 60)})` : '';
    throw new UnsendableMessageError(`Messenger has nothing like an activity of the type ${type || '(none)'}${name}.`);
  }
  const native = readChannelData(activity.channelData, psid);
  const { recipient, persona, senderAction } = native;
  if (type === 'typing') return [{ recipient, ...persona, ...(senderAction ?? { sender_action: 'typing_on' }) }];

  const messages = messagesOf(activity, native);
  if (senderAction !== undefined) {
    if (messages.length > 0) throw new UnsendableMessageError('A sender_action goes without a message.');
    return [{ recipient, ...persona, ...senderAction }];
  }
  const last = messages.at(-1);
  if (last === undefined) {
    throw new UnsendableMessageError('The message has neither text nor attachments, so there is nothing to send.');
  }
  const quickReplies = quickRepliesFor(activity, native);
  if (quickReplies.length > 0) last.quick_replies = quickReplies;

  const { metadata, replyTo } = native;
  const about = aboutOf(native, options.messagingType ?? 'RESPONSE');
  return messages.map((message, index) => ({
    recipient,
    ...persona,
    ...about,
    message: { ...message, ...(metadata === undefined ? {} : { metadata }) },
    ...(replyTo === undefined || index > 0 ? {} : { reply_to: replyTo }),
  }));
}

function messagesOf(activity: Partial<Activity>, native: ChannelData): OutgoingMessage[] {
  const own = typeof activity.text === 'string' ? activity.text : '';
  if (own.trim() !== '' && native.text !== undefined && native.text !== own) {
    throw new UnsendableMessageError('The message has one text of its own and another one in channelData.');
  }
  const pieces = splitText(native.text ?? own, limits.text);
  // Meta treats white space alone as an empty text and refuses it.
  const messages: OutgoingMessage[] = pieces.filter((text) => text.trim() !== '').map((text) => ({ text }));
  if (native.attachment !== undefined) messages.push({ attachment: native.attachment });
  const attachments = readArray(activity, 'attachments');
  const sideBySide = activity.attachmentLayout === 'carousel' && attachments.length > 1;
  if (sideBySide && attachments.every(isTemplateCard)) return [...messages, ...carouselMessages(attachments)];
  return [...messages, ...attachments.flatMap(attachmentMessages)];
}

function attachmentMessages(attachment: unknown): OutgoingMessage[] {
  if (isTemplateCard(attachment)) return cardMessages(attachment);
  if (isMediaCard(attachment)) return mediaMessages(attachment);
  const contentType = readText(attachment, 'contentType');
  if (contentType === receiptCardType) return receiptMessages(attachment);
  if (contentType === adaptiveCardType) return adaptiveMessages(attachment);
  return [{ attachment: fileOf(attachment) }];
}

const mediaTypes = ['image', 'video', 'audio'];

/** Meta fetches the file itself. Source: https://developers.facebook.com/docs/messenger-platform/reference/attachment-upload-api */
function fileOf(attachment: unknown): JsonObject {
  const contentType = readText(attachment, 'contentType') ?? '';
  const url = readText(attachment, 'contentUrl');
  if (url === undefined) {
    throw new UnsendableMessageError(
      `Messenger has nothing like an attachment of the type ${contentType || '(none)'}; send a template as channelData.attachment.`,
    );
  }
  const media = contentType.split('/', 1)[0] ?? '';
  return { type: mediaTypes.includes(media) ? media : 'file', payload: { url: webAddressOf(url, 'contentUrl') } };
}

function quickRepliesFor(activity: Partial<Activity>, { quickReplies }: ChannelData): readonly JsonObject[] {
  const suggested = readArray(readProperty(activity, 'suggestedActions'), 'actions');
  const found = quickReplies.length > 0 ? quickReplies : quickRepliesOf(suggested);
  if (found.length <= limits.quickReplies) return found;
  throw new UnsendableMessageError(
    `A message may have at most ${limits.quickReplies} quick replies on Messenger; this one has ${found.length}.`,
  );
}

function aboutOf({ about }: ChannelData, messagingType: string) {
  // A tag counts only with this type.
  return { messaging_type: about.tag === undefined ? messagingType : 'MESSAGE_TAG', ...about };
}
