import { styleText } from 'node:util';
import { isJsonObject, type JsonObject } from '../../models/readJson.ts';
import { errorChain } from './errorChain.ts';
import { printable } from './printableText.ts';

type Style = Parameters<typeof styleText>[0];

/** Fields on every line that tell a reader nothing, or that are printed elsewhere on it. */
const leftOut = ['level', 'time', 'pid', 'hostname', 'msg', 'err'];
const styles: Readonly<Record<string, Style>> = {
  trace: 'gray',
  debug: 'gray',
  warn: 'yellow',
  error: 'red',
  fatal: 'red',
};
const longestValue = 200;

/**
 * Makes a function that turns a JSON log line into one for people: time of day, level, sentence, fields; below that what went wrong, and for
 * errors where in this project. A line that is not JSON stays as it is.
 *
 * @param paint colours a text; by default only if standard output supports colours (`NO_COLOR`, `FORCE_COLOR`)
 */
export function createReadableLine(
  paint: (style: Style, text: string) => string = (style, text) => styleText(style, text, { stream: process.stdout }),
): (line: string) => string {
  return (line) => {
    const entry = parseObject(line);
    if (entry === undefined) return line;
    const level = textOf(entry['level']);
    const style = styles[level];
    const head = `${paint('gray', timeOfDay(entry['time']))} ${style === undefined ? level.padEnd(5) : paint(style, level.padEnd(5))}`;
    const { sentence, shown } = inWords(entry);
    const fields = Object.entries(entry)
      .filter(([name]) => !shown.includes(name))
      .map(([name, value]) => paint('gray', `${name}=${valueOf(value)}`));
    const trouble = isJsonObject(entry['err']) ? troubleOf(entry['err'], level) : [];
    const below = trouble.map(({ text, isPlace }) => `         ${isPlace ? paint('gray', text) : text}`);
    return `${[[head, sentence, ...fields].join(' '), ...below].join('\n')}\n`;
  };
}

/** Every turn logs a line, so this is the one that people see most. */
function inWords(entry: JsonObject): { readonly sentence: string; readonly shown: readonly string[] } {
  const { msg, outcome, kind, via, durationMs } = entry;
  if (msg !== 'turn' || typeof outcome !== 'string') return { sentence: textOf(msg), shown: leftOut };
  const took = typeof durationMs === 'number' ? ` after ${durationMs} ms` : '';
  const sentence = `turn ${outcome}${took}: ${textOf(kind)} on ${textOf(via)}`;
  return { sentence, shown: [...leftOut, 'outcome', 'kind', 'via', 'durationMs'] };
}

interface TroubleLine {
  readonly text: string;
  readonly isPlace: boolean;
}

function troubleOf(err: JsonObject, level: string): readonly TroubleLine[] {
  const hasPlaces = level === 'error' || level === 'fatal';
  const told = new Set<string>();
  const news = (text: string): boolean => told.size < told.add(text).size;
  return errorChain(err)
    .filter(isJsonObject)
    .flatMap((one, depth) => {
      const sentence = sentenceOf(one);
      const message = textOf(one['message']);
      // An error around another one often has its message too.
      const says = news(message) && message !== '';
      const places = hasPlaces ? placesIn(one['stack']).filter(news) : [];
      return [
        ...(depth === 0 ? [{ text: sentence, isPlace: false }] : []),
        ...(depth > 0 && says ? [{ text: `because of ${sentence}`, isPlace: false }] : []),
        ...places.map((place) => ({ text: `  ${place}`, isPlace: true })),
      ];
    });
}

function sentenceOf(err: JsonObject): string {
  const name = textOf(err['name']);
  const message = textOf(err['message']);
  if (message === '') return name;
  return name !== 'Error' && name.endsWith('Error') ? `${name}: ${message}` : message;
}

/** The places in the stack that are neither in Node nor in a package. */
function placesIn(stack: unknown): readonly string[] {
  if (typeof stack !== 'string') return [];
  const places = stack
    .split('\n')
    .map(printable)
    .map((line) => line.trim());
  return places
    .filter((line) => line.startsWith('at ') && !/node_modules|\bnode:|<anonymous>\)?$/.test(line))
    .slice(0, 5);
}

function timeOfDay(time: unknown): string {
  const date = new Date(textOf(time));
  return Number.isNaN(date.getTime()) ? '--:--:--' : date.toTimeString().slice(0, 8);
}

function valueOf(value: unknown): string {
  const text = printable(typeof value === 'string' ? value : JSON.stringify(value));
  const cut = text.length > longestValue ? `${text.slice(0, longestValue)}…` : text;
  return typeof value === 'string' && /[\s"=]/.test(cut) ? JSON.stringify(cut) : cut;
}

const textOf = (value: unknown): string => (typeof value === 'string' ? printable(value) : '');

function parseObject(line: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
