import { createEventAge, type EventAgeOptions } from '../store/eventAge.ts';
import type { Claim } from '../store/store.ts';
import type { TurnFailure } from './turnFailure.ts';

export interface RetryPolicyOptions extends EventAgeOptions {
  /** How often a turn that fails by itself is tried, including the first time. Default: 5. */
  maxAttempts?: number;
  /** How long a turn that fails because of the platform is tried, in milliseconds. Default: 24 hours, the time that Messenger gives a bot to answer. */
  maxAgeMs?: number;
  /** The upper bound of the first wait, in milliseconds; doubles each time. Default: 500. */
  baseMs?: number;
  /** The longest wait, in milliseconds. Default: 60 seconds. */
  capMs?: number;
  /** How often a turn that runs out of time is tried. Default: 3. */
  maxTimeouts?: number;
  /** How often a turn may end the process before it is given up. Default: 5; after the first two it runs alone. */
  maxCrashes?: number;
  /** From 0 up to 1. */
  random?: () => number;
}

export type RetryDecision =
  | { action: 'retry'; delayMs: number; counting: 'counted' | 'uncounted' }
  /** `delayMs` holds back the whole page. */
  | { action: 'pausePage'; delayMs: number; reason: 'rateLimited' | 'invalidToken' | 'temporary' }
  | { action: 'giveUp'; reason: string };

export interface RetryPolicy {
  decide(failure: TurnFailure, claim: Claim, page: PageTrouble): RetryDecision;
  hasCrashedTooOften(claim: Claim): boolean;
}

/** What a page has been through since a call last succeeded. */
export interface PageTrouble {
  /** How many pauses in a row. */
  pauses: number;
  /** In how many conversations turns failed because of the platform. */
  failures: number;
}

/** Failures in this many conversations, without a success between them, are the platform's trouble, not a customer's. */
const failuresOfAnOutage = 5;

/**
 * How long a process tries before it gives anything up for its age, in milliseconds. What was accepted before its start may only look old, since
 * the clock may have been set while no process was running.
 */
const shortestTrialMs = 60 * 60 * 1000;

/** When a failed turn runs again. Full jitter, so that turns that failed together do not come back together. */
export function createRetryPolicy(options: RetryPolicyOptions = {}): RetryPolicy {
  const { maxAttempts = 5, maxAgeMs = 24 * 60 * 60 * 1000, baseMs = 500, capMs = 60_000, maxCrashes = 5 } = options;
  const { maxTimeouts = 3, random = Math.random, monotonicNow = () => performance.now() } = options;
  const ageOf = createEventAge(options);
  const startedAt = monotonicNow();
  const jitter = (round: number) => Math.round(random() * Math.min(capMs, baseMs * 2 ** Math.min(round, 30)));

  return {
    decide: (failure, { attempts, acceptedAt }, { pauses, failures }) => {
      if (failure === 'hopeless') return { action: 'giveUp', reason: 'refused' };
      if (failure === 'failed' || failure === 'conflict' || failure === 'timedOut') {
        const most = failure === 'timedOut' ? Math.min(maxAttempts, maxTimeouts) : maxAttempts;
        if (attempts + 1 >= most) return { action: 'giveUp', reason: failure };
        return { action: 'retry', delayMs: jitter(attempts), counting: 'counted' };
      }
      const hasTried = monotonicNow() - startedAt >= Math.min(shortestTrialMs, maxAgeMs);
      if (hasTried && ageOf(acceptedAt) > maxAgeMs) return { action: 'giveUp', reason: failure };
      // A page waits for at least half of it: the next call is a probe, and probing too early prolongs a rate limit.
      const pageDelayMs = Math.min(capMs, baseMs * 2 ** Math.min(pauses + 1, 30)) / 2 + jitter(pauses) / 2;
      if (failure !== 'temporary') return { action: 'pausePage', delayMs: pageDelayMs, reason: failure };
      if (failures >= failuresOfAnOutage) return { action: 'pausePage', delayMs: pageDelayMs, reason: failure };
      return { action: 'retry', delayMs: jitter(attempts), counting: 'counted' };
    },
    hasCrashedTooOften: ({ begun }) => begun >= maxCrashes,
  };
}
