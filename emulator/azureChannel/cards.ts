import { isJsonObject, listAt, objectAt, textAt, type JsonObject } from '../json.ts';

/** What a card comes to as Messenger's `message`, or as an element that can stand in a row of cards. */
export type CardOnMessenger = { readonly message: JsonObject } | { readonly element: JsonObject };

const prefix = 'application/vnd.microsoft.card.';
const maxButtons = 3;
const maxText = 80;

/**
 * Hero and thumbnail cards are elements of a generic template, a sign-in card is a button template, as Azure's channel makes them. Of the
 * other cards it is not recorded: here media cards are the file that they play, and the rest is text. `undefined` for what is no card.
 *
 * Source: https://learn.microsoft.com/azure/bot-service/bot-service-channels-reference
 */
export function cardOnMessenger(attachment: unknown): CardOnMessenger | undefined {
  const contentType = textAt(attachment, 'contentType') ?? '';
  const content = objectAt(attachment, 'content');
  if (!contentType.startsWith(prefix) || content === undefined) return undefined;
  switch (contentType.slice(prefix.length)) {
    case 'hero':
    case 'thumbnail':
      return elementOf(content);
    case 'signin':
    case 'oauth':
      return { message: buttonTemplate(content) };
    case 'animation':
      return { message: mediaMessage(content, 'image') };
    case 'audio':
      return { message: mediaMessage(content, 'audio') };
    case 'video':
      return { message: mediaMessage(content, 'video') };
    default:
      return { message: { text: allTexts(content).join('\n') || 'A card' } };
  }
}

function elementOf(content: JsonObject): CardOnMessenger {
  const [title = 'Card', ...rest] = textsOf(content);
  const [image] = listAt(content, 'images');
  const imageUrl = textAt(image, 'url');
  const buttons = buttonsOf(content);
  const tapped = textAt(objectAt(content, 'tap'), 'value');
  return {
    element: {
      title: cut(title),
      ...(rest.length === 0 ? {} : { subtitle: cut(rest.join(' ')) }),
      ...(imageUrl === undefined ? {} : { image_url: imageUrl }),
      ...(tapped === undefined || !URL.canParse(tapped) ? {} : { default_action: { type: 'web_url', url: tapped } }),
      ...(buttons.length === 0 ? {} : { buttons }),
    },
  };
}

function buttonTemplate(content: JsonObject): JsonObject {
  const text = textsOf(content).join('\n') || 'Sign in';
  const buttons = buttonsOf(content);
  if (buttons.length === 0) return { text };
  return { attachment: { type: 'template', payload: { template_type: 'button', text, buttons } } };
}

function mediaMessage(content: JsonObject, type: string): JsonObject {
  const [media] = listAt(content, 'media');
  const url = textAt(media, 'url');
  return url === undefined
    ? { text: textsOf(content).join('\n') || 'A card' }
    : { attachment: { type, payload: { url } } };
}

const cut = (text: string): string => Array.from(text).slice(0, maxText).join('');

const textsOf = (content: JsonObject): readonly string[] =>
  ['title', 'subtitle', 'text'].flatMap((name) => textAt(content, name) ?? []);

/** The texts of a card of any make, in order. */
function allTexts(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(allTexts);
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([name, member]) =>
    typeof member === 'string'
      ? ['title', 'subtitle', 'text', 'key', 'value', 'price'].includes(name)
        ? [member]
        : []
      : allTexts(member),
  );
}

/** Messenger takes three; that the others are left out is a guess. */
const buttonsOf = (content: JsonObject): readonly JsonObject[] =>
  listAt(content, 'buttons').map(buttonOf).slice(0, maxButtons);

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
