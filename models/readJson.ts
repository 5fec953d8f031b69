/**
 * Narrow readers for JSON that came from outside. They look at own properties only, so a name such as `constructor` finds
 * nothing, and they answer `undefined` for whatever is not of the wanted form; none of them throws.
 */

import { quoteLongIntegers } from './scanJson.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

/** Whether it is a JSON object: not null, not an array. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The own property of that name, whatever it is. */
export function readProperty(from: unknown, name: string): unknown {
  return isJsonObject(from) && Object.hasOwn(from, name) ? from[name] : undefined;
}

/** The own property of that name when it is a JSON object. */
export function readObject(from: unknown, name: string): JsonObject | undefined {
  const value = readProperty(from, name);
  return isJsonObject(value) ? value : undefined;
}

/** The own property of that name when it is an array, else an empty one. */
export function readArray(from: unknown, name: string): readonly unknown[] {
  const value = readProperty(from, name);
  return isArray(value) ? value : [];
}

/** The own property of that name when it is a string; null counts as absent. */
export function readText(from: unknown, name: string): string | undefined {
  const value = readProperty(from, name);
  return typeof value === 'string' ? value : undefined;
}

/** Whether the own property of that name is `true`, also when it was written as a string. */
export function readFlag(from: unknown, name: string): boolean {
  const value = readProperty(from, name);
  return value === true || value === 'true';
}

/** The own property of that name as a whole number, also when it was written as a string of digits. */
export function readInteger(from: unknown, name: string): number | undefined {
  const value = readProperty(from, name);
  const number = typeof value === 'string' && /^-?\d{1,16}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) ? number : undefined;
}

/**
 * The own property of that name as an id, see {@link toId}.
 */
export function readId(from: unknown, name: string): string | undefined {
  return toId(readProperty(from, name));
}

/**
 * An id as a string, whichever of the two JSON types it came in. Empty strings are no ids.
 *
 * A number above 2^53 - 1 is no id either: `JSON.parse` has rounded it, so its last digits may belong to somebody else,
 * and acting for the wrong app is worse than knowing none. {@link parseJson} keeps such numbers as strings of digits.
 */
export function toId(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value;
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? String(value) : undefined;
}

/**
 * The own property of that name as a time in milliseconds since 1970.
 *
 * Meta's lead-generation events carry seconds where the others carry milliseconds. Anything below 10^11 is taken as
 * seconds: as milliseconds it would lie before March 1973. What lies before that in seconds as well is no time, so a time that
 * was read is never converted again when it is read back.
 */
export function readTime(from: unknown, name: string): number | undefined {
  const value = readInteger(from, name);
  if (value === undefined || value < 100_000_000) return undefined;
  return value < 100_000_000_000 ? value * 1000 : value;
}

/**
 * `JSON.parse`, except that a whole number which a double cannot hold exactly stays a string of its digits, so that a
 * long id arrives as it was sent, and that properties called `__proto__` are left out: a copy of an object that has one
 * may get it as its prototype.
 *
 * A reviver could do both, but makes parsing some twenty times slower, which a stranger's body of many small values would make use of.
 *
 * @throws SyntaxError when the text is not JSON.
 */
export function parseJson(text: string): unknown {
  const value: unknown = JSON.parse(/(?:^|[:[,\s-])\d{16}/.test(text) ? quoteLongIntegers(text) : text);
  // The name may be spelled out or with an escaped letter.
  if (/__proto__|\\u00/i.test(text)) dropPrototypes(value);
  return value;
}

function dropPrototypes(value: unknown): void {
  const left: unknown[] = [value];
  for (let one = left.pop(); one !== undefined; one = left.pop()) {
    if (isJsonObject(one) && Object.hasOwn(one, '__proto__')) Reflect.deleteProperty(one, '__proto__');
    const children = isArray(one) ? one : isJsonObject(one) ? Object.values(one) : [];
    for (const child of children) if (typeof child === 'object' && child !== null) left.push(child);
  }
}

/** `Array.isArray`, which would otherwise hand out elements of type `any`. */
export function isArray(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}
