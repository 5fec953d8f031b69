import type { Day } from '../../helpers/settings/hoursPlan.ts';

export const minuteMs = 60_000;
export const dayMs = 24 * 60 * minuteMs;

/** No zone is further from UTC than this, and none changes its clocks twice within three times as long. */
const farthestMs = 16 * 60 * minuteMs;

/** A stretch of time, in milliseconds since 1970, without its end. */
export interface Stretch {
  from: number;
  until: number;
}

/** What the clock on the wall shows in one time zone, from the rules of that zone that Node has. */
export class ZoneClock {
  readonly #format: Intl.DateTimeFormat;

  /** @throws RangeError if there is no zone of that name */
  constructor(timeZone: string) {
    this.#format = new Intl.DateTimeFormat('en-US', {
      ...{ timeZone, calendar: 'gregory', numberingSystem: 'latn', hourCycle: 'h23', era: 'short' },
      ...{ year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' },
    });
  }

  /** What the clock shows at this moment, as if it showed UTC: milliseconds since 1970. */
  wallAt(instant: number): number {
    const parts = new Map(this.#format.formatToParts(instant).map(({ type, value }) => [type, value]));
    const number = (type: Intl.DateTimeFormatPartTypes): number => Number(parts.get(type));
    const seconds = Date.UTC(0, number('month') - 1, number('day'), number('hour'), number('minute'), number('second'));
    const year = parts.get('era') === 'BC' ? 1 - number('year') : number('year');
    // `Date.UTC` takes the years up to 99 for those of the last century.
    return new Date(seconds).setUTCFullYear(year, number('month') - 1, number('day')) + modulo(instant, 1000);
  }

  /** The day that the calendar on the wall shows. */
  dayAt(instant: number): Day {
    return Math.floor(this.wallAt(instant) / dayMs);
  }

  /**
   * When the clock shows a time of this stretch of wall time. That is nothing for times that the clock skips, and two stretches for times that it
   * shows twice.
   */
  stretchesOf({ from, until }: Stretch): Stretch[] {
    const [before, after] = [this.#offsetAt(from - farthestMs), this.#offsetAt(until + farthestMs)];
    if (before === after) return [{ from: from - before, until: until - before }];
    const change = this.#changeBetween(from - farthestMs, until + farthestMs, before);
    return [
      { from: from - before, until: Math.min(until - before, change) },
      { from: Math.max(from - after, change), until: until - after },
    ].filter((stretch) => stretch.from < stretch.until);
  }

  #offsetAt(instant: number): number {
    return this.wallAt(instant) - instant;
  }

  /** The first moment with another offset than `before`. */
  #changeBetween(from: number, until: number, before: number): number {
    let [same, other] = [from, until];
    while (other - same > 1) {
      const middle = Math.floor((same + other) / 2);
      if (this.#offsetAt(middle) === before) same = middle;
      else other = middle;
    }
    return other;
  }
}

function modulo(value: number, by: number): number {
  return ((value % by) + by) % by;
}
