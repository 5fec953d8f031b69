import { isJsonObject, listAt, objectAt, textAt, type JsonObject } from '../json.ts';
import { receiptOf } from './receiptCard.ts';

/** Messenger's messages for a card, or an element that can stand in a row of cards; `leftOut` says what got lost. */
export type CardOnMessenger =
  | { readonly messages: readonly JsonObject[]; readonly leftOut?: string }
  | { readonly element: JsonObject; readonly leftOut?: string }
  | { readonly refused: string };

/**
 * What becomes of animation, audio and video cards. `fileAndCard`, the default: the file, and a card of its texts and buttons behind it, as
 * Microsoft's support wrote of video cards in 2017. `file`: the texts and buttons get lost, as was seen of an animation card in the same
 * month. `asDocumented`: in Microsoft's table the channel has animation cards alone; what a bot hears of the others is a guess, a video card
 * was refused with 400 in 2021.
 *
 * Source: https://github.com/microsoft/botframework-sdk/issues/2481, https://github.com/microsoft/botframework-sdk/issues/2497,
 * https://learn.microsoft.com/azure/bot-service/bot-service-channels-reference#card-support-by-channel,
 * https://github.com/microsoft/botframework-sdk/issues/6222
 */
export type MediaCards = 'fileAndCard' | 'file' | 'asDocumented';

const prefix = 'application/vnd.microsoft.card.';
const maxButtons = 3;
const maxText = 80;

/** The file in a media card, as Messenger calls it. */
const mediaTypes: Readonly<Record<string, string>> = { animation: 'image', audio: 'audio', video: 'video' };

/**
 * Hero and thumbnail cards are elements of a generic template, a sign-in card is a button template, a receipt card a receipt, as Azure's
 * channel makes them. Of an adaptive card Azure draws a picture; here its texts are sent instead. `undefined` for what is no card.
 *
 * Source: https://learn.microsoft.com/azure/bot-service/bot-service-channels-reference#card-support-by-channel
 */
export function cardOnMessenger(attachment: unknown, mediaCards: MediaCards): CardOnMessenger | undefined {
  const contentType = textAt(attachment, 'contentType') ?? '';
  const content = objectAt(attachment, 'content');
  if (!contentType.startsWith(prefix) || content === undefined) return undefined;
  const kind = contentType.slice(prefix.length);
  switch (kind) {
    case 'hero':
    case 'thumbnail':
      return { element: elementOf(content), ...lostButtons(content) };
    case 'signin':
    case 'oauth':
      return { messages: [buttonTemplate(content)], ...lostButtons(content) };
    case 'receipt':
      return { messages: [receiptOf(content)], leftOut: 'How Azure fills in a receipt is not known.' };
    case 'adaptive':
      return { messages: [{ text: textOf(content['body']) }], leftOut: adaptiveLoss };
    case 'animation':
    case 'audio':
    case 'video':
      if (mediaCards === 'asDocumented' && kind !== 'animation')
        return { refused: `The channel has no ${kind} cards.` };
      return { messages: mediaMessages(content, mediaTypes[kind] ?? 'file', mediaCards), ...lostButtons(content) };
    default:
      return { messages: [{ text: textOf(content) }] };
  }
}

const adaptiveLoss =
  'Azure sends a picture of an adaptive card, without what can be tapped or filled in; the emulator sends its texts.';

function elementOf(content: JsonObject): JsonObject {
  // Of a card with a picture alone, "Options" was seen as its title. Source: https://github.com/microsoft/botframework-sdk/issues/4710
  const [title = 'Options', ...rest] = textsOf(content);
  const [image] = listAt(content, 'images');
  const imageUrl = textAt(image, 'url');
  const buttons = buttonsOf(content);
  const tapped = textAt(objectAt(content, 'tap'), 'value');
  return {
    title: cut(title),
    ...(rest.length === 0 ? {} : { subtitle: cut(rest.join(' ')) }),
    ...(imageUrl === undefined ? {} : { image_url: imageUrl }),
    ...(tapped === undefined || !URL.canParse(tapped) ? {} : { default_action: { type: 'web_url', url: tapped } }),
    ...(buttons.length === 0 ? {} : { buttons }),
  };
}

function buttonTemplate(content: JsonObject): JsonObject {
  const text = textsOf(content).join('\n') || 'Sign in';
  const buttons = buttonsOf(content);
  if (buttons.length === 0) return { text };
  return { attachment: { type: 'template', payload: { template_type: 'button', text, buttons } } };
}

function mediaMessages(content: JsonObject, type: string, mediaCards: MediaCards): readonly JsonObject[] {
  const [media] = listAt(content, 'media');
  const url = textAt(media, 'url');
  const file = url === undefined ? [] : [{ attachment: { type, payload: { url } } }];
  const hasMore = textsOf(content).length > 0 || buttonsOf(content).length > 0;
  const { image: _preview, ...shown } = content;
  if (file.length === 0) return rowOfCards([elementOf(shown)]);
  return mediaCards === 'file' || !hasMore ? file : [...file, ...rowOfCards([elementOf(shown)])];
}

/** As Azure cuts titles. Source: https://github.com/microsoft/botframework-sdk/issues/1076 */
function cut(text: string): string {
  const signs = Array.from(text);
  return signs.length <= maxText ? text : `${signs.slice(0, maxText - 3).join('')}...`;
}

const textsOf = (content: JsonObject): readonly string[] =>
  ['title', 'subtitle', 'text'].flatMap((name) => textAt(content, name) ?? []);

const textOf = (value: unknown): string => allTexts(value).join('\n') || 'A card';

const shownMembers = ['title', 'subtitle', 'text', 'key', 'value', 'price'];
const isFilledIn = (element: JsonObject): boolean => /^(?:Input\.|Action)/.test(textAt(element, 'type') ?? '');

/** The texts of a card of any make, in order, without what can be filled in or tapped. */
function allTexts(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(allTexts);
  if (!isJsonObject(value) || isFilledIn(value)) return [];
  return Object.entries(value).flatMap(([name, member]) =>
    typeof member === 'string' ? (shownMembers.includes(name) ? [member] : []) : allTexts(member),
  );
}

/** Messenger takes three; that the others are left out is a guess. */
const buttonsOf = (content: JsonObject): readonly JsonObject[] =>
  listAt(content, 'buttons').map(buttonOf).slice(0, maxButtons);

function lostButtons(content: JsonObject): { leftOut?: string } {
  const lost = listAt(content, 'buttons').length - maxButtons;
  return lost > 0 ? { leftOut: `${lost} buttons beyond Messenger's ${maxButtons} are left out.` } : {};
}

function buttonOf(action: unknown): JsonObject {
  const title = textAt(action, 'title') ?? 'Open';
  const value = isJsonObject(action) ? action['value'] : undefined;
  const payload = typeof value === 'string' ? value : JSON.stringify(value ?? title);
  switch (textAt(action, 'type')) {
    case 'imBack':
    case 'postBack':
    case 'messageBack':
      return { type: 'postback', title, payload };
    case 'call':
      return { type: 'phone_number', title, payload: payload.replace(/^tel:/, '') };
    default:
      return URL.canParse(payload) ? { type: 'web_url', title, url: payload } : { type: 'postback', title, payload };
  }
}

/** The message of a row of cards; nothing without a card. */
export function rowOfCards(elements: readonly JsonObject[]): readonly JsonObject[] {
  if (elements.length === 0) return [];
  return [{ attachment: { type: 'template', payload: { template_type: 'generic', elements } } }];
}
