import { REDACTED, Secret } from '../secret.ts';

/** Nobody reads a log line that is nested deeper than this, or texts longer than these. */
const DEEPEST = 6;
const LONGEST_TEXT = 4_000;
const LONGEST_NAME = 100;
/** Limits for one field, so that a large one leaves room for the others. */
const MOST_VALUES = 200;
const MOST_CHARACTERS = 16_000;
/** The most fields of a line. */
const MOST_FIELDS = 50;

/** Shortens a text that is too long, without leaving half a secret at its end. */
export type Shorten = (text: string, length: number) => string;

/**
 * What may be logged about an error beside its name, message and stack. Nothing else is: the errors of HTTP clients carry the request with its
 * headers, and so the token, in several places.
 */
const TOLD_OF_ERRORS = ['status', 'code', 'subcode', 'reason', 'fbtraceId', 'failure', 'effect', 'systemCode'] as const;

/**
 * A copy of a log line's fields in plain JSON types. Errors, at any depth, keep only what may be logged about them; an object with a class of
 * its own (a request, a client, a turn's context) is replaced by the name of its class. Text from others can have any length, so texts, names
 * and the number of values are limited. Never throws.
 */
export function safeFields(
  fields: object,
  shorten: Shorten = (text, length) => text.slice(0, length),
): Record<string, unknown> {
  const safe = safeValue(fields, [], { shorten, values: MOST_FIELDS, characters: MOST_CHARACTERS });
  return isPlain(safe) ? safe : { value: safe };
}

/** How texts are cut, and how many values and characters there is still room for. */
interface Bounds {
  readonly shorten: Shorten;
  values: number;
  characters: number;
}

function safeText(text: string, longest: number, bounds: Bounds): string {
  const length = Math.min(longest, bounds.characters);
  bounds.characters -= Math.min(text.length, length);
  return text.length <= length ? text : bounds.shorten(text, length);
}

function safeValue(value: unknown, parents: readonly object[], bounds: Bounds): unknown {
  bounds.values -= 1;
  if (bounds.values < 0) return '[more]';
  if (typeof value === 'string') return safeText(value, LONGEST_TEXT, bounds);
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'function' || typeof value === 'symbol') return `[${typeof value}]`;
  if (typeof value !== 'object' || value === null) return value;
  if (parents.includes(value)) return '[circular]';
  if (parents.length >= DEEPEST) return '[deeper]';
  try {
    return safeObject(value, [...parents, value], bounds);
  } catch {
    return '[unreadable]'; // a getter that throws, or the context of a turn that is over
  }
}

function safeObject(value: object, parents: readonly object[], bounds: Bounds): unknown {
  if (isErrorLike(value)) return safeError(value, parents, bounds);
  if (value instanceof Secret) return REDACTED;
  if (isHttpResponse(value)) return `[HTTP response ${String(Reflect.get(value, 'status'))}]`;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
  if (value instanceof URL) return safeText(value.href, LONGEST_TEXT, bounds);
  if (Array.isArray(value) || value instanceof Set) {
    return firstOf<unknown>(value, bounds).map((item) => safeValue(item, parents, bounds));
  }
  const entries = value instanceof Map ? [...value] : isPlain(value) ? Object.entries(value) : undefined;
  if (entries === undefined) return className(value);
  return Object.fromEntries(
    firstOf<readonly [unknown, unknown]>(entries, bounds).map(([name, item]) => {
      const within = parents.length === 1 ? { ...bounds, values: MOST_VALUES, characters: MOST_CHARACTERS } : bounds;
      return [safeText(String(name), LONGEST_NAME, within), safeValue(item, parents, within)];
    }),
  );
}

/** As many as there is still room for, and one more, which then shows that there are more. */
function firstOf<Item>(items: Iterable<Item>, { values }: Bounds): Item[] {
  const first: Item[] = [];
  for (const item of items) {
    if (first.length > values) break;
    first.push(item);
  }
  return first;
}

/** Errors, including those of another realm, and their JSON form in some libraries: an object with a message and a stack. */
function isErrorLike(value: object): boolean {
  return value instanceof Error || (textAt(value, 'message') !== undefined && textAt(value, 'stack') !== undefined);
}

/** What an HTTP client answers with: it carries the request, with its headers and body. */
function isHttpResponse(value: object): boolean {
  return ['config', 'headers', 'status'].every((name) => name in value);
}

function safeError(error: object, parents: readonly object[], bounds: Bounds): Record<string, unknown> {
  const tell = (text: string) => safeText(text, LONGEST_TEXT, bounds);
  const stack = textAt(error, 'stack');
  const safe: Record<string, unknown> = {
    name: tell(textAt(error, 'name') ?? 'Error'),
    message: tell(textAt(error, 'message') ?? ''),
    stack: stack === undefined ? undefined : tell(stack),
  };
  for (const name of TOLD_OF_ERRORS) {
    const told: unknown = Reflect.get(error, name);
    if (typeof told === 'string') safe[name] = tell(told);
    if (typeof told === 'number') safe[name] = told;
  }
  const wrapped: unknown = Reflect.get(error, 'error');
  // Bot Builder's dialogs throw an error of their own, and keep the bot's as `error`.
  const cause: unknown = Reflect.get(error, 'cause') ?? (wrapped instanceof Error ? wrapped : undefined);
  if (cause !== undefined) safe.cause = safeValue(cause, parents, bounds);
  if (error instanceof AggregateError) safe.errors = safeValue(error.errors, parents, bounds);
  return safe;
}

function textAt(value: object, name: string): string | undefined {
  const text: unknown = Reflect.get(value, name);
  return typeof text === 'string' ? text : undefined;
}

function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function className(value: object): string {
  const name: unknown = value.constructor.name;
  return `[${typeof name === 'string' ? name : 'object'}]`;
}
