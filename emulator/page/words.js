import { sentenceOf, tell } from '../narration/words.js';
import { names } from './participants.js';

/** @import { Row } from '../narration/rows.js' */

/** Verbs that the arrow itself shows. */
const drawn = new Set(['says', 'sends', 'calls']);

/**
 * What a row of the diagram says. Names are looked up when it is shown: they may not have been known when it happened.
 *
 * @param {Row} row
 */
export function labelOf(row) {
  if (row.shape !== 'arrow' && row.shape !== 'inside')
    return sentenceOf({ ...row, because: [], guessed: false }, names);
  const { does, what } = tell(row, names);
  if (row.shape === 'inside') return `${does} ${what}`;
  return drawn.has(does) ? what : `${does} ${what}`;
}

const timeFormat = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const dayFormat = new Intl.DateTimeFormat('en-GB', { weekday: 'short', hour: '2-digit', minute: '2-digit' });

/** @param {number} ms since 1970 */
export const timeOf = (ms) => timeFormat.format(ms);

/** @param {number} ms since 1970 */
export const dayAndTimeOf = (ms) => dayFormat.format(ms);
