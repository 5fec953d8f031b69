import { isJsonObject, listAt, objectAt, textAt } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { cardOnMessenger, rowOfCards, type MediaCards } from './cards.ts';

/** What a bot's activity comes to on Messenger. */
export type Conversion =
  | { outcome: 'calls'; calls: readonly JsonObject[]; leftOut?: string }
  /** The channel takes such an activity and does nothing with it. */
  | { outcome: 'ignored'; reason: string }
  /** The activity is wrong. */
  | { outcome: 'refused'; reason: string }
  /** Azure's channel can do it, this one cannot. */
  | { outcome: 'notEmulated'; reason: string };

export interface ConversionOptions {
  /** Whether `metadata` in `channelData`, or in `channelData.message`, gets to Messenger. Azure is not known to do so. */
  readonly metadata: 'forward' | 'drop';
  readonly mediaCards: MediaCards;
}

export const defaultConversion: ConversionOptions = { metadata: 'drop', mediaCards: 'fileAndCard' };

/** Most quick replies that Messenger takes. Source: https://developers.facebook.com/docs/messenger-platform/send-messages/quick-replies */
const maxQuickReplies = 13;

/** Most characters of a quick reply's title. Source: as above. */
const maxTitleLength = 20;

const mediaTypes = ['image', 'video', 'audio'];

function payloadOf(action: unknown, title: string): string {
  const value = isJsonObject(action) ? action['value'] : undefined;
  if (value === undefined || value === null) return title;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function quickReplyOf(action: unknown): JsonObject {
  const title = textAt(action, 'title') ?? textAt(action, 'value') ?? '';
  return {
    content_type: 'text',
    title: Array.from(title).slice(0, maxTitleLength).join(''),
    payload: payloadOf(action, title),
  };
}

/** A file by its address, as Messenger wants it. */
function mediaOf(attachment: unknown): JsonObject | undefined {
  const url = textAt(attachment, 'contentUrl');
  if (url === undefined) return undefined;
  const kind = (textAt(attachment, 'contentType') ?? '').split('/')[0] ?? '';
  return { attachment: { type: mediaTypes.includes(kind) ? kind : 'file', payload: { url } } };
}

const pick = (from: JsonObject | undefined, fields: readonly string[]): JsonObject =>
  Object.fromEntries(fields.flatMap((field) => (from?.[field] === undefined ? [] : [[field, from[field]] as const])));

/**
 * Turns a bot's activity into the bodies of Send API calls: first the text, then the attachments, with the quick replies on
 * the last message, because Messenger shows them only there.
 *
 * Of `channelData` go along `attachment`, `quick_replies`, `notification_type`, `messaging_type` (else `RESPONSE`) and `tag`.
 * That quick replies beyond the thirteenth are left out, and not refused, is a guess.
 *
 * Source: https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-channeldata
 */
export function convertActivity(activity: JsonObject, psid: string, options: ConversionOptions): Conversion {
  const recipient = { id: psid };
  const type = textAt(activity, 'type');
  if (type === undefined) return { outcome: 'refused', reason: 'The activity has no type.' };
  if (type === 'typing') {
    return { outcome: 'calls', calls: [{ recipient, sender_action: 'typing_on' }] };
  }
  if (type !== 'message') {
    return { outcome: 'ignored', reason: `Activities of the type ${type} mean nothing on Messenger.` };
  }

  const channelData = objectAt(activity, 'channelData');
  const messages: Record<string, unknown>[] = [];
  const text = textAt(activity, 'text');
  if (text !== undefined) messages.push({ text });
  const native = objectAt(channelData, 'attachment');
  if (native !== undefined) messages.push({ attachment: native });
  const row: JsonObject[] = [];
  const lost: string[] = [];
  const isRow = textAt(activity, 'attachmentLayout') === 'carousel';
  for (const attachment of listAt(activity, 'attachments')) {
    const card = cardOnMessenger(attachment, options.mediaCards);
    if (card !== undefined && 'refused' in card) return { outcome: 'refused', reason: card.refused };
    if (card !== undefined) {
      lost.push(...(card.leftOut === undefined ? [] : [card.leftOut]));
      if ('messages' in card) messages.push(...card.messages.map((message) => ({ ...message })));
      else if (isRow) row.push(card.element);
      else messages.push(...rowOfCards([card.element]));
      continue;
    }
    const media = mediaOf(attachment);
    if (media === undefined) {
      const contentType = textAt(attachment, 'contentType') ?? 'without content type';
      return {
        outcome: 'notEmulated',
        reason: `The emulator shows no attachment ${contentType}; send a template as channelData.attachment.`,
      };
    }
    messages.push(media);
  }
  messages.push(...rowOfCards(row));
  const last = messages.at(-1);
  if (last === undefined) {
    return { outcome: 'refused', reason: 'The message has neither text nor attachments nor channelData.attachment.' };
  }

  const actions = listAt(objectAt(activity, 'suggestedActions'), 'actions');
  const nativeReplies = listAt(channelData, 'quick_replies');
  const quickReplies = nativeReplies.length > 0 ? nativeReplies : actions.slice(0, maxQuickReplies).map(quickReplyOf);
  if (quickReplies.length > 0) last['quick_replies'] = quickReplies;

  const metadata = textAt(channelData, 'metadata') ?? textAt(objectAt(channelData, 'message'), 'metadata');
  if (metadata !== undefined && options.metadata === 'forward') {
    for (const message of messages) message['metadata'] = metadata;
  }

  const about = { messaging_type: 'RESPONSE', ...pick(channelData, ['messaging_type', 'tag', 'notification_type']) };
  const leftOut = [
    ...new Set(lost),
    ...(nativeReplies.length === 0 && actions.length > maxQuickReplies
      ? [`${actions.length - maxQuickReplies} suggested actions beyond Messenger's ${maxQuickReplies} are left out.`]
      : []),
    ...(metadata !== undefined && options.metadata === 'drop' ? ['The metadata is left out.'] : []),
  ];
  return {
    outcome: 'calls',
    calls: messages.map((message) => ({ ...about, recipient, message })),
    ...(leftOut.length > 0 && { leftOut: leftOut.join(' ') }),
  };
}
