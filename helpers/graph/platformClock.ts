/** How far the platform's clock is ahead of ours, in milliseconds: lower and upper bound. */
export interface ClockOffset {
  min: number;
  max: number;
}

/** What is known about the platform's clock. */
export interface PlatformClock {
  /**
   * The bounds of the offset; wide until there has been a response.
   *
   * @param since gives bounds for the whole time since then, by our own clock; default: for now. Clocks get set, and a machine that slept is
   * behind, so an offset learnt after a moment need not have held at that moment.
   */
  offset(since?: number): ClockOffset;
  /** Our own clock, in milliseconds since 1970. */
  now(): number;
  /** Learns from the `Date` header of a response that has just arrived, and from when its call began. Ignores anything but a date. */
  learn(date: unknown, begunAt: number): void;
}

/** When something happened, by the platform's clock: between these two, in milliseconds since 1970. */
export interface PlatformSpan {
  earliest: number;
  latest: number;
}

/** When it was, by the platform's clock, what it was by ours. */
export function platformSpan(clock: Pick<PlatformClock, 'offset'>, at: number): PlatformSpan {
  const { min, max } = clock.offset(at);
  return { earliest: at + min, latest: at + max };
}

/** A machine whose clock is off by more than this could not even verify a certificate. */
const unknownMs = 24 * 60 * 60 * 1000;

/** How far the clocks of the platform's own machines may differ, in milliseconds. */
const betweenMachinesMs = 2_000;

/** How long an estimate is good, in milliseconds: after that, clocks may drift by more than a `Date` header's resolution of one second. */
const goodForMs = 10 * 60 * 1000;

/** How many earlier estimates are remembered. */
const maxFormer = 10;

/**
 * An estimate of the platform's clock. A `Date` header names the second in which a response was made, which was between the start and the end
 * of its call. Responses that agree narrow the estimate down; one that does not replaces it, since a clock must have been set.
 *
 * Source: https://www.rfc-editor.org/rfc/rfc9110#field.date
 *
 * @param now the clock that timestamps effects, in milliseconds since 1970
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
