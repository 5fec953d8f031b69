import type { TurnContext } from 'botbuilder';
import { ownEventNames } from '../models/ownEvents.ts';
import { isJsonObject, readInteger, readProperty, readText } from '../models/readJson.ts';

/** A conversation: that of a turn, of a customer of this bot's Page by PSID, or of a customer of a certain Page. */
export type ConversationTarget = TurnContext | string | { readonly pageId: string; readonly psid: string };

/** When a timer is due: a time, milliseconds from now, or a text such as `30s`, `20m`, `2h`, `7d`. */
export type TimerTime = Date | number | string;

/** A timer that has fired. */
export interface BotTimer {
  name: string;
  /** What it was set with, as JSON keeps it. */
  data: unknown;
  /** In milliseconds since 1970. */
  setAt: number;
  /** When it was to fire, in milliseconds since 1970. It may be later by now, for example if the bot was down. */
  dueAt: number;
}

/** Timers of conversations. Each becomes a turn of its conversation when it is due: once, also after a crash. */
export interface BotTimers {
  /**
   * Sets a timer. In a turn it is committed with the end of the turn: a turn that fails sets nothing. Outside of a turn it is committed when this
   * resolves. A timer of the same name in the same conversation is replaced, unless its own turn has begun.
   *
   * @param name at most 100 characters
   * @param when a time that has passed is due at once; at most five years from now
   * @param data JSON, at most 16 kB
   * @throws TypeError, RangeError if one of these is not as it should be
   * @throws ConversationError `unknown` if nothing is known of the conversation
   */
  schedule(target: ConversationTarget, name: string, when: TimerTime, data?: unknown): Promise<void>;
  /** Cancels a timer, unless its turn has begun. Does nothing if there is none. */
  cancel(target: ConversationTarget, name: string): Promise<void>;
}

/** The timer that began this turn; undefined for every other turn. */
export function timerOf({ activity }: TurnContext): BotTimer | undefined {
  const value: unknown = activity.value;
  if (activity.type !== 'event' || activity.name !== ownEventNames.timer || !isJsonObject(value)) return undefined;
  const [name, setAt, dueAt] = [readText(value, 'name'), readInteger(value, 'setAt'), readInteger(value, 'dueAt')];
  if (name === undefined || setAt === undefined || dueAt === undefined) return undefined;
  return { name, data: readProperty(value, 'data'), setAt, dueAt };
}

const units = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };
const farthestMs = 5 * 366 * units.d;

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

/** Milliseconds, or such a text in milliseconds; NaN for any other text. */
export function durationOf(when: number | string): number {
  if (typeof when === 'number') return when;
  const [, count, unit] = /^(\d+(?:\.\d+)?) ?(ms|s|m|h|d|w)$/.exec(when) ?? [];
  const [, factor] = Object.entries(units).find(([name]) => name === unit) ?? [];
  return factor === undefined ? NaN : Number(count) * factor;
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
