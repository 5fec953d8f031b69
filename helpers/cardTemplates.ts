import { readArray, readProperty, readText, type JsonObject } from '../models/readJson.ts';
import { titleOf } from './quickReplies.ts';
import { limits, payloadOf, UnsendableMessageError, type OutgoingMessage } from './sendApiMessage.ts';
import { cutText, splitText } from './splitText.ts';

const cardTypes: readonly string[] = [
  'application/vnd.microsoft.card.hero',
  'application/vnd.microsoft.card.thumbnail',
];

/** Whether it is one of the cards that become a template. */
export function isTemplateCard(attachment: unknown): boolean {
  return cardTypes.includes(readText(attachment, 'contentType') ?? '');
}

/**
 * A hero or thumbnail card as Messenger shows it best: with a picture as a generic template, with buttons alone as a button
 * template, else as plain text. What does not fit beside the buttons is sent as text before them.
 *
 * Source: https://developers.facebook.com/docs/messenger-platform/send-messages/template/generic
 * Source: https://developers.facebook.com/docs/messenger-platform/send-messages/template/button
 */
export function cardMessages(attachment: unknown): OutgoingMessage[] {
  const card = readCard(attachment);
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
  const cards = attachments.map(readCard);
  const messages: OutgoingMessage[] = [];
  for (let from = 0; from < cards.length; from += limits.elements) {
    messages.push(carousel(cards.slice(from, from + limits.elements)));
  }
  return messages;
}

interface Card {
  /** Title, subtitle and text, those that there are. */
  texts: readonly string[];
  imageUrl: string | undefined;
  buttons: readonly JsonObject[];
  /** Where a tap on the card itself leads. */
  link: string | undefined;
}

function readCard(attachment: unknown): Card {
  const content = readProperty(attachment, 'content');
  const texts = ['title', 'subtitle', 'text'].map((name) => readText(content, name)?.trim() ?? '');
  const tap = readProperty(content, 'tap');
  return {
    texts: texts.filter((text) => text !== ''),
    imageUrl: readText(readArray(content, 'images')[0], 'url'),
    buttons: readArray(content, 'buttons').slice(0, limits.buttons).map(buttonOf),
    link: readText(tap, 'type') === 'openUrl' ? readText(tap, 'value') : undefined,
  };
}

function carousel(cards: readonly Card[]): OutgoingMessage {
  const payload = { template_type: 'generic', elements: cards.map(elementOf) };
  return { attachment: { type: 'template', payload } };
}

function elementOf({ texts, imageUrl, buttons, link }: Card): JsonObject {
  const [title, ...rest] = texts;
  const subtitle = cutText(rest.join('\n'), limits.elementText);
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
  switch (readText(action, 'type')) {
    case 'openUrl':
    case 'downloadFile':
      return { type: 'web_url', title, url: payloadOf(value, fullTitle) };
    case 'call':
      return { type: 'phone_number', title, payload: payloadOf(value, fullTitle).replace(/^tel:/i, '') };
    default:
      return { type: 'postback', title, payload: payloadOf(value, fullTitle) };
  }
}
