import { isJsonObject, parseJson, type JsonObject } from '../json.ts';
import { ParameterError } from './graphCall.ts';

/** Without members that are null: many serialisers write them for what is not there. */
export function withoutNulls(object: JsonObject): JsonObject {
  const there = Object.entries(object).filter(([, value]) => value !== null);
  return Object.fromEntries(there.map(([name, value]) => [name, nullsRemoved(value)]));
}

function nullsRemoved(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(nullsRemoved);
  return isJsonObject(value) ? withoutNulls(value) : value;
}

/** What query, form and parts carry as JSON text; anything else is what it is. */
function structured(value: unknown): unknown {
  return typeof value === 'string' ? nullsRemoved(parseJson(value)) : value;
}

/** Whatever it is, with JSON text read. */
export const anyParam = (params: JsonObject, name: string): unknown => structured(params[name]) ?? params[name];

export const isOn = (value: unknown): boolean => value === true || value === 'true' || value === 1 || value === '1';

/** An object, which query and form carry as JSON text. */
export function objectParam(params: JsonObject, name: string): JsonObject | undefined {
  const value = params[name];
  if (value === undefined) return undefined;
  const object = structured(value);
  if (!isJsonObject(object)) throw new ParameterError(`${name} has to be a JSON object.`);
  return object;
}

/** A list of anything, which query and form carry as JSON text. */
export function membersParam(params: JsonObject, name: string): readonly unknown[] | undefined {
  const value = params[name];
  if (value === undefined) return undefined;
  const list = structured(value);
  if (Array.isArray(list)) return list.map((member: unknown) => member);
  throw new ParameterError(`${name} has to be a list.`);
}

export function stringParam(params: JsonObject, name: string): string | undefined {
  const value = params[name];
  if (value === undefined || typeof value === 'string') return value;
  throw new ParameterError(`${name} has to be a string.`);
}

/** @param what whose address it is, for the words of a refusal */
export function addressParam(params: JsonObject, name: string, what: string): string {
  const text = stringParam(params, name);
  const url = text === undefined ? null : URL.parse(text);
  if (text === undefined || url === null || !['http:', 'https:'].includes(url.protocol)) {
    throw new ParameterError(`${name} of an ${what} has to be an http or https address.`);
  }
  return text;
}

/** An id: digits as a string, or a number that JavaScript can hold exactly. */
export function idParam(params: JsonObject, name: string): string | undefined {
  const value = params[name];
  if (value === undefined) return undefined;
  const text = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value;
  if (typeof text === 'string' && /^\d+$/.test(text)) return text;
  throw new ParameterError(`${name} has to be an id: digits only.`);
}

export function integerParam(params: JsonObject, name: string): number | undefined {
  const value = params[name];
  if (value === undefined) return undefined;
  const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  if (typeof number === 'number' && Number.isSafeInteger(number)) return number;
  throw new ParameterError(`${name} has to be a whole number.`);
}

/** A list of texts, which query and form carry with commas or as JSON text. */
export function listOfTexts(params: JsonObject, name: string): readonly string[] | undefined {
  const value = params[name];
  if (value === undefined) return undefined;
  const list =
    typeof value === 'string' ? (value.trimStart().startsWith('[') ? parseJson(value) : value.split(',')) : value;
  if (!Array.isArray(list) || !list.every((member) => typeof member === 'string')) {
    throw new ParameterError(`${name} has to be a list of texts.`);
  }
  return list.map((member) => member.trim()).filter((member) => member !== '');
}

/** `recipient: { id }`, which every call about a conversation needs. */
export function recipientParam(params: JsonObject): string {
  const recipient = objectParam(params, 'recipient');
  const psid = recipient === undefined ? undefined : idParam(recipient, 'id');
  if (psid === undefined) throw new ParameterError('recipient has to be an object with the id of the customer.');
  return psid;
}

/** @returns only the members that have a value, so that an absent parameter stays absent */
export function present<T extends object>(members: T): { [Key in keyof T]?: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as {
    [Key in keyof T]?: Exclude<T[Key], undefined>;
  };
}
