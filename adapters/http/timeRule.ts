import type { Logger } from '../../helpers/logging/logger.ts';
import type { PlatformClock } from '../../helpers/graph/platformClock.ts';
import type { QuarantineNote } from '../../models/quarantineNote.ts';
import { keyRetentionMs } from '../../store/keyRetention.ts';

/**
 * Half of the time for which keys are remembered: whoever repeats an event within the other half is recognised, and later it is too old.
 * Meta itself gives up within hours.
 */
export const oldestMs = keyRetentionMs / 2;
/** How far the clocks of the platform and of this machine may be apart. */
export const furthestAheadMs = 5 * 60_000;

/** How often it is said that this machine's clock is wrong, in milliseconds. */
const saidEveryMs = 10 * 60_000;
/** An offset that is known no better than this is not known. */
const vagueMs = 60 * 60_000;

export interface TimeRuleOptions {
  /** Milliseconds since 1970. */
  now?: () => number;
  clock?: Pick<PlatformClock, 'offset'>;
  askTime?: () => void;
  logger?: Logger;
}

/**
 * Why the time of an event speaks against it. It is held against the platform's clock where that is known: a machine whose own clock is
 * wrong must not put every event into quarantine. It may have been set right since, so its own time counts as well, unless the two are so far
 * apart that a repeated event would be taken for a new one.
 */
export function createTimeRule(
  options: TimeRuleOptions,
): (timestamp: number | undefined) => QuarantineNote | undefined {
  const { now = Date.now, clock, askTime, logger } = options;
  let saidAt = -Infinity;

  /** How far the platform's clock is ahead, in milliseconds; undefined when it is not known. */
  function offset(): number | undefined {
    const { min, max } = clock?.offset() ?? { min: -Infinity, max: Infinity };
    return max - min < vagueMs ? (min + max) / 2 : undefined;
  }

  function say(off: number | undefined): void {
    if (Math.abs(now() - saidAt) < saidEveryMs) return;
    saidAt = now();
    if (off === undefined) {
      logger?.error({}, unknownTime);
      askTime?.();
    } else logger?.error({ aheadSeconds: Math.round(-off / 1000) }, wrongClock);
  }

  return (timestamp) => {
    if (timestamp === undefined) return undefined;
    const off = offset();
    if (off !== undefined && Math.abs(off) > furthestAheadMs) say(off);
    const times = off === undefined ? [now()] : Math.abs(off) < oldestMs ? [now() + off, now()] : [now() + off];
    const notes = times.map((time) => outOfTime(timestamp, time));
    const note = notes.includes(undefined) ? undefined : notes[0];
    if (note !== undefined && off === undefined) say(off);
    return note;
  };
}

const unknownTime =
  "events go into quarantine because of their time: when they are of today, this machine's clock is wrong. Set it right, and release them: npm run quarantine -- release";
const wrongClock =
  "this machine's clock is wrong: events are held against the platform's clock, and tokens may be refused";

function outOfTime(timestamp: number, now: number): QuarantineNote | undefined {
  if (timestamp < now - oldestMs) {
    const sentence = 'The event is so old that it could not be told from one that was handled before.';
    return { reason: 'tooOld', sentence };
  }
  if (timestamp > now + furthestAheadMs) {
    const sentence = "The event is dated more than five minutes ahead of this machine's clock.";
    return { reason: 'inTheFuture', sentence };
  }
  return undefined;
}
