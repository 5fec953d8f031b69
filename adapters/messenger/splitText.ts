const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/**
 * Splits a text into pieces of at most `limit` UTF-16 units, never inside what a reader takes for one character: an emoji
 * of several code points stays whole, as long as it fits at all. A piece ends after white space where there is any in its
 * second half. Joined together the pieces are the text; for an empty text there are none.
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
    while (piece.length + part.length > limit) end(lastPause(piece));
    piece += part;
  }
  if (piece !== '') pieces.push(piece);
  return pieces;
}

/** The beginning of the text, at most `limit` UTF-16 units and whole characters, in parts only when not even one fits. */
export function cutText(text: string, limit: number): string {
  if (text.length <= limit) return text;
  let end = 0;
  for (const { segment } of graphemes.segment(text)) {
    if (end + segment.length > limit) break;
    end += segment.length;
  }
  return end === 0 ? (splitText(text, limit)[0] ?? '') : text.slice(0, end);
}

/** Characters as readers see them; one that is longer than a whole piece comes in code points. */
function* partsOf(text: string, limit: number): Generator<string> {
  for (const { segment } of graphemes.segment(text)) {
    if (segment.length <= limit) yield segment;
    else yield* segment;
  }
}

/** Where a piece is best cut: after the last white space of its second half, else at its end. */
function lastPause(piece: string): number {
  const half = Math.floor(piece.length / 2);
  const pause = piece.slice(half).search(/\s\S*$/);
  return pause === -1 ? piece.length : half + pause + 1;
}
