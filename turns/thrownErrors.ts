import { types } from 'node:util';

/**
 * What a bot threw, in a form that everything may read. Bots can throw anything: errors whose properties throw, whose message is no text, and values that are
 * no errors, of which only the kind is told, since an object may hold a request with its headers.
 */
export function readableError(thrown: unknown): Error {
  try {
    if (types.isProxy(thrown)) return told('a Proxy, which is no error');
    if (!(thrown instanceof Error)) return told(`${nameOf(thrown)}, which is no error`);
    return isReadable(thrown) ? thrown : unreadable();
  } catch {
    return unreadable();
  }
}

/** Nobody looks deeper into what caused an error. */
const deepest = 6;

const unreadable = (): Error => told('an error that cannot be read');

/** Without a stack, which would lead here. */
function told(what: string): Error {
  const error = new Error(`The bot threw ${what}.`);
  error.stack = `${error.name}: ${error.message}`;
  return error;
}

/** Whether it, and what it says caused it, has the properties of an error in the types that they should have. */
function isReadable(error: Error, depth = 0): boolean {
  if (depth > deepest) return true;
  const texts: readonly unknown[] = [error.name, error.message, error.stack ?? ''];
  const inside: readonly unknown[] = [error.cause, 'error' in error ? error.error : undefined];
  const parts: readonly unknown[] = error instanceof AggregateError ? [...(error.errors as Iterable<unknown>)] : [];
  return (
    texts.every((text) => typeof text === 'string') &&
    [...inside, ...parts].every((one) => !types.isProxy(one) && (!(one instanceof Error) || isReadable(one, depth + 1)))
  );
}

function nameOf(thrown: unknown): string {
  if (typeof thrown === 'string') return JSON.stringify(thrown.slice(0, 200));
  if (typeof thrown !== 'object' || thrown === null) return String(thrown);
  const { message, code } = thrown as { message?: unknown; code?: unknown };
  const about = typeof message === 'string' ? `: ${message.slice(0, 200)}` : '';
  return `an object${typeof code === 'string' || typeof code === 'number' ? ` with the code ${code}` : ''}${about}`;
}

/**
 * Whether an error says that the context of a turn was used after its end. Bot Builder revokes it then, so no harm was done.
 *
 * Source: https://github.com/microsoft/botbuilder-js/blob/main/libraries/botbuilder-core/src/botAdapter.ts
 */
export function isUseOfEndedTurn(error: unknown): boolean {
  return error instanceof TypeError && /on a proxy that has been revoked/.test(error.message);
}
