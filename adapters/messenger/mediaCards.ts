import { readArray, readProperty, readText } from '../../models/readJson.ts';
import { buttonsOf, messagesOfCard, textsOf } from './cardTemplates.ts';
import { UnsendableMessageError } from '../../helpers/unsendableMessageError.ts';
import { webAddressOf, type OutgoingMessage } from './sendApiMessage.ts';

const mediaOfCard: ReadonlyMap<string, 'video' | 'audio' | 'animation'> = new Map([
  ['application/vnd.microsoft.card.video', 'video'],
  ['application/vnd.microsoft.card.audio', 'audio'],
  ['application/vnd.microsoft.card.animation', 'animation'],
]);

/** Whether it is a card that plays something. */
export function isMediaCard(attachment: unknown): boolean {
  return mediaOfCard.has(readText(attachment, 'contentType') ?? '');
}

/**
 * A video, audio or animation card: the recording, which Messenger plays in place, then the card's text and buttons. Its addresses are the
 * same recording in several formats, so only the first is sent. Messenger makes its own preview picture.
 *
 * Source: https://learn.microsoft.com/azure/bot-service/nodejs/bot-builder-nodejs-send-rich-cards
 */
export function mediaMessages(attachment: unknown): OutgoingMessage[] {
  const kind = mediaOfCard.get(readText(attachment, 'contentType') ?? '') ?? 'video';
  const content = readProperty(attachment, 'content');
  const [first] = readArray(content, 'media');
  if (first === undefined) throw new UnsendableMessageError(`A card of the kind ${kind} needs an address in media.`);
  const url = webAddressOf(readProperty(first, 'url'), 'the address in media');
  const moving = /\.gif$/i.test(new URL(url).pathname) ? 'image' : 'video';
  const recording = { attachment: { type: kind === 'animation' ? moving : kind, payload: { url } } };
  const card = {
    texts: textsOf(content),
    imageUrl: undefined,
    buttons: buttonsOf(readArray(content, 'buttons')),
    link: undefined,
  };
  return card.texts.length === 0 && card.buttons.length === 0 ? [recording] : [recording, ...messagesOfCard(card)];
}
