import { styleText } from 'node:util';
import type { TimelineEntry, Tone } from './timelineEntry.ts';

type Style = Parameters<typeof styleText>[0];

/** Colours a text, or leaves it as it is. */
export type Paint = (style: Style, text: string) => string;

/** With colours when standard output is a terminal that wants them (`NO_COLOR`, `FORCE_COLOR`). */
export const paintForTerminal: Paint = (style, text) => styleText(style, text, { stream: process.stdout });

export interface LayoutOptions {
  /** The time that counts as zero, in ms since 1970. */
  readonly start: number;
  readonly paint?: Paint;
  /** The most columns of a line. Default: 100. */
  readonly width?: number;
}

const columns = { time: 8, marker: 2, who: 11, does: 8 } as const;
const indent = columns.time + 1 + columns.marker + 1;
const textColumn = indent + columns.who + columns.does;

const receiverStyles: Readonly<Record<string, Style>> = {
  primary: 'cyan',
  secondary: 'magenta',
  'page inbox': 'green',
  'an agent': 'green',
  nobody: 'gray',
  Messenger: 'gray',
  Azure: 'red',
};

const toneStyles: Readonly<Record<Tone, Style | undefined>> = {
  speech: undefined,
  delivery: 'gray',
  call: 'blue',
  refusal: 'red',
  ownership: 'bold',
  action: 'green',
  trouble: 'red',
};

/** The letters of the marker column, which tell the owner also without colours. */
export const ownerLetters: Readonly<Record<string, string>> = {
  primary: 'P',
  secondary: 'S',
  'page inbox': 'I',
  nobody: '·',
};

/** What the marker column says, in one line. */
export function legend(paint: Paint = paintForTerminal): string {
  const owners = Object.entries(ownerLetters).map(
    ([owner, letter]) => `${paint(styleOf(owner), `${letter}│`)} ${owner}`,
  );
  return `Who owns the thread:  ${owners.join('   ')}`;
}

/** Lines of at most `width` columns: time, owner, who, what kind, and the text with a hanging indent. */
export function layOut(entry: TimelineEntry, options: LayoutOptions): readonly string[] {
  const { start, width = 100, paint = paintForTerminal } = options;
  const { at, owner, who, does, what, tone, more = [] } = entry;
  const style = tone === 'ownership' ? ['bold' as const, ...listOf(styleOf(owner))] : toneStyles[tone];
  const painted = (text: string): string => (style === undefined ? text : paint(style, text));
  const marker = paint(styleOf(owner), `${ownerLetters[owner] ?? '?'}│`);
  const lines: string[] = [];
  for (const part of [{ does, what }, ...more]) {
    wrap(part.what, width - textColumn).forEach((text, index) => {
      const time = lines.length === 0 ? timeSince(start, at) : '';
      const actor = lines.length === 0 ? fit(who, columns.who) : ' '.repeat(columns.who);
      const doing = fit(index === 0 ? part.does : '', columns.does);
      const left = `${paint('gray', time.padStart(columns.time))} ${marker} `;
      lines.push(`${left}${paint(styleOf(who), actor)}${paint('gray', doing)}${painted(text)}`.trimEnd());
    });
  }
  return lines;
}

const listOf = (style: Style): readonly Extract<Style, string>[] =>
  typeof style === 'string' ? [style] : (style as readonly Extract<Style, string>[]);

/** A customer, who is the one that has no style of their own, is written in yellow. */
const styleOf = (who: string): Style => receiverStyles[who] ?? 'yellow';

function fit(text: string, width: number): string {
  const room = width - 1;
  const kept = widthOf(text) > room ? `${cut(text, room - 1)}…` : text;
  return kept + ' '.repeat(Math.max(0, width - widthOf(kept)));
}

/** `+1.25s`, `+3m05s`, `+24h00m`. */
export function timeSince(start: number, at: number): string {
  const ms = Math.max(0, at - start);
  const seconds = Math.floor(ms / 1000);
  const two = (count: number): string => String(count).padStart(2, '0');
  if (seconds < 100) return `+${(ms / 1000).toFixed(2)}s`;
  if (seconds < 3600) return `+${Math.floor(seconds / 60)}m${two(seconds % 60)}s`;
  return `+${Math.floor(seconds / 3600)}h${two(Math.floor(seconds / 60) % 60)}m`;
}

/** Breaks a text at spaces, and inside a word only when the word alone is too long. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of printable(text).split(/(?<= )(?=\S)/)) {
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

/** Nobody's text may move the cursor or change colours. A space that must not break stays one until the line is written. */
const printable = (text: string): string => text.replace(/[^\S\u00a0]/gu, ' ').replace(/\p{C}/gu, '');

/** Columns on a terminal: pictographs and East Asian letters take two. */
function widthOf(text: string): number {
  let width = 0;
  for (const letter of text) width += columnsOf(letter);
  return width;
}

function columnsOf(letter: string): number {
  if (/\p{M}/u.test(letter)) return 0;
  return /\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{20000}-\u{3fffd}]/u.test(
    letter,
  )
    ? 2
    : 1;
}

function cut(text: string, width: number): string {
  let kept = '';
  let used = 0;
  for (const letter of text) {
    used += columnsOf(letter);
    if (used > width) break;
    kept += letter;
  }
  // A letter wider than the room has to go somewhere.
  return kept === '' ? ([...text][0] ?? '') : kept;
}
