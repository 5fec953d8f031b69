import type { OutgoingMessage } from '../journal/outgoingMessage.ts';

/**
 * How a message's text reaches the customer. `exact`: unchanged, except for white space. `channel`: as Azure's Facebook channel renders it, which
 * takes it for Markdown, turns that into plain text and joins lines.
 *
 * Source: https://github.com/microsoft/botframework-sdk/issues/224
 * Source: https://github.com/microsoft/botframework-sdk/issues/920
 * Source: https://github.com/microsoft/botframework-sdk/issues/2033
 */
export type Rendering = NonNullable<OutgoingMessage['rendering']>;

/** Texts that agree in this many letters at the beginning are the same: a channel cuts what is too long. */
const longText = 200;

/** Whether a message with the text `seen` may be the one sent with the text `said`. False if either has no text, since nobody can tell. */
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

/** What survives every rendering: letters and digits, without HTML tags and entities. */
function lettersOf(text: string): string {
  return text
    .replaceAll(/<\/?[a-z][^<>]*>|&(?:[a-z]+|#\d+);/gi, ' ')
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\p{Extended_Pictographic}]+/gu, '');
}
