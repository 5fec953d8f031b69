import { everyYear, readPlan, type Day, type HoursPlan, type Span } from '../../helpers/settings/hoursPlan.ts';
import { dayMs, minuteMs, ZoneClock, type Stretch } from './zoneClock.ts';

/**
 * When people are there to answer.
 *
 * Open means: the clock on the wall in the time zone shows a time of the plan. In the night when clocks are put forward, the times that are skipped
 * do not happen; in the night when they are put back, the times that come twice count twice.
 */
export interface OpeningHours {
  readonly timeZone: string;
  readonly clock: ZoneClock;
  /** By weekday, Sunday first. */
  readonly week: readonly (readonly Span[])[];
  /** Instead of those of the week. */
  readonly holidays: ReadonlyMap<Day, readonly Span[]>;
  /** The holidays of every year, by {@link everyYear}. */
  readonly yearly: ReadonlyMap<number, readonly Span[]>;
}

/** @throws HoursError with everything that is wrong with the plan */
export function openingHours(plan: HoursPlan): OpeningHours {
  return { ...readPlan(plan), timeZone: plan.timeZone, clock: new ZoneClock(plan.timeZone) };
}

/** Whether people are there at this moment. */
export function isOpen(hours: OpeningHours, instant: number): boolean {
  const wall = hours.clock.wallAt(instant);
  const today = Math.floor(wall / dayMs);
  // A span of yesterday may end after midnight.
  return [today - 1, today].some((day) =>
    spansOf(hours, day).some((span) => {
      const { from, until } = onWall(day, span);
      return from <= wall && wall < until;
    }),
  );
}

/** The longest time after which a date of the calendar falls on a given weekday again. */
const farthestDays = 12 * 366;

/**
 * When people are there next, in milliseconds since 1970: `instant` itself if they are there now, and undefined if they never are again.
 */
export function nextOpening(hours: OpeningHours, instant: number): number | undefined {
  const { clock, holidays } = hours;
  const first = clock.dayAt(instant) - 1;
  const last = Math.max(first + farthestDays + 7 * holidays.size, ...holidays.keys());
  for (let day = first; day <= last; day += 1) {
    const opening = openingOf(hours, day, instant);
    // Where clocks are put back at midnight, a day may end after the next one has begun.
    if (opening !== undefined) return Math.min(opening, openingOf(hours, day + 1, instant) ?? opening);
  }
  return undefined;
}

function openingOf(hours: OpeningHours, day: Day, instant: number): number | undefined {
  const stretches = spansOf(hours, day).flatMap((span) => hours.clock.stretchesOf(onWall(day, span)));
  const openings = stretches.filter(({ until }) => until > instant).map(({ from }) => Math.max(from, instant));
  return openings.length === 0 ? undefined : Math.min(...openings);
}

function spansOf({ week, holidays, yearly }: OpeningHours, day: Day): readonly Span[] {
  const date = new Date(day * dayMs);
  const ofYear = yearly.size === 0 ? undefined : yearly.get(everyYear(date.getUTCMonth() + 1, date.getUTCDate()));
  return holidays.get(day) ?? ofYear ?? week[date.getUTCDay()] ?? [];
}

function onWall(day: Day, { from, until }: Span): Stretch {
  return { from: day * dayMs + from * minuteMs, until: day * dayMs + until * minuteMs };
}
