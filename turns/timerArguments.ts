import type { TimerTime } from '../helpers/botTimers.ts';
import { durationOf } from '../helpers/duration.ts';
import { isJsonObject } from '../models/readJson.ts';

/** How far ahead a timer may be set. */
const farthestMs = 5 * 366 * 86_400_000;

/** The time in milliseconds since 1970. @throws RangeError */
export function dueTimeOf(when: TimerTime, now: number): number {
  const dueAt = when instanceof Date ? when.getTime() : now + durationOf(when);
  if (Number.isNaN(dueAt)) {
    throw new RangeError(
      'The time of a timer must be a valid Date, milliseconds from now, or a text such as 20m, 2h or 7d.',
    );
  }
  if (dueAt - now > farthestMs) {
    throw new RangeError(
      'A timer may be at most five years ahead. A number means milliseconds from now; for a time, pass a Date.',
    );
  }
  return Math.max(0, Math.round(dueAt));
}

/** How much JSON the data of a timer may be, in bytes. */
const mostBytes = 16 * 1024;

/** The data as JSON keeps it. @throws TypeError, RangeError */
export function timerDataOf(name: string, data: unknown): unknown {
  if (data === undefined) return undefined;
  let text: string;
  try {
    text = JSON.stringify(data, refuseOthers);
  } catch (error) {
    throw new TypeError(`The data of the timer ${name} must be JSON.`, { cause: error });
  }
  const bytes = Buffer.byteLength(text);
  if (bytes > mostBytes) {
    throw new RangeError(`The data of the timer ${name} is ${bytes} bytes of JSON. It may be at most ${mostBytes}.`);
  }
  return JSON.parse(text);
}

/** `JSON.stringify` would leave these out or change them without a word. A `Date` becomes a text, as everywhere. */
function refuseOthers(_key: string, value: unknown): unknown {
  const isPlain = typeof value !== 'object' || value === null || Array.isArray(value) || isJsonObject(value);
  const isContainer = value instanceof Map || value instanceof Set;
  const isOther = typeof value === 'function' || typeof value === 'symbol' || typeof value === 'bigint';
  if (!isPlain || isContainer || isOther || (typeof value === 'number' && !Number.isFinite(value))) {
    throw new TypeError('It holds something that is not JSON.');
  }
  return value;
}
