/** How far the platform's clock is ahead of ours, in milliseconds: at least and at most. */
export interface ClockOffset {
  min: number;
  max: number;
}

/** What is known of the platform's clock. */
export interface PlatformClock {
  /**
   * The bounds of the offset; wide until an answer came.
   *
   * @param since for all of the time from then on, by our own clock; default: at present. Clocks are set, and a machine that slept is behind: an
   * offset that was learnt after a moment need not have held at that moment.
   */
  offset(since?: number): ClockOffset;
  /** Our own clock, in milliseconds since 1970. */
  now(): number;
  /** Learns from the `Date` header of an answer that has just come, and from when its call began. What is no date teaches nothing. */
  learn(date: unknown, begunAt: number): void;
}

/** Whoever's clock is further off than this could not even verify a certificate. */
const unknownMs = 24 * 60 * 60 * 1000;

/** How far the clocks of the platform's own machines may be apart, in milliseconds. */
const betweenMachinesMs = 2_000;

/** How long an estimate is good before the drift of a clock is more than the whole second that a `Date` header tells, in milliseconds. */
const goodForMs = 10 * 60 * 1000;

/** How many former estimates are remembered. */
const maxFormer = 10;

/**
 * An estimate of the platform's clock. A `Date` header tells the second in which the answer was made, which was between the beginning
 * and the end of its call; answers that agree narrow it down, and one that does not takes its place, since a clock was set.
 *
 * Source: https://www.rfc-editor.org/rfc/rfc9110#field.date
 *
 * @param now the clock that tells when effects begin, in milliseconds since 1970
 */
export function createPlatformClock(now: () => number): PlatformClock {
  let known: (ClockOffset & { since: number }) | undefined;
  let former: (ClockOffset & { until: number })[] = [];
  /** The latest time that our clock has shown; it may have been set back since. */
  let latestSeen = -Infinity;

  function see(time: number): number {
    latestSeen = Math.max(latestSeen, time);
    return time;
  }

  return {
    offset: (since = now()) => {
      see(since);
      see(now());
      if (known === undefined) return { min: -unknownMs, max: unknownMs };
      const inForce = [known, ...former.filter(({ until }) => until >= since)];
      return {
        min: Math.min(...inForce.map(({ min }) => min)) - betweenMachinesMs,
        max: Math.max(...inForce.map(({ max }) => max)) + betweenMachinesMs,
      };
    },
    now,
    learn: (date, begunAt) => {
      const endedAt = now();
      const at = typeof date === 'string' ? Date.parse(date) : NaN;
      if (Number.isNaN(at) || endedAt < begunAt) return;
      see(endedAt);
      const told = { min: at - endedAt, max: at + 1000 - begunAt };
      const isGood = known !== undefined && endedAt >= known.since && endedAt - known.since < goodForMs;
      const both = isGood &&
        known !== undefined && {
          min: Math.max(known.min, told.min),
          max: Math.min(known.max, told.max),
          since: known.since,
        };
      const isAgreed = both && both.min <= both.max;
      if (!isAgreed && known !== undefined) {
        former = [{ min: known.min, max: known.max, until: latestSeen }, ...former].slice(0, maxFormer);
      }
      known = isAgreed ? both : { ...told, since: endedAt };
    },
  };
}
