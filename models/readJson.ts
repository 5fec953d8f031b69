/**
 * Narrow readers for JSON from outside. They look at own properties only, so a name such as `constructor` finds nothing, and they return
 * `undefined` for anything that does not have the expected form. None of them throws.
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

/** The own property of that name if it is a JSON object. */
export function readObject(from: unknown, name: string): JsonObject | undefined {
  const value = readProperty(from, name);
  return isJsonObject(value) ? value : undefined;
}

/** The own property of that name if it is an array, otherwise an empty array. */
export function readArray(from: unknown, name: string): readonly unknown[] {
  const value = readProperty(from, name);
  return isArray(value) ? value : [];
}

/** The own property of that name if it is a string; null counts as absent. */
export function readText(from: unknown, name: string): string | undefined {
  const value = readProperty(from, name);
  return typeof value === 'string' ? value : undefined;
}

/** Whether the own property of that name is `true`, or the string `"true"`. */
export function readFlag(from: unknown, name: string): boolean {
  const value = readProperty(from, name);
  return value === true || value === 'true';
}

/** The own property of that name as a whole number, even if it is a string of digits. */
export function readInteger(from: unknown, name: string): number | undefined {
  const value = readProperty(from, name);
  const number = typeof value === 'string' && /^-?\d{1,16}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) ? number : undefined;
}

/** The own property of that name as an id, see {@link toId}. */
export function readId(from: unknown, name: string): string | undefined {
  return toId(readProperty(from, name));
}

/**
 * An id as a string, whether it came as a string or a number. Empty strings are not ids.
 *
 * Nor is a number above 2^53 - 1: `JSON.parse` has rounded it, so it may be somebody else's id, and acting for the wrong app is worse than
 * having no id. {@link parseJson} keeps such numbers as strings of digits.
 */
export function toId(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value;
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? String(value) : undefined;
}

/**
 * The own property of that name as a time in milliseconds since 1970.
 *
 * Meta's lead-generation events carry seconds where the others carry milliseconds. Anything below 10^11 is taken as seconds: as milliseconds
 * it would be before March 1973. A value that is before that in seconds too is not a time, so a time that was read is never converted again
 * when it is read back.
 */
export function readTime(from: unknown, name: string): number | undefined {
  const value = readInteger(from, name);
  if (value === undefined || value < 100_000_000) return undefined;
  return value < 100_000_000_000 ? value * 1000 : value;
}

/**
 * `JSON.parse` with two differences. A whole number that a double cannot hold exactly becomes a string of its digits, so that long ids arrive
 * as sent. Properties called `__proto__` are dropped, since copying an object that has one may set the copy's prototype.
 *
 * A reviver could do both, but makes parsing about twenty times slower, which a stranger could exploit with many small values.
 *
 * @throws SyntaxError if the text is not JSON
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

/** `Array.isArray`, but with elements of type `unknown` instead of `any`. */
export function isArray(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}
