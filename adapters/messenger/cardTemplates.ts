import { readArray, readProperty, readText, type JsonObject } from '../../models/readJson.ts';
import { titleOf } from './quickReplies.ts';
import { UnsendableMessageError } from '../../helpers/unsendableMessageError.ts';
import { limits, payloadOf, webAddressOf, type OutgoingMessage } from './sendApiMessage.ts';
import { cutText, splitText } from '../../helpers/splitText.ts';

const cardTypes: readonly string[] = [
  'application/vnd.microsoft.card.hero',
  'application/vnd.microsoft.card.thumbnail',
  'application/vnd.microsoft.card.signin',
  'application/vnd.microsoft.card.oauth',
];

/** Whether it is a card that becomes a template. */
export function isTemplateCard(attachment: unknown): boolean {
  return cardTypes.includes(readText(attachment, 'contentType') ?? '');
}

/**
 * A hero, thumbnail or sign-in card as Messenger shows it best: a generic template if it has a picture, a button template if it has only
 * buttons, otherwise plain text. Text that does not fit beside the buttons is sent before them.
 *
 * Source: https://developers.facebook.com/docs/messenger-platform/send-messages/template/generic
 * Source: https://developers.facebook.com/docs/messenger-platform/send-messages/template/button
 */
export function cardMessages(attachment: unknown): OutgoingMessage[] {
  return messagesOfCard(readCard(readProperty(attachment, 'content')));
}

/** The same for any kind of card that has been read. */
export function messagesOfCard(card: Card): OutgoingMessage[] {
  if (card.imageUrl !== undefined) return [carousel([card])];
  const text = card.texts.join('\n');
  if (card.buttons.length === 0) return splitText(text, limits.text).map((piece) => ({ text: piece }));
  if (text === '') throw new UnsendableMessageError('A card with buttons needs a title, a subtitle or a text.');
  const fits = text.length <= limits.buttonTemplateText;
  const pieces = fits ? [] : splitText(text, limits.text).map((piece) => ({ text: piece }));
  const beside = fits ? text : cutText(card.texts[0] ?? text, limits.buttonTemplateText);
  const payload = { template_type: 'button', text: beside, buttons: card.buttons };
  return [...pieces, { attachment: { type: 'template', payload } }];
}

/** Cards side by side, ten in one message. */
export function carouselMessages(attachments: readonly unknown[]): OutgoingMessage[] {
  const cards = attachments.map((attachment) => readCard(readProperty(attachment, 'content')));
  const messages: OutgoingMessage[] = [];
  for (let from = 0; from < cards.length; from += limits.elements) {
    messages.push(carousel(cards.slice(from, from + limits.elements)));
  }
  return messages;
}

export interface Card {
  /** Title, subtitle and text, where present. */
  texts: readonly string[];
  imageUrl: string | undefined;
  buttons: readonly JsonObject[];
  /** Where a tap on the card itself leads. */
  link: string | undefined;
}

function readCard(content: unknown): Card {
  const images = readArray(content, 'images');
  if (images.length > 1)
    throw new UnsendableMessageError('A card on Messenger has one picture; use a carousel for more.');
  const tap = readProperty(content, 'tap') ?? undefined;
  if (tap !== undefined && readText(tap, 'type') !== 'openUrl') {
    throw new UnsendableMessageError('A tap on a card can only open a page on Messenger: use a button.');
  }
  return {
    texts: textsOf(content),
    imageUrl: readText(images[0], 'url'),
    buttons: buttonsOf(readArray(content, 'buttons')),
    link: tap === undefined ? undefined : webAddressOf(readProperty(tap, 'value'), 'the address of a tap'),
  };
}

/** Title, subtitle and text of a card, where present. */
export function textsOf(content: unknown): readonly string[] {
  return ['title', 'subtitle', 'text']
    .map((name) => readText(content, name)?.trim() ?? '')
    .filter((text) => text !== '');
}

/** @throws UnsendableMessageError if there are more than three, or one that Messenger does not have */
export function buttonsOf(actions: readonly unknown[]): readonly JsonObject[] {
  if (actions.length > limits.buttons) {
    throw new UnsendableMessageError(
      `A card may have at most ${limits.buttons} buttons on Messenger; this one has ${actions.length}. Use suggested actions, or a carousel.`,
    );
  }
  return actions.map(buttonOf);
}

function carousel(cards: readonly Card[]): OutgoingMessage {
  const payload = { template_type: 'generic', elements: cards.map(elementOf) };
  return { attachment: { type: 'template', payload } };
}

function elementOf({ texts, imageUrl, buttons, link }: Card): JsonObject {
  const [title, ...others] = texts;
  const subtitle = cutText(others.join('\n'), limits.elementText);
  if (title === undefined) throw new UnsendableMessageError('A card with a picture or in a carousel needs a title.');
  return {
    title: cutText(title, limits.elementText),
    ...(subtitle === '' ? {} : { subtitle }),
    ...(imageUrl === undefined ? {} : { image_url: imageUrl }),
    ...(link === undefined ? {} : { default_action: { type: 'web_url', url: link } }),
    ...(buttons.length === 0 ? {} : { buttons }),
  };
}

/** Source: https://developers.facebook.com/docs/messenger-platform/send-messages/buttons */
function buttonOf(action: unknown): JsonObject {
  const fullTitle = titleOf(action);
  if (fullTitle === '') throw new UnsendableMessageError('A button needs a title.');
  const title = cutText(fullTitle, limits.title);
  const value = readProperty(action, 'value');
  const type = readText(action, 'type');
  switch (type) {
    case 'openUrl':
    case 'downloadFile':
    case 'signin':
    case 'showImage':
    case 'playAudio':
    case 'playVideo':
      return { type: 'web_url', title, url: webAddressOf(value, 'the address of a button') };
    case 'call':
      return { type: 'phone_number', title, payload: payloadOf(value, fullTitle).replace(/^tel:/i, '') };
    case undefined:
    case 'imBack':
    case 'postBack':
    case 'messageBack':
      return { type: 'postback', title, payload: payloadOf(value, fullTitle) };
    default:
      throw new UnsendableMessageError(`Messenger has no button of the type ${type.slice(0, 60)}.`);
  }
}
