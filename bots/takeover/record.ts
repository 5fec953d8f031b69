import { handoverEnds, handoverReasons, type HandoverEnd, type HandoverReason } from '../../models/handoverWords.ts';
import { present } from '../../models/present.ts';
import { isJsonObject, readArray, readInteger, readProperty, readText } from '../../models/readJson.ts';

export { handoverEnds, handoverReasons, type HandoverEnd, type HandoverReason };

/**
 * `waiting`: for the opening. `passing`: a receiver is being asked. `person`: somebody else has it. `noticing`: the bot has taken it to tell the
 * customer that nobody has answered yet. `returning`: the bot is taking it back.
 */
const handoverStates = ['waiting', 'passing', 'person', 'noticing', 'returning', 'ended'] as const;
export type HandoverState = (typeof handoverStates)[number];

/**
 * How the bot stopped answering: it `passed` the thread, somebody took it (`taken`), or nothing was moved and the bot is silent because a
 * person spoke or was called (`paused`), as on Pages without routing.
 */
const handoverWays = ['passed', 'taken', 'paused'] as const;
export type HandoverWay = (typeof handoverWays)[number];

/** A receiver that did not take the conversation, as the rules name it, and why. */
export interface RefusedPass {
  readonly to: string;
  readonly reason: string;
}

/** One handover: who asked, why, when, to whom, the first answer, and how it ended. All times are in milliseconds since 1970. */
export interface Handover {
  /** Unique within the conversation. */
  readonly id: string;
  readonly state: HandoverState;
  readonly reason: HandoverReason;
  /** In the bot's words. */
  readonly reasonText?: string;
  readonly intent?: string;
  readonly summary?: string;
  /** The language in which the customer is told, such as `en`. */
  readonly language: string;
  readonly askedAt: number;
  readonly handedAt?: number;
  /** The receiver, as the rules name it. */
  readonly to?: string;
  /** The app that got the thread. */
  readonly toAppId?: string;
  readonly how?: HandoverWay;
  /** When the desk was first told of it, whether it answered or not. */
  readonly toldAt?: number;
  /** When the desk said that it has it. */
  readonly acceptedAt?: number;
  /** When a person first said something. */
  readonly firstAnswerAt?: number;
  /** When a person last said something. */
  readonly lastAnswerAt?: number;
  readonly lastCustomerAt?: number;
  /** A person told the bot to be silent until then. */
  readonly pausedUntil?: number;
  /** When the customer was told that nobody has answered yet, or when that turned out to be impossible. */
  readonly noticedAt?: number;
  readonly refused: readonly RefusedPass[];
  /** Why the thread could not be taken back. */
  readonly takeRefused?: string;
  /** When the bot tries again to take it back, after a try without an answer. */
  readonly retryAt?: number;
  /** Why it is being taken back, while it is. */
  readonly returning?: HandoverEnd;
  readonly endedAt?: number;
  readonly end?: HandoverEnd;
}

/** What is remembered of the conversation with one customer of a Page. */
export interface ThreadRecord {
  readonly open?: Handover;
  /** Handovers that have ended, the newest last. */
  readonly past: readonly Handover[];
  /** How many answers in a row did not help. */
  readonly unhelpful?: number;
  /** For when the timer is set. */
  readonly wakeAt?: number;
}

export const noRecord: ThreadRecord = { past: [] };

/** How many ended handovers are remembered of each conversation. */
export const mostPast = 10;

/** The record, read back from the store. */
export function readThreadRecord(json: unknown): ThreadRecord | undefined {
  if (!isJsonObject(json)) return undefined;
  return {
    ...present('open', readHandover(readProperty(json, 'open'))),
    past: readArray(json, 'past').flatMap((one) => readHandover(one) ?? []),
    ...present('unhelpful', readInteger(json, 'unhelpful')),
    ...present('wakeAt', readInteger(json, 'wakeAt')),
  };
}

/** A handover, read back from the store; undefined if it is none. */
export function readHandover(json: unknown): Handover | undefined {
  if (!isJsonObject(json)) return undefined;
  const [id, language, askedAt] = [readText(json, 'id'), readText(json, 'language'), readInteger(json, 'askedAt')];
  const state = oneOf(handoverStates, readProperty(json, 'state'));
  const reason = oneOf(handoverReasons, readProperty(json, 'reason'));
  if (id === undefined || language === undefined || askedAt === undefined) return undefined;
  if (state === undefined || reason === undefined) return undefined;
  const text = <Name extends keyof Handover>(name: Name) => present(name, readText(json, name));
  const time = <Name extends keyof Handover>(name: Name) => present(name, readInteger(json, name));
  return {
    ...{ id, state, reason, language, askedAt },
    ...{
      ...text('reasonText'),
      ...text('intent'),
      ...text('summary'),
      ...text('to'),
      ...text('toAppId'),
      ...text('takeRefused'),
    },
    ...{ ...time('handedAt'), ...time('firstAnswerAt'), ...time('lastAnswerAt'), ...time('lastCustomerAt') },
    ...{
      ...time('toldAt'),
      ...time('acceptedAt'),
      ...time('pausedUntil'),
      ...time('noticedAt'),
      ...time('retryAt'),
      ...time('endedAt'),
    },
    ...present('how', oneOf(handoverWays, readProperty(json, 'how'))),
    ...present('returning', oneOf(handoverEnds, readProperty(json, 'returning'))),
    ...present('end', oneOf(handoverEnds, readProperty(json, 'end'))),
    refused: readArray(json, 'refused').flatMap(readRefusedPass),
  };
}

function readRefusedPass(json: unknown): RefusedPass[] {
  const [to, reason] = [readText(json, 'to'), readText(json, 'reason')];
  return to === undefined || reason === undefined ? [] : [{ to, reason }];
}

function oneOf<T extends string>(choices: readonly T[], value: unknown): T | undefined {
  return choices.find((choice) => choice === value);
}
