/** @import { EmulatorState } from '../emulator.ts' */

/** Longer than nearly every name of a person, and short enough for a sentence of two lines. */
const longest = 60;

/** Of writing from right to left, and what turns the direction of writing. */
const turning = /[\u0590-\u08ff\u200e\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufefc]/;
/** They keep the direction of what is between them from what is around it. */
const [isolate, endOfIsolate] = ['\u2068', '\u2069'];

const characters = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/**
 * A name that may be in the middle of a sentence of the page: cut where it is very long, and without effect on the words around it.
 *
 * @param {string} name
 */
export function shownName(name) {
  const all = name.length <= longest ? [] : [...characters.segment(name)];
  const shown =
    all.length <= longest
      ? name
      : `${all
          .slice(0, longest - 1)
          .map(({ segment }) => segment)
          .join('')}…`;
  return turning.test(shown) ? `${isolate}${shown}${endOfIsolate}` : shown;
}

/**
 * The state with its names as the page shows them.
 *
 * @param {EmulatorState} state
 * @returns {EmulatorState}
 */
export const withShownNames = (state) => ({
  ...state,
  apps: state.apps.map((app) => ({ ...app, name: shownName(app.name) })),
  customers: state.customers.map((customer) => ({ ...customer, name: shownName(customer.name) })),
});
