const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/**
 * Splits a text into pieces of at most `limit` UTF-16 units, never inside what a reader sees as one character: an emoji of several code
 * points stays whole if it fits at all. A piece ends after white space if there is any in its second half. Joined, the pieces give the
 * text; an empty text has none.
 */
export function splitText(text: string, limit: number): string[] {
  if (text.length <= limit) return text === '' ? [] : [text];
  const pieces: string[] = [];
  let piece = '';
  const end = (at: number): void => {
    pieces.push(piece.slice(0, at));
    piece = piece.slice(at);
  };
  for (const part of partsOf(text, limit)) {
    while (piece !== '' && piece.length + part.length > limit) end(lastPause(piece));
    piece += part;
  }
  if (piece !== '') pieces.push(piece);
  return pieces;
}

/** The beginning of the text, at most `limit` UTF-16 units, in whole characters unless not even one fits. */
export function cutText(text: string, limit: number): string {
  if (text.length <= limit) return text;
  let end = 0;
  for (const { segment } of graphemes.segment(text)) {
    if (end + segment.length > limit) break;
    end += segment.length;
  }
  return end === 0 ? (splitText(text, limit)[0] ?? '') : text.slice(0, end);
}

/** Characters as readers see them; one that is longer than a piece is split into code points. */
function* partsOf(text: string, limit: number): Generator<string> {
  for (const { segment } of graphemes.segment(text)) {
    if (segment.length <= limit) yield segment;
    else yield* segment;
  }
}

/** Where best to cut a piece: after the last white space in its second half, otherwise at its end. */
function lastPause(piece: string): number {
  const half = Math.floor(piece.length / 2);
  const pause = piece.slice(half).search(/\s\S*$/);
  return pause === -1 ? piece.length : half + pause + 1;
}
