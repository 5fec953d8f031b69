/** A day of the calendar, as days since 1 January 1970. */
export type Day = number;

const dayMs = 24 * 60 * 60_000;

/** When people are there, as somebody writes it. */
export interface HoursPlan {
  /** The IANA name of the time zone, such as `Europe/Berlin`. */
  timeZone: string;
  /**
   * Such as `Mo-Fr 09:00-12:00, 13:00-18:00; Sa 22:00-02:00`. Days that are not named are closed. A span that ends before it begins goes over
   * midnight and belongs to the day on which it begins. `00:00-24:00` is a whole day.
   *
   * Source: https://schema.org/openingHours
   */
  week: string;
  /**
   * Such as `2026-12-24 09:00-12:00; 12-25; 12-26`: dates that have other hours than their weekday, or none at all. Without a year, of every year.
   */
  holidays?: string;
}

/** Minutes after the midnight with which the day begins. Beyond 1440 on the next day. */
export interface Span {
  from: number;
  until: number;
}

export interface HoursProblem {
  part: keyof HoursPlan;
  problem: string;
  fix: string;
}

/** Something is wrong with a plan. */
export class HoursError extends Error {
  override readonly name = 'HoursError';
  readonly problems: readonly HoursProblem[];

  constructor(problems: readonly HoursProblem[]) {
    super(problems.map(({ problem, fix }) => `${problem} ${fix}`).join('\n'));
    this.problems = problems;
  }
}

const weekdays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'] as const;
const fullDay = 24 * 60;

/** A span over midnight that is longer has most likely been written the wrong way round. */
const longestNight = 12 * 60;

/** More holidays are no holidays. */
const mostHolidays = 1_000;

export interface ReadPlan {
  week: Span[][];
  holidays: Map<Day, Span[]>;
  yearly: Map<number, Span[]>;
}

/** A day of every year as one number. */
export function everyYear(month: number, day: number): number {
  return month * 100 + day;
}

/** @throws HoursError */
export function readPlan({ timeZone, week, holidays = '' }: HoursPlan): ReadPlan {
  const problems: HoursProblem[] = [];
  const read = (part: keyof HoursPlan): Problems => ({
    report: (problem, fix) => void problems.push({ part, problem, fix }),
  });
  if (!isTimeZone(timeZone)) {
    read('timeZone').report(
      `There is no time zone ${quoted(timeZone)}.`,
      'Write its name in the IANA list, such as Europe/Berlin or America/New_York.',
    );
  }
  const plan = { week: readWeek(week, read('week')), ...readHolidays(holidays, read('holidays')) };
  if (problems.length > 0) throw new HoursError(problems);
  return plan;
}

interface Problems {
  report: (problem: string, fix: string) => void;
}

