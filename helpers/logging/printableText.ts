/**
 * Others' text on its way to a terminal or a log: nobody's text may move the cursor, change colours or titles, turn the direction of
 * writing around, or begin a line of its own.
 */

/** Colours, cursor movements and titles as terminals know them. Each begins with ESC and holds none, so a text is walked once. */
// eslint-disable-next-line no-control-regex -- control characters are what it is about
const escapeSequences = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\))/g;

/** What no terminal and no reader of lines is to get: control, format and unassigned characters. The joiner is part of many emoji. */
const unprintable = /(?!\u200d)[\p{C}\u2028\u2029]/gu;
const unprintableButLineBreaks = /(?![\u200d\n])[\p{C}\u2028\u2029]/gu;

/** The text on one line, without anything that is no letter, sign or blank. */
export function printable(text: string): string {
  return text.replace(escapeSequences, '').replace(/\s/gu, ' ').replace(unprintable, '');
}

/** The text with everything that prints nothing spelled as `\u001b`. Lines stay lines, and JSON stays the same JSON. */
export function escapeUnprintable(text: string): string {
  return text.replace(unprintableButLineBreaks, (character) => {
    const units = Array.from({ length: character.length }, (_, at) => character.charCodeAt(at));
    return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
  });
}
