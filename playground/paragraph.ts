import { printable } from '../emulator/printable.ts';
import { widthOf, wrap } from './textWidth.ts';

/** A text whose lines are at most `width` columns wide; the breaks that it has stay. */
export const paragraph = (text: string, width: number): string =>
  text
    .split('\n')
    .flatMap((line) => wrap(line, width))
    .join('\n');

/** A last cell with less room than this is hard to read beside the others. */
const leastRoom = 24;

/**
 * Rows of cells, indented by two. The first cells are padded to these columns and the last one wraps in what is left; where too
 * little is left, the cells stand below each other.
 */
export function table(rows: readonly (readonly string[])[], columns: readonly number[], width: number): string {
  const left = columns.reduce((sum, column) => sum + column, 2);
  const beside = width - left >= leastRoom;
  return rows
    .flatMap((cells) => (beside ? besideEachOther(cells, columns, left, width) : stacked(cells, width)))
    .join('\n');
}

function besideEachOther(
  cells: readonly string[],
  columns: readonly number[],
  left: number,
  width: number,
): readonly string[] {
  const head = columns.map((column, index) => padded(cells[index] ?? '', column)).join('');
  return wrap(cells[columns.length] ?? '', width - left).map((line, index) =>
    `${index === 0 ? `  ${head}` : ' '.repeat(left)}${line}`.trimEnd(),
  );
}

function stacked([first = '', ...others]: readonly string[], width: number): readonly string[] {
  return [
    ...wrap(first, width - 2).map((line) => `  ${line}`),
    ...others.filter((cell) => cell !== '').flatMap((cell) => wrap(cell, width - 4).map((line) => `    ${line}`)),
  ];
}

/** At least one space stands between two cells. */
function padded(cell: string, column: number): string {
  const shown = printable(cell);
  return shown + ' '.repeat(Math.max(1, column - widthOf(shown)));
}
