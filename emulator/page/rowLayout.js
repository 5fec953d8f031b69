/** @import { Row } from '../narration/rows.js' */

/** Heights in pixels at the usual text size. Rows are as high as their kind, so nothing has to be drawn to be measured. */
const heights = { arrow: 46, webhook: 34, owner: 56, inside: 30, note: 30 };
const reasonHeight = { wide: 46, narrow: 84 };
/** Where there is no room for it beside a row, the customer's name is above it. */
const nameHeight = { beside: 0, above: 12 };

/**
 * What the height of a row depends on.
 *
 * @typedef {{ readonly width: 'wide' | 'narrow', readonly names: 'beside' | 'above' }} RowRoom
 */

/**
 * @param {Row} row
 * @param {RowRoom} room
 */
const heightOf = (row, { width, names }) =>
  heights[row.shape] + (row.because.length === 0 ? 0 : reasonHeight[width]) + nameHeight[names];

/**
 * A row at its place in the diagram.
 *
 * @typedef {object} PlacedRow
 * @property {Row} row
 * @property {number} index of all rows
 * @property {number} top
 * @property {number} height
 * @property {OwnedSpan} span
 * @property {string | null | undefined} owner while the row happened; `undefined`: as its span began
 */

/**
 * A stretch between two beginnings, in which the first owner becomes known only with the first change.
 *
 * @typedef {{ first: string | null | undefined }} OwnedSpan
 */

/** The rows of one view with their places. Rows are added at the end; a change further up places only what is below anew. */
export class RowLayout {
  /** @type {PlacedRow[]} */
  placed = [];
  height = 0;
  /** @type {(row: Row) => boolean} */
  #shows;
  /** @type {string} */
  #psid;
  /** @type {RowRoom} */
  #room;

  /**
   * @param {string} psid whose ownership the band shows
   * @param {(row: Row) => boolean} shows
   * @param {RowRoom} room
   */
  constructor(psid, shows, room) {
    this.#psid = psid;
    this.#shows = shows;
    this.#room = room;
  }

  /**
   * @param {readonly Row[]} rows all of them
   * @param {number} from the first that changed
   */
  update(rows, from) {
    while ((this.placed.at(-1)?.index ?? -1) >= from) this.placed.pop();
    const last = this.placed.at(-1);
    let { span, owner } =
      last === undefined ? { span: { first: undefined }, owner: undefined } : after(last, this.#psid);
    let top = last === undefined ? 0 : last.top + last.height;
    for (let index = last === undefined ? 0 : last.index + 1; index < rows.length; index += 1) {
      const row = rows[index];
      if (row === undefined || !this.#shows(row)) continue;
      const height = heightOf(row, this.#room);
      const next = { row, index, top, height, span, owner };
      this.placed.push(next);
      top += height;
      ({ span, owner } = after(next, this.#psid));
    }
    this.height = top;
  }

  /**
   * The rows between two heights.
   *
   * @param {number} from
   * @param {number} to
   */
  between(from, to) {
    let low = 0;
    let high = this.placed.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const row = this.placed[middle];
      if (row !== undefined && row.top + row.height <= from) low = middle + 1;
      else high = middle;
    }
    let end = low;
    while (end < this.placed.length && (this.placed[end]?.top ?? Infinity) < to) end += 1;
    return { first: low, rows: this.placed.slice(low, end) };
  }
}

/**
 * Who owns the conversation after a row.
 *
 * @param {PlacedRow} placed
 * @param {string} psid
 * @returns {{ span: OwnedSpan, owner: string | null | undefined }}
 */
function after({ row, span, owner }, psid) {
  const [event] = row.events;
  if (event?.type === 'reset') return { span: { first: undefined }, owner: undefined };
  if (event?.type === 'stateImported') return { span: { first: undefined }, owner: event.owners[psid] };
  if (row.shape !== 'owner' || row.psid !== psid) return { span, owner };
  if (owner === undefined) span.first = row.oldOwner;
  return { span, owner: row.newOwner };
}
