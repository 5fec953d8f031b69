import type { TurnContext } from 'botbuilder';
import { ownEventNames } from '../models/ownEvents.ts';
import { isJsonObject, readInteger, readProperty, readText } from '../models/readJson.ts';
import type { Duration } from './duration.ts';

/** A conversation: that of a turn, of a customer of this bot's Page by PSID, or of a customer of a certain Page. */
export type ConversationTarget = TurnContext | string | { readonly pageId: string; readonly psid: string };

/** When a timer is due: a time, or how long from now. */
export type TimerTime = Date | Duration;

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
