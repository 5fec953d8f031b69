import { readArray, readProperty, readText } from '../../models/readJson.ts';
import { buttonsOf, messagesOfCard } from './cardTemplates.ts';
import { UnsendableMessageError } from '../../helpers/unsendableMessageError.ts';
import { limits, webAddressOf, type OutgoingMessage } from './sendApiMessage.ts';
import { splitText } from '../../helpers/splitText.ts';

export const adaptiveCardType = 'application/vnd.microsoft.card.adaptive';

/**
 * An Adaptive Card as Messenger messages: its text in reading order, its pictures, its actions as buttons. (Azure's channel sends a picture
 * of the card instead.) A card with something that Messenger does not have, such as an input field, is sent as its `fallbackText`.
 *
 * Source: https://adaptivecards.io/explorer/AdaptiveCard.html
 *
 * @throws UnsendableMessageError naming the element, if there is no `fallbackText` either
 */
export function adaptiveMessages(attachment: unknown): OutgoingMessage[] {
  const card = readProperty(attachment, 'content');
  try {
    return messagesOf(card);
  } catch (error) {
    const fallback = readText(card, 'fallbackText')?.trim() ?? '';
    if (!(error instanceof UnsendableMessageError) || fallback === '') throw error;
    return splitText(fallback, limits.text).map((text) => ({ text }));
  }
}

interface Content {
  texts: string[];
  images: string[];
  actions: unknown[];
}

function messagesOf(card: unknown): OutgoingMessage[] {
  const content: Content = { texts: [], images: [], actions: [...readArray(card, 'actions')] };
  for (const element of readArray(card, 'body')) read(element, content, maxDepth);
  const { texts, images, actions } = content;
  const buttons = buttonsOf(actions.map(cardActionOf));
  if (texts.length === 0 && images.length === 0) throw unsendable('that has neither text nor pictures');
  const pictures = images.map((url) => ({ attachment: { type: 'image', payload: { url } } }));
  if (texts.length === 0 && buttons.length === 0) return pictures;
  return [...pictures, ...messagesOfCard({ texts, imageUrl: undefined, buttons, link: undefined })];
}

const maxDepth = 20;

function read(element: unknown, content: Content, levels: number): void {
  if (levels === 0) throw unsendable('that is nested so deeply');
  if (readProperty(element, 'isVisible') === false) return;
  const all = (name: string) => readArray(element, name);
  const inside = (elements: readonly unknown[]) => {
    for (const one of elements) read(one, content, levels - 1);
  };
  const type = readText(element, 'type') ?? '(none)';
  switch (type) {
    case 'TextBlock':
      add(content.texts, readText(element, 'text'));
      return;
    case 'RichTextBlock':
      add(
        content.texts,
        all('inlines')
          .map((run) => (typeof run === 'string' ? run : readText(run, 'text')))
          .join(''),
      );
      return;
    case 'FactSet':
      for (const fact of all('facts')) {
        add(content.texts, `${readText(fact, 'title') ?? ''} ${readText(fact, 'value') ?? ''}`);
      }
      return;
    case 'Image':
      content.images.push(webAddressOf(readProperty(element, 'url'), 'the address of a picture'));
      return;
    case 'ImageSet':
      inside(all('images'));
      return;
    case 'Container':
    case 'Column':
      inside(all('items'));
      return;
    case 'ColumnSet':
      inside(all('columns'));
      return;
    case 'ActionSet':
      content.actions.push(...all('actions'));
      return;
    default:
      throw unsendable(`with an element of the type ${type.slice(0, 60)}`);
  }
}

function add(texts: string[], text: string | undefined): void {
  const trimmed = text?.trim() ?? '';
  if (trimmed !== '') texts.push(trimmed);
}

/** An action of the card, as Bot Framework's other cards express it. */
function cardActionOf(action: unknown): unknown {
  const [type, title] = [readText(action, 'type') ?? '(none)', readText(action, 'title')];
  if (type === 'Action.OpenUrl') return { type: 'openUrl', title, value: readProperty(action, 'url') };
  if (type === 'Action.Submit') return { type: 'messageBack', title, value: readProperty(action, 'data') };
  throw unsendable(`with an action of the type ${type.slice(0, 60)}`);
}

function unsendable(trait: string): UnsendableMessageError {
  return new UnsendableMessageError(
    `Messenger has nothing like an Adaptive Card ${trait}; give the card a fallbackText, or send a template as channelData.attachment.`,
  );
}
