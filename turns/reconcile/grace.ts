import type { BegunEffect } from '../journal/effect.ts';

export interface GraceOptions {
  /** How long an abandoned call may still take effect, or an event about it arrive, in milliseconds. Default: 5 seconds. */
  lateMs?: number;
  /** The clock that tells when effects begin, in milliseconds since 1970. Default: {@link conservativeNow}. */
  now?: () => number;
  /** When this process began, by the same clock. */
  startedAt?: number;
}

/** How far apart two clocks may be when nothing is known about them, in milliseconds. */
export const anyClockMs = 24 * 60 * 60 * 1000;

/** How long to wait before assuming that an abandoned call had no effect. */
export interface Grace {
  /** How many milliseconds are left. */
  msLeft(begun: BegunEffect): number;
  /** The latest time at which the call was abandoned: by its timeout, or because its process ended. */
  endOf(begun: BegunEffect): number;
  /** Whether it was abandoned by this process. */
  knowsEndOf(begun: BegunEffect): boolean;
}

/** How many calls without an answer are remembered. */
const maxEnds = 1000;

/**
 * The grace period begins at the end of a call's last attempt. If the process ended first, that time is unknown: it was before this process
 * started, and what the call led to, such as a redelivered event, may arrive only now. So it begins at the start of this process.
 */
export function createGrace(options: GraceOptions = {}): Grace {
  const { lateMs = 5_000, now = () => conservativeNow(), startedAt = conservativeNow() } = options;
  // The journal records only when a call began, so a retry in this process looks its end up here.
  const ends = new Map<string, number>();

  function endOf({ correlationId, at, endedAt }: BegunEffect): number {
    if (endedAt !== undefined) {
      ends.set(correlationId, endedAt);
      const [oldest] = ends.keys();
      if (ends.size > maxEnds && oldest !== undefined) ends.delete(oldest);
    }
    return endedAt ?? ends.get(correlationId) ?? Math.max(startedAt, at);
  }

  return {
    endOf,
    knowsEndOf: ({ correlationId, endedAt }) => endedAt !== undefined || ends.has(correlationId),
    // Setting the clock must not prolong it.
    msLeft: (begun) => Math.min(lateMs, Math.max(0, endOf(begun) + lateMs - now())),
  };
}

/**
 * The earlier of two clocks, in milliseconds since 1970: the system's, and one that started with the process and never jumps. For times that
 * are compared with the platform's: too early makes a search longer, too late would miss what is there.
 */
export function conservativeNow(
  wallNow: () => number = Date.now,
  steadyNow: () => number = () => Math.round(performance.timeOrigin + performance.now()),
): number {
  return Math.min(wallNow(), steadyNow());
}
