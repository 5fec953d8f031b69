import { styleText } from 'node:util';
import { printable } from '../emulator/printable.ts';
import { cut, widthOf, wrap } from './textWidth.ts';
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
  'live chat': 'cyan',
  'Page Inbox': 'green',
  'An agent': 'green',
  "Meta's AI": 'blue',
  nobody: 'gray',
  Messenger: 'gray',
  Azure: 'red',
};

const toneStyles: Readonly<Record<Tone, Style | undefined>> = {
  speech: undefined,
  delivery: 'gray',
  call: 'blue',
  refusal: 'red',
  ownership: undefined,
  action: 'green',
  trouble: 'red',
};

/** The letters of the marker column, which tell the owner also without colours. */
const ownerLetters: Readonly<Record<string, string>> = {
  primary: 'P',
  secondary: 'S',
  'live chat': 'L',
  'Page Inbox': 'I',
  "Meta's AI": 'A',
  nobody: '·',
};

/** What the marker column says on a Page with these receivers beside the Page Inbox. */
export function legend(receivers: readonly string[], width: number, paint: Paint = paintForTerminal): string {
  const lines: string[] = [];
  let line = 'Who owns the thread:';
  // Colours have no width, so it is counted without them.
  let used = line.length;
  for (const [index, owner] of [...receivers, 'Page Inbox', 'nobody'].entries()) {
    const gap = index === 0 ? '  ' : '   ';
    const room = gap.length + `P│ ${owner}`.length;
    if (used + room > width) {
      lines.push(line);
      line = '';
      used = 0;
    }
    line += `${gap}${markerOf(owner, paint)} ${owner}`;
    used += room;
  }
  return [...lines, line].join('\n');
}

/** Explains a mark of the timeline. */
export const guessedNote = '(guessed) marks assumptions of the emulator: what Meta does there is undocumented.';

/**
 * Lines of at most `width` columns: time, owner, who, what kind, and the text with a hanging indent; on a narrow terminal the text
 * below who says it.
 */
export function layOut(entry: TimelineEntry, options: LayoutOptions): readonly string[] {
  const { width = 100 } = options;
  const shown = { ...entry, who: printable(entry.who) };
  return width < narrow ? layOutNarrow(shown, options, width) : layOutInColumns(shown, options, width);
}

/** Below this the columns would leave too little for the text. */
const narrow = 60;

function layOutNarrow(entry: TimelineEntry, options: LayoutOptions, width: number): readonly string[] {
  const { start, paint = paintForTerminal } = options;
  const { at, owner, who, does, what, more = [] } = entry;
  const marker = markerOf(owner, paint);
  const below = (text: string): readonly string[] =>
    wrap(text, width - columns.marker - 2).map((line) => `${marker}  ${paintedFor(entry, paint)(line)}`.trimEnd());
  const name = cut(who, width - columns.marker - 1 - columns.does);
  const time = `  ${timeSince(start, at)}`;
  const room = width - columns.marker - 1 - widthOf(`${name} ${does}`);
  return [
    `${marker} ${paint(nameStyle(entry), name)} ${paint('gray', widthOf(time) <= room ? `${does}${time}` : does)}`,
    ...below(what),
    ...more.flatMap((part) => [`${marker} ${paint('gray', part.does)}`, ...below(part.what)]),
  ];
}

function paintedFor({ tone, owner }: TimelineEntry, paint: Paint): (text: string) => string {
  if (tone === 'ownership') return (text) => paint('bold', paint(styleOf(owner), text));
  const style = toneStyles[tone];
  return style === undefined ? (text) => text : (text) => paint(style, text);
}

function layOutInColumns(entry: TimelineEntry, options: LayoutOptions, width: number): readonly string[] {
  const { start, paint = paintForTerminal } = options;
  const { at, owner, who, does, what, more = [] } = entry;
  const painted = paintedFor(entry, paint);
  const marker = markerOf(owner, paint);
  const lines: string[] = [];
  for (const part of [{ does, what }, ...more]) {
    wrap(part.what, width - textColumn).forEach((text, index) => {
      const time = lines.length === 0 ? timeSince(start, at) : '';
      const actor = lines.length === 0 ? fit(who, columns.who) : '';
      const doing = fit(index === 0 ? part.does : '', columns.does);
      const left = `${paint('gray', time.padStart(columns.time))} ${marker} `;
      const name = actor === '' ? ' '.repeat(columns.who) : paint(nameStyle(entry), actor);
      lines.push(`${left}${name}${paint('gray', doing)}${painted(text)}`.trimEnd());
    });
  }
  return lines;
}

const markerOf = (owner: string, paint: Paint): string => paint(styleOf(owner), `${ownerLetters[owner] ?? '?'}│`);

/** A speaker who is not a receiver is a customer. */
const styleOf = (who: string): Style => receiverStyles[who] ?? 'yellow';
const nameStyle = ({ tone, who }: TimelineEntry): Style =>
  tone === 'speech' ? styleOf(who) : (receiverStyles[who] ?? 'reset');

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
