import type { SeededRandom } from '../support/seededRandom.ts';

/** Values that do not belong where they stand, as JSON text: not everything here is a value that `JSON.stringify` makes. */
const values: readonly string[] = [
  'null',
  'true',
  'false',
  '0',
  '-0',
  '-1',
  '1.5',
  '1e308',
  '-1e-308',
  '9007199254740993',
  '""',
  '" "',
  '"text"',
  '"\\u0000"',
  '"\\ud800"',
  '"\\udfff\\ud800"',
  '"\\uffff"',
  '"__proto__"',
  '"constructor"',
  '"NaN"',
  '"-1"',
  '"🙂"',
  '[]',
  '[null]',
  '[[]]',
  '[{}]',
  '{}',
  '{"id":null}',
  '{"id":{}}',
  '{"id":[]}',
  '{"id":0}',
  '{"id":""}',
  '{"length":-1}',
  '{"then":"x"}',
  '{"toJSON":1,"toString":null,"valueOf":[]}',
  '{"constructor":{"prototype":{"polluted":"yes"}}}',
];

export const strangeJson = ({ pick }: SeededRandom): string => pick(values);

/** Names that mean something to JavaScript, in the spellings of JSON. */
export const trapNames: readonly string[] = [
  '__proto__',
  '\\u005f_proto__',
  'constructor',
  'prototype',
  'hasOwnProperty',
  'toString',
  'toJSON',
  'valueOf',
  'then',
  '__defineGetter__',
  '',
  '0',
  'length',
  '$ref',
];

/** A text of JSON in which one value, wherever it stands, is another one. */
export function withStrangeValue(activity: object, random: SeededRandom, value = strangeJson(random)): string {
  const paths = pathsOf(activity);
  const path = random.pick(paths);
  const marker = '\u0001strange\u0001';
  const copy = structuredClone(activity) as Record<string, unknown>;
  set(copy, path, marker);
  return JSON.stringify(copy).replace(JSON.stringify(marker), () => value);
}

/** The same without one of its properties, wherever it stands. */
export function withoutProperty(activity: object, random: SeededRandom): object {
  const copy = structuredClone(activity) as Record<string, unknown>;
  set(copy, random.pick(pathsOf(activity)), undefined);
  return JSON.parse(JSON.stringify(copy)) as object;
}

type Path = readonly (string | number)[];

export function pathsOf(value: unknown, above: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [];
  const keys = Array.isArray(value) ? value.map((_item, index) => index) : Object.keys(value);
  return keys.flatMap((key) => {
    const path = [...above, key];
    return [path, ...pathsOf((value as Record<string | number, unknown>)[key], path)];
  });
}

function set(root: Record<string | number, unknown>, path: Path, value: unknown): void {
  let place = root;
  for (const key of path.slice(0, -1)) place = place[key] as Record<string | number, unknown>;
  place[path.at(-1)!] = value;
}
