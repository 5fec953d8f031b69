import { printable } from '../emulator/printable.ts';

/** What a person takes for one letter, such as an emoji of several code points. */
const letters = new Intl.Segmenter('en', { granularity: 'grapheme' });

const wide =
  /\p{Emoji_Presentation}|\ufe0f|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{20000}-\u{3fffd}]/u;

/** Columns on a terminal: pictographs and East Asian letters take two. */
export function widthOf(text: string): number {
  let width = 0;
  for (const { segment } of letters.segment(text)) width += columnsOfLetter(segment);
  return width;
}

const columnsOfLetter = (letter: string): number => (wide.test(letter) ? 2 : 1);

/** The beginning of a text that fits; at least one letter, because one that is wider than the room has to go somewhere. */
export function cut(text: string, width: number): string {
  let kept = '';
  let used = 0;
  for (const { segment } of letters.segment(text)) {
    used += columnsOfLetter(segment);
    if (used > width && kept !== '') break;
    kept += segment;
  }
  return kept;
}

/**
 * Breaks a text at its spaces, and inside a word only when the word alone is too long. It does not break at a no-break space,
 * which is an ordinary one afterwards.
 */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of printable(text).split(/(?<= )(?=[^ ])/)) {
    if (widthOf((line + word).trimEnd()) <= width) {
      line += word;
      continue;
    }
    if (line !== '') lines.push(line.trimEnd());
    let rest = word;
    while (widthOf(rest.trimEnd()) > width) {
      const head = cut(rest, width);
      lines.push(head);
      rest = rest.slice(head.length);
    }
    line = rest;
  }
  return [...lines, line.trimEnd()].map((done) => done.replaceAll('\u00a0', ' '));
}

const widest = 100;
const narrowest = 20;

/** How wide lines on this output may be. What is no terminal, and a terminal that does not know its width, has 100 columns. */
export function columnsOf({ columns = 0 }: { readonly columns?: number }): number {
  return columns === 0 ? widest : Math.max(narrowest, Math.min(widest, columns));
}
