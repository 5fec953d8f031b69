import type { Logger } from '../../helpers/logging/logger.ts';
import type { PlatformClock } from '../../helpers/graph/platformClock.ts';
import type { QuarantineNote } from '../../models/quarantineNote.ts';
import { keyRetentionMs } from '../../store/keyRetention.ts';

/**
 * Half of the time that keys are remembered: an event repeated within the other half is recognised, and after that it is too old. Meta
 * itself gives up within hours.
 */
export const oldestMs = keyRetentionMs / 2;
/** How far the clocks of the platform and this machine may differ. */
export const furthestAheadMs = 5 * 60_000;

/** How often to log that this machine's clock is wrong, in milliseconds. */
const warnEveryMs = 10 * 60_000;
/** An offset with a wider margin than this counts as unknown. */
const vagueMs = 60 * 60_000;

export interface TimeRuleOptions {
  /** Milliseconds since 1970. */
  now?: () => number;
  clock?: Pick<PlatformClock, 'offset'>;
  askTime?: () => void;
  logger?: Logger;
}

/**
 * Why an event should be quarantined because of its time. The time is compared with the platform's clock if that is known, since a machine
 * with a wrong clock must not quarantine every event. That clock may have been corrected since, so the machine's own time is accepted too,
 * unless the two differ so much that a repeated event would be taken for a new one.
 */
export function createTimeRule(
  options: TimeRuleOptions,
): (timestamp: number | undefined) => QuarantineNote | undefined {
  const { now = Date.now, clock, askTime, logger } = options;
  let warnedAt = -Infinity;

  /** How far the platform's clock is ahead, in milliseconds; undefined if unknown. */
  function offset(): number | undefined {
    const { min, max } = clock?.offset() ?? { min: -Infinity, max: Infinity };
    return max - min < vagueMs ? (min + max) / 2 : undefined;
  }

  function warn(off: number | undefined): void {
    if (Math.abs(now() - warnedAt) < warnEveryMs) return;
    warnedAt = now();
    if (off === undefined) {
      logger?.error({}, unknownTime);
      askTime?.();
    } else logger?.error({ aheadSeconds: Math.round(-off / 1000) }, wrongClock);
  }

  return (timestamp) => {
    if (timestamp === undefined) return undefined;
    const off = offset();
    if (off !== undefined && Math.abs(off) > furthestAheadMs) warn(off);
    const times = off === undefined ? [now()] : Math.abs(off) < oldestMs ? [now() + off, now()] : [now() + off];
    const notes = times.map((time) => outOfTime(timestamp, time));
    const note = notes.includes(undefined) ? undefined : notes[0];
    if (note !== undefined && off === undefined) warn(off);
    return note;
  };
}

const unknownTime =
  "events are quarantined because of their time: if they are from today, this machine's clock is wrong. Correct it and release them: npm run quarantine -- release";
const wrongClock =
  "this machine's clock is wrong: events are checked against the platform's clock, and tokens may be refused";

function outOfTime(timestamp: number, now: number): QuarantineNote | undefined {
  if (timestamp < now - oldestMs) {
    const sentence = 'The event is too old to tell whether it was handled before.';
    return { reason: 'tooOld', sentence };
  }
  if (timestamp > now + furthestAheadMs) {
    const sentence = "The event is dated more than five minutes ahead of this machine's clock.";
    return { reason: 'inTheFuture', sentence };
  }
  return undefined;
}