/** A fixed offset such as `+01:00` is a time zone for `Intl` too, but knows no summer time. */
function isTimeZone(name: string): boolean {
  if (/^[+-]|^etc\/gmt[+-]/i.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

function readWeek(text: string, problems: Problems): Span[][] {
  const days = weekdays.map((): Span[] => []);
  const parts = partsOf(text);
  if (parts.length === 0) {
    problems.report('The plan of the week is empty.', 'Write it like Mo-Fr 09:00-12:00, 13:00-18:00; Sa 10:00-14:00.');
  }
  for (const part of parts) {
    const [, names = '', times = ''] = /^(\D+)(\d.*)$/.exec(part) ?? [];
    const named = daysIn(names);
    if (named === undefined || times === '') {
      problems.report(
        `${quoted(part)} does not say on which days at which times.`,
        `Write days and times, such as Mo-Fr 09:00-17:00; the days are Mo, Tu, We, Th, Fr, Sa, Su.`,
      );
      continue;
    }
    const spans = readSpans(times, problems);
    for (const day of named) days[day]?.push(...spans);
  }
  refuseOverlaps(days, problems);
  return days;
}

/** The weekdays in a text such as `Mo-We, Fr`; undefined if it is none. */
function daysIn(text: string): ReadonlySet<number> | undefined {
  const days = new Set<number>();
  for (const piece of text.split(',')) {
    const names = piece.split(/[-–]/);
    const [first = -1, last = first] = names.map((name) => weekdayOf(name.trim().toLowerCase()));
    if (first < 0 || last < 0 || names.length > 2) return undefined;
    for (let ahead = 0; ahead <= (last - first + 7) % 7; ahead += 1) days.add((first + ahead) % 7);
  }
  return days;
}

/** From its name, its first three letters or its first two; -1 if it is none. */
function weekdayOf(name: string): number {
  return weekdays.findIndex((day) => [day, day.slice(0, 3), day.slice(0, 2)].some((one) => one.toLowerCase() === name));
}

/** Spans such as `09:00-12:00, 13:00-18:00`, the earliest first. */
function readSpans(text: string, problems: Problems): Span[] {
  const spans = text.split(',').flatMap((piece) => readSpan(piece.trim(), problems));
  return spans.sort((one, other) => one.from - other.from);
}

/** The span, or none if it makes no sense. */
function readSpan(text: string, { report }: Problems): Span[] {
  const [, from, until] = /^(\d{1,2}:\d{2})\s*[-–]\s*(\d{1,2}:\d{2})$/.exec(text) ?? [];
  const [begin, end] = [minutesOf(from), minutesOf(until)];
  if (begin === undefined || end === undefined || begin === fullDay) {
    report(`${quoted(text)} is no span of time.`, 'Write it like 09:00-17:30, from 00:00 to 24:00.');
    return [];
  }
  if (begin < end) return [{ from: begin, until: end }];
  const nextDay = end + fullDay;
  if (begin !== end && nextDay - begin <= longestNight) return [{ from: begin, until: nextDay }];
  if (begin === end) {
    report(`${quoted(text)} ends when it begins.`, 'Write 00:00-24:00 for the whole day.');
  } else {
    report(
      `${quoted(text)} ends before it begins, and as a span over midnight it would be longer than ${longestNight / 60} hours.`,
      'Turn it round, or write it as two spans, one until 24:00 and one from 00:00 on the next day.',
    );
  }
  return [];
}

function minutesOf(text: string | undefined): number | undefined {
  const [hours = NaN, minutes = NaN] = (text ?? '').split(':').map(Number);
  const total = hours * 60 + minutes;
  return minutes < 60 && total <= fullDay ? total : undefined;
}

/** Also those that reach from one day into the next one, and from Saturday into Sunday. */
function refuseOverlaps(days: readonly Span[][], { report }: Problems): void {
  const all = days.flatMap((spans, day) =>
    spans.map(({ from, until }) => ({ day, from: from + day * fullDay, until: until + day * fullDay })),
  );
  const sorted = all.sort((one, other) => one.from - other.from);
  const nextWeek = sorted.slice(0, 1).map(({ day, from, until }) => {
    return { day, from: from + 7 * fullDay, until: until + 7 * fullDay };
  });
  for (const [index, span] of [...sorted, ...nextWeek].entries()) {
    const before = index === 0 ? undefined : sorted[index - 1];
    if (before === undefined || before.until <= span.from) continue;
    const [one, other] = [weekdays[before.day], weekdays[span.day]];
    report(
      one === other
        ? `Two spans of ${one ?? ''} overlap.`
        : `A span of ${one ?? ''} goes on into one of ${other ?? ''}.`,
      'Join them, or let one end before the other begins.',
    );
  }
}

function readHolidays(text: string, problems: Problems): Pick<ReadPlan, 'holidays' | 'yearly'> {
  const holidays = new Map<Day, Span[]>();
  const yearly = new Map<number, Span[]>();
  const parts = partsOf(text);
  if (parts.length > mostHolidays) {
    problems.report(`There are ${parts.length} holidays.`, `Write at most ${mostHolidays}.`);
    return { holidays, yearly };
  }
  for (const part of parts) {
    const [, year, month = '', day = '', times = ''] = /^(?:(\d{4})-)?(\d{2})-(\d{2})(?:\s+(\S.*))?$/.exec(part) ?? [];
    const date = dayOf(Number(year ?? leapYear), Number(month), Number(day));
    if (date === undefined) {
      problems.report(
        `${quoted(part)} is not a date.`,
        'Write 2026-12-25, or 12-25 for every year, and behind it the hours if there are any.',
      );
      continue;
    }
    const spans = times === '' ? [] : readSpans(times, problems);
    const known = year === undefined ? yearly.has(everyYear(Number(month), Number(day))) : holidays.has(date);
    if (known) problems.report(`The holiday ${part.split(' ', 1).join('')} is there twice.`, 'Remove one of them.');
    if (spans.some(({ from }, index) => from < (spans[index - 1]?.until ?? 0))) {
      problems.report(`Two spans of ${quoted(part)} overlap.`, 'Join them, or let one end before the other begins.');
    }
    if (year === undefined) yearly.set(everyYear(Number(month), Number(day)), spans);
    else holidays.set(date, spans);
  }
  return { holidays, yearly };
}

/** 29 February is a holiday of every year that has one. */
const leapYear = 2024;

/** The day since 1970; undefined for dates that do not exist, and for years that can only be a slip. */
function dayOf(year: number, month: number, date: number): Day | undefined {
  const time = new Date(Date.UTC(year, month - 1, date));
  const exists = time.getUTCMonth() === month - 1 && time.getUTCDate() === date;
  return exists && year >= 2000 && year < 2100 ? time.getTime() / dayMs : undefined;
}

function partsOf(text: string): string[] {
  return text
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** Part of a plan, short enough for a sentence. */
function quoted(text: string): string {
  return `"${text.length > 60 ? `${text.slice(0, 60)}…` : text}"`;
}
