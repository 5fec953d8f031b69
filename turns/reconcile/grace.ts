import type { BegunEffect } from '../journal/effect.ts';

export interface GraceOptions {
  /** How long after a call was given up it may still take effect, or an event that tells of it come, in milliseconds. Default: 5 seconds. */
  lateMs?: number;
  /** The clock that tells when effects begin, in milliseconds since 1970. Default: {@link conservativeNow}. */
  now?: () => number;
  /** When this process began, by the same clock. */
  startedAt?: number;
}

/** How far clocks may be apart about which nothing is known, in milliseconds. */
export const anyClockMs = 24 * 60 * 60 * 1000;

/** How long it may not yet be believed that a call had no effect. */
export interface Grace {
  /** In how many milliseconds it is over. */
  msLeft(begun: BegunEffect): number;
  /** When the call was given up at the latest: by its time limit, or because its process ended. */
  endOf(begun: BegunEffect): number;
  /** Whether this process was there when it was given up. */
  knowsEndOf(begun: BegunEffect): boolean;
}

/** How many calls are remembered that ended without an answer. */
const maxEnds = 1000;

/**
 * The grace counts from the end of a call's last attempt. Of a call whose process ended nobody knows that end: it was before this process
 * began, and what it led to, such as an event that comes again, may be heard only now. So it counts from there.
 */
export function createGrace(options: GraceOptions = {}): Grace {
  const { lateMs = 5_000, now = () => conservativeNow(), startedAt = conservativeNow() } = options;
  // A turn that runs again in this process is told no more than when the call was begun.
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
    // A clock that was set meanwhile must not make this long.
    msLeft: (begun) => Math.min(lateMs, Math.max(0, endOf(begun) + lateMs - now())),
  };
}

/**
 * The time, in milliseconds since 1970, as the earlier of two clocks tells it: the system's, and the one that the process began with, which
 * never jumps. For times that are compared with the platform's: one too early makes a search longer, one too late would find nothing
 * of what is there.
 */
export function conservativeNow(
  wallNow: () => number = Date.now,
  steadyNow: () => number = () => Math.round(performance.timeOrigin + performance.now()),
): number {
  return Math.min(wallNow(), steadyNow());
}
