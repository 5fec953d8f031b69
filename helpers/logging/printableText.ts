/**
 * Makes text from others safe for a terminal or a log: it must not move the cursor, change colours or titles, reverse the writing direction,
 * or start a new line.
 */

/** Terminal sequences for colours, cursor movements and titles. Each starts with ESC and holds no other, so matching takes linear time. */
// eslint-disable-next-line no-control-regex -- it is meant to match control characters
const escapeSequences = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\))/g;

/** Control, format and unassigned characters, which must reach no terminal and no log. The joiner is part of many emoji. */
const unprintable = /(?!\u200d)[\p{C}\u2028\u2029]/gu;
const unprintableButLineBreaks = /(?![\u200d\n])[\p{C}\u2028\u2029]/gu;

/** The text on one line, with printable characters only. */
export function printable(text: string): string {
  return text.replace(escapeSequences, '').replace(/\s/gu, ' ').replace(unprintable, '');
}

/** The text with unprintable characters escaped, as in `\u001b`. Line breaks stay, and JSON keeps its meaning. */
export function escapeUnprintable(text: string): string {
  return text.replace(unprintableButLineBreaks, (character) => {
    const units = Array.from({ length: character.length }, (_, at) => character.charCodeAt(at));
    return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
  });
}
