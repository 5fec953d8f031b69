import { nextOpening } from './hours.ts';
import type { Handover } from './record.ts';
import type { TakeoverRules } from './rules.ts';

/** In place of the reason of a refused take: nobody can tell whether people have spoken. */
export const unheard = 'unheard';

/** When the people have been silent for long enough, in milliseconds since 1970. Each word of theirs moves it. */
export function silenceDueAt({ silenceMs }: TakeoverRules, handover: Handover): number | undefined {
  const { lastAnswerAt, handedAt, askedAt, pausedUntil } = handover;
  if (silenceMs === undefined) return pausedUntil;
  return Math.max((lastAnswerAt ?? handedAt ?? askedAt) + silenceMs, pausedUntil ?? 0);
}

/** When the bot comes back whatever the people do. Nothing moves it. */
export function hardLimitAt({ hardLimitMs }: TakeoverRules, { handedAt, askedAt }: Handover): number | undefined {
  return hardLimitMs === undefined ? undefined : (handedAt ?? askedAt) + hardLimitMs;
}

/** When the customer is to be told that nobody has answered yet. */
export function noticeDueAt({ noticeMs }: TakeoverRules, handover: Handover): number | undefined {
  const { firstAnswerAt, noticedAt, handedAt, how } = handover;
  if (noticeMs === undefined || handedAt === undefined || how === 'taken') return undefined;
  return firstAnswerAt === undefined && noticedAt === undefined ? handedAt + noticeMs : undefined;
}

const firstRetryMs = 60_000;

/** Timers are set for the next five years. */
const longestWaitMs = 366 * 86_400_000;

/** When to try again what had no answer: after a minute, and then after as long again as it has been due. */
export function retryAt(rules: TakeoverRules, handover: Handover, now: number): number {
  const dueAt = Math.min(silenceDueAt(rules, handover) ?? now, hardLimitAt(rules, handover) ?? now);
  return now + Math.max(firstRetryMs, now - dueAt);
}

/**
 * What comes although nothing happens. `opening`: the conversation goes to a person. `notice`: the customer is told that nobody has answered.
 * `silence` and `hardLimit`: the bot comes back. `nextWord`: from then on it comes back with what the customer says next, and not before.
 */
export interface PlannedStep {
  readonly what: 'opening' | 'notice' | 'silence' | 'nextWord' | 'hardLimit';
  /** In milliseconds since 1970. */
  readonly at: number;
}

/** All that comes although nothing happens, the first before the others. */
export function plannedSteps(rules: TakeoverRules, handover: Handover | undefined, now: number): PlannedStep[] {
  if (handover?.state === 'waiting') return stepAt('opening', rules.hours && nextOpening(rules.hours, now));
  if (handover?.state !== 'person') return [];
  const { takeRefused, retryAt = 0 } = handover;
  const hardLimit = stepAt('hardLimit', hardLimitAt(rules, handover));
  // What was refused is not tried again unasked. Whether people spoke does not matter to the hard limit.
  if (takeRefused !== undefined) return takeRefused === unheard ? hardLimit : [];
  const silence = stepAt(rules.onSilence === 'atOnce' ? 'silence' : 'nextWord', silenceDueAt(rules, handover));
  return [...stepAt('notice', noticeDueAt(rules, handover)), ...silence, ...hardLimit]
    .map(({ what, at }) => ({ what, at: Math.max(at, retryAt) }))
    .sort((one, other) => one.at - other.at);
}

function stepAt(what: PlannedStep['what'], at: number | undefined): PlannedStep[] {
  return at === undefined ? [] : [{ what, at }];
}

/** When something is to be done next although nothing happens. */
export function nextDueAt(rules: TakeoverRules, handover: Handover | undefined, now: number): number | undefined {
  const at = plannedSteps(rules, handover, now).find(({ what }) => what !== 'nextWord')?.at;
  // An opening that is years away is looked for again.
  return at !== undefined && handover?.state === 'waiting' ? Math.min(at, now + longestWaitMs) : at;
}
