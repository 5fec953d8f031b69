import { REDACTED, Secret } from './secret.ts';

/** Deeper than this nobody reads a log line. */
const DEEPEST = 6;

/**
 * What may be told about an error beside its name, message and stack. All else stays out: the errors of HTTP clients carry the
 * request with its headers, and so the token, in several places.
 */
const TOLD_OF_ERRORS = ['status', 'code', 'subcode', 'reason', 'fbtraceId', 'failure', 'effect', 'systemCode'] as const;

/**
 * A copy of the fields of a log line in plain JSON types. Errors, wherever they stand, keep only what may be told of them;
 * of an object with a class of its own (a request, a client, a turn's context) only the name of the class is left. Never throws.
 */
export function safeFields(fields: object): Record<string, unknown> {
  const safe = safeValue(fields, []);
  return isPlain(safe) ? safe : { value: safe };
}

function safeValue(value: unknown, parents: readonly object[]): unknown {
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'function' || typeof value === 'symbol') return `[${typeof value}]`;
  if (typeof value !== 'object' || value === null) return value;
  if (parents.includes(value)) return '[circular]';
  if (parents.length >= DEEPEST) return '[deeper]';
  try {
    return safeObject(value, [...parents, value]);
  } catch {
    return '[unreadable]'; // a getter that throws, or the context of a turn that is over
  }
}

function safeObject(value: object, parents: readonly object[]): unknown {
  if (isErrorLike(value)) return safeError(value, parents);
  if (value instanceof Secret) return REDACTED;
  if (isHttpResponse(value)) return `[HTTP response ${String(Reflect.get(value, 'status'))}]`;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
  if (value instanceof URL) return value.href;
  if (Array.isArray(value)) return value.map((item) => safeValue(item, parents));
  if (value instanceof Set) return Array.from(value, (item) => safeValue(item, parents));
  const entries = value instanceof Map ? [...value] : isPlain(value) ? Object.entries(value) : undefined;
  if (entries === undefined) return className(value);
  return Object.fromEntries(entries.map(([name, item]) => [String(name), safeValue(item, parents)]));
}

/** Errors, also those of another realm, and what libraries make of them in JSON: an object with a message and a stack. */
function isErrorLike(value: object): boolean {
  return value instanceof Error || (textAt(value, 'message') !== undefined && textAt(value, 'stack') !== undefined);
}

/** What an HTTP client answers with: it carries the request, with its headers and body. */
function isHttpResponse(value: object): boolean {
  return ['config', 'headers', 'status'].every((name) => name in value);
}

function safeError(error: object, parents: readonly object[]): Record<string, unknown> {
  const safe: Record<string, unknown> = {
    name: textAt(error, 'name') ?? 'Error',
    message: textAt(error, 'message') ?? '',
    stack: textAt(error, 'stack'),
  };
  for (const name of TOLD_OF_ERRORS) {
    const told: unknown = Reflect.get(error, name);
    if (typeof told === 'string' || typeof told === 'number') safe[name] = told;
  }
  const cause: unknown = Reflect.get(error, 'cause');
  if (cause !== undefined) safe.cause = safeValue(cause, parents);
  if (error instanceof AggregateError) safe.errors = safeValue(error.errors, parents);
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
