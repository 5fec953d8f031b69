import type { Clock } from './hooks.ts';

/** A clock that runs with another one and can be put forward, never back. */
export interface AdvanceableClock {
  readonly now: Clock;
  /** @param ms how far, in milliseconds; a negative or unsafe number is a RangeError */
  advance(ms: number): void;
}

/** @param base the time it runs with, by default the machine's */
export function createClock(base: Clock = Date.now): AdvanceableClock {
  let offset = 0;
  return {
    now: () => base() + offset,
    advance(ms) {
      if (!Number.isSafeInteger(ms) || ms < 0) throw new RangeError('The clock goes forward by whole milliseconds.');
      offset += ms;
    },
  };
}
