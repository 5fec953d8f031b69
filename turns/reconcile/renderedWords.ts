import type { OutgoingMessage } from '../journal/outgoingMessage.ts';

/**
 * How a message's words reach the customer. `exact`: as they are, but for white space. `channel`: as Azure's Facebook channel renders them,
 * which takes them for Markdown, makes plain text of it and joins lines.
 *
 * Source: https://github.com/microsoft/botframework-sdk/issues/224
 * Source: https://github.com/microsoft/botframework-sdk/issues/920
 * Source: https://github.com/microsoft/botframework-sdk/issues/2033
 */
export type Rendering = NonNullable<OutgoingMessage['rendering']>;

/** From so many letters on, the beginning of a text is the text: a channel cuts what is too long. */
const longText = 200;

/** Whether a message that was seen may have come of these words. Of different ones that have no words at all nobody can tell. */
export function areWordsOf(said: string, seen: string, rendering: Rendering): boolean {
  const [one, other] = [squeezed(said), squeezed(seen)];
  if (one === '' || other === '') return false;
  if (one === other) return true;
  if (rendering === 'exact') return false;
  const [whole, part] = [lettersOf(said), lettersOf(seen)];
  if (part === '') return false;
  return whole === part || (part.length >= longText && whole.startsWith(part));
}

function squeezed(text: string): string {
  return text.normalize('NFC').replaceAll(/\s+/g, ' ').trim();
}

/** What survives every rendering: letters and digits in their order, without tags and entities of HTML. */
function lettersOf(text: string): string {
  return text
    .replaceAll(/<\/?[a-z][^<>]*>|&(?:[a-z]+|#\d+);/gi, ' ')
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\p{Extended_Pictographic}]+/gu, '');
}
