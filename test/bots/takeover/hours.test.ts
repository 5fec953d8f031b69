import { expect } from 'chai';
import { isOpen, nextOpening, openingHours } from '../../../bots/takeover/hours.ts';
import { HoursError, type HoursPlan } from '../../../helpers/settings/hoursPlan.ts';
import { closedUntil } from '../../../bots/takeover/hoursText.ts';
import { seededRandom } from '../../support/seededRandom.ts';

const at = (time: string): number => Date.parse(time);
const minuteMs = 60_000;

/** What is open in these minutes, as `01:00Z-02:30Z`. */
function opensIn(plan: HoursPlan, from: string, until: string): string[] {
  const hours = openingHours(plan);
  const spans: string[] = [];
  let begun: number | undefined;
  const short = (instant: number) => `${new Date(instant).toISOString().slice(11, 16)}Z`;
  for (let instant = at(from); instant <= at(until); instant += minuteMs) {
    const open = instant < at(until) && isOpen(hours, instant);
    if (open) begun ??= instant;
    else if (begun !== undefined) {
      spans.push(`${short(begun)}-${short(instant)}`);
      begun = undefined;
    }
  }
  return spans;
}

function nextIn(plan: HoursPlan, from: string): string | undefined {
  const opening = nextOpening(openingHours(plan), at(from));
  return opening === undefined ? undefined : new Date(opening).toISOString();
}

function problemsOf(plan: HoursPlan): string[] {
  try {
    openingHours(plan);
    return [];
  } catch (error) {
    if (!(error instanceof HoursError)) throw error;
    return error.problems.map(({ part, problem }) => `${part}: ${problem}`);
  }
}

describe('Opening hours', () => {
  const shop = { timeZone: 'Europe/Berlin', week: 'Mo-Fr 09:00-12:00, 13:00-18:00; Sa 22:00-02:00' };

  it('have several spans a day, without their last minute', () => {
    expect(opensIn(shop, '2026-11-27T00:00Z', '2026-11-28T00:00Z')).to.deep.equal(['08:00Z-11:00Z', '12:00Z-17:00Z']);
  });

  it('go over midnight, on the day on which they began', () => {
    expect(opensIn(shop, '2026-11-28T00:00Z', '2026-11-29T23:00Z')).to.deep.equal(['21:00Z-01:00Z']);
    const sunday = { timeZone: 'UTC', week: 'Su 20:00-04:00' };
    expect(opensIn(sunday, '2026-11-29T00:00Z', '2026-11-30T12:00Z')).to.deep.equal(['20:00Z-04:00Z']);
  });

  it('are others, or none, on holidays, of one year or of every year', () => {
    const plan = { ...shop, holidays: '12-25; 2026-12-24 09:00-11:00; 2026-12-26 23:00-03:00' };
    expect(opensIn(plan, '2026-12-24T00:00Z', '2026-12-26T12:00Z')).to.deep.equal(['08:00Z-10:00Z']);
    expect(opensIn(plan, '2026-12-26T12:00Z', '2026-12-27T12:00Z')).to.deep.equal(['22:00Z-02:00Z']);
    expect(nextIn(plan, '2028-12-24T23:00Z')).to.equal('2028-12-26T08:00:00.000Z');
  });

  it('let the night before a holiday go on into it', () => {
    const plan = { ...shop, holidays: '2026-11-29' };
    expect(opensIn(plan, '2026-11-28T00:00Z', '2026-11-29T23:00Z')).to.deep.equal(['21:00Z-01:00Z']);
  });

  it('can be for ever, and never', () => {
    const always = { timeZone: 'Asia/Kathmandu', week: 'Mo-Su 00:00-24:00' };
    expect(opensIn(always, '2026-11-27T00:00Z', '2026-11-29T00:00Z')).to.deep.equal(['00:00Z-00:00Z']);
    expect(nextIn(always, '2026-11-27T12:34Z')).to.equal('2026-11-27T12:34:00.000Z');
    const everyDay = Array.from({ length: 366 }, (_, day) => new Date(Date.UTC(2024, 0, 1 + day)));
    const never = { ...always, holidays: everyDay.map((date) => date.toISOString().slice(5, 10)).join(';') };
    expect(nextIn(never, '2026-11-27T12:34Z')).to.equal(undefined);
    expect(closedUntil(openingHours(never), at('2026-11-27T12:34Z'))).to.equal('We are closed at the moment.');
  });

  it('find an opening that is years ahead', () => {
    const weekdays = { timeZone: 'UTC', week: 'Mo 09:00-10:00', holidays: '' };
    const mondays = Array.from({ length: 200 }, (_, week) => new Date(Date.UTC(2026, 10, 30 + 7 * week)));
    const dates = mondays.map((date) => date.toISOString().slice(0, 10));
    expect(nextIn({ ...weekdays, holidays: dates.join(';') }, '2026-11-29T00:00Z')).to.equal(
      '2030-09-30T09:00:00.000Z',
    );
    const leap = { ...weekdays, holidays: `${dates.join(';')}; 02-29 08:00-09:00` };
    expect(nextIn(leap, '2026-11-29T00:00Z')).to.equal('2028-02-29T08:00:00.000Z');
    expect(nextIn({ ...weekdays, holidays: '2090-05-05 20:00-21:00' }, '2090-05-02T00:00Z')).to.equal(
      '2090-05-05T20:00:00.000Z',
    );
  });

  it('know a zone whose offset is no whole hour', () => {
    const plan = { timeZone: 'Asia/Kathmandu', week: 'Mo-Su 09:00-17:00' };
    expect(opensIn(plan, '2026-11-27T00:00Z', '2026-11-28T00:00Z')).to.deep.equal(['03:15Z-11:15Z']);
  });

  it('have no times on a day that a zone left out', () => {
    // Samoa crossed the date line: 30 December 2011 did not happen.
    const plan = { timeZone: 'Pacific/Apia', week: 'Th 09:00-10:00; Fr 09:00-10:00; Sa 09:00-10:00' };
    expect(nextIn(plan, '2011-12-29T20:00Z')).to.equal('2011-12-30T19:00:00.000Z');
  });
});

describe('Opening hours in the nights when clocks change', () => {
  const night = (timeZone: string): HoursPlan => ({ timeZone, week: 'Mo-Su 00:30-01:45, 02:15-02:45, 03:30-05:00' });

  it('lose what the clocks skip, and count twice what they show twice: Europe/Berlin', () => {
    const berlin = night('Europe/Berlin');
    const spring = opensIn(berlin, '2026-03-28T23:00Z', '2026-03-29T22:00Z');
    expect(spring).to.deep.equal(['23:30Z-00:45Z', '01:30Z-03:00Z']);
    expect(nextIn(berlin, '2026-03-29T00:45Z')).to.equal('2026-03-29T01:30:00.000Z');
    const autumn = opensIn(berlin, '2026-10-24T22:00Z', '2026-10-25T23:00Z');
    expect(autumn).to.deep.equal(['22:30Z-23:45Z', '00:15Z-00:45Z', '01:15Z-01:45Z', '02:30Z-04:00Z']);
    expect(nextIn(berlin, '2026-10-25T00:50Z')).to.equal('2026-10-25T01:15:00.000Z');
  });

  it('the same in America/New_York', () => {
    const newYork = night('America/New_York');
    const spring = opensIn(newYork, '2026-03-08T05:00Z', '2026-03-09T04:00Z');
    expect(spring).to.deep.equal(['05:30Z-06:45Z', '07:30Z-09:00Z']);
    const autumn = opensIn(newYork, '2026-11-01T04:00Z', '2026-11-02T05:00Z');
    expect(autumn).to.deep.equal(['04:30Z-05:45Z', '06:00Z-06:45Z', '07:15Z-07:45Z', '08:30Z-10:00Z']);
  });

  it('the same in Australia/Lord_Howe, whose clocks change by half an hour', () => {
    const lordHowe = night('Australia/Lord_Howe');
    const autumn = opensIn(lordHowe, '2026-04-04T13:00Z', '2026-04-05T13:30Z');
    expect(autumn).to.deep.equal(['13:30Z-14:45Z', '15:00Z-15:15Z', '15:45Z-16:15Z', '17:00Z-18:30Z']);
    const spring = opensIn(lordHowe, '2026-10-03T13:30Z', '2026-10-04T13:00Z');
    expect(spring).to.deep.equal(['14:00Z-15:15Z', '15:30Z-15:45Z', '16:30Z-18:00Z']);
    expect(nextIn(lordHowe, '2026-10-03T15:20Z')).to.equal('2026-10-03T15:30:00.000Z');
  });

  it('go on through the night over midnight', () => {
    const bar = { timeZone: 'Europe/Berlin', week: 'Sa 22:00-04:00' };
    expect(opensIn(bar, '2026-03-28T12:00Z', '2026-03-29T12:00Z')).to.deep.equal(['21:00Z-02:00Z']);
    expect(opensIn(bar, '2026-10-24T12:00Z', '2026-10-25T12:00Z')).to.deep.equal(['20:00Z-03:00Z']);
  });
});

describe('Opening hours, compared minute by minute with the clock of the zone', () => {
  // Each zone with a night in which its clocks change, at midnight too.
  const nights = [
    ['Europe/Berlin', '2026-03-28T12:00Z'],
    ['Europe/Berlin', '2026-10-24T12:00Z'],
    ['America/New_York', '2026-10-31T00:00Z'],
    ['Australia/Lord_Howe', '2026-04-04T00:00Z'],
    ['Australia/Lord_Howe', '2026-10-03T00:00Z'],
    ['America/Havana', '2026-10-31T00:00Z'],
    ['Africa/Cairo', '2026-10-29T00:00Z'],
    ['Africa/Cairo', '2026-04-23T00:00Z'],
    ['Asia/Kathmandu', '2026-11-27T00:00Z'],
    ['Pacific/Apia', '2011-12-29T00:00Z'],
  ] as const;
  const days = 2;

  for (const [index, [timeZone, from]] of nights.entries()) {
    it(`agree in ${timeZone} from ${from.slice(0, 10)} on`, () => {
      const clock = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' });
      const minutes = Array.from({ length: days * 1440 }, (_, minute) => at(from) + minute * minuteMs);
      const shown = minutes.map((instant) => clock.format(instant));
      const random = seededRandom(index);
      for (let round = 0; round < 3; round += 1) {
        const { plan, isOpenAt } = randomPlan(random, timeZone);
        const hours = openingHours(plan);
        const told = shown.map(isOpenAt);
        const wrong = minutes.find((instant, minute) => isOpen(hours, instant) !== told[minute]);
        expect(wrong, `${plan.week} at ${shown[minutes.indexOf(wrong ?? 0)]}`).to.equal(undefined);
        for (let sample = 0; sample < 40; sample += 1) {
          const start = random.below(minutes.length);
          const opens = told.indexOf(true, start);
          const next = nextOpening(hours, minutes[start] ?? 0);
          if (opens >= 0) expect(next, `${plan.week} after ${shown[start]}`).to.equal(minutes[opens]);
          else expect(next ?? Infinity).to.be.at.least(at(from) + days * 1440 * minuteMs);
        }
      }
    });
  }
});

/** A plan, and what it says of a time such as `2026-03-29 02:30`, by its words alone. */
function randomPlan(random: ReturnType<typeof seededRandom>, timeZone: string) {
  const names = ['Su', 'Mo', 'Tu', 'We', 'Th', 'Fr', 'Sa'];
  const spans = names.flatMap((name, day) => {
    const cuts = Array.from({ length: 4 }, () => random.below(96) * 15).sort((one, other) => one - other);
    const [a = 0, b = 0, c = 0, d = 0] = cuts;
    const ofDay = [
      [a, b],
      [c, d],
    ].flatMap(([from = 0, until = 0]) => (from < until && b < c ? [{ day, from, until, name }] : []));
    return random.below(5) === 0 ? [] : ofDay;
  });
  const nightSpan = { day: 6, from: 1380, until: 1500, name: 'Sa' };
  const isFree = !spans.some(({ day, from, until }) => (day === 6 && until > 1380) || (day === 0 && from < 60));
  if (isFree) spans.push(nightSpan);
  if (spans.length === 0) spans.push(nightSpan);
  const clock = (minutes: number) =>
    `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
  const week = spans.map(({ name, from, until }) => `${name} ${clock(from)}-${clock(until % 1440 || 1440)}`).join('; ');
  const isOpenAt = (shown: string): boolean => {
    const day = new Date(`${shown.slice(0, 10)}T00:00Z`).getUTCDay();
    const minute = Number(shown.slice(11, 13)) * 60 + Number(shown.slice(14, 16));
    return spans.some(
      (span) =>
        (span.day === day && span.from <= minute && minute < span.until) ||
        (span.day === (day + 6) % 7 && minute + 1440 >= span.from && minute + 1440 < span.until),
    );
  };
  return { plan: { timeZone, week }, isOpenAt };
}

describe('Opening hours that make no sense', () => {
  const plan = { timeZone: 'Europe/Berlin', week: 'Mo-Fr 09:00-17:00' };
  const wrong: readonly (readonly [Partial<HoursPlan>, string])[] = [
    [{ timeZone: 'Europe/Bonn' }, 'timeZone: There is no time zone "Europe/Bonn".'],
    [{ timeZone: '' }, 'timeZone: There is no time zone "".'],
    [{ timeZone: '+01:00' }, 'timeZone: There is no time zone "+01:00".'],
    [{ timeZone: 'Etc/GMT-1' }, 'timeZone: There is no time zone "Etc/GMT-1".'],
    [{ week: '' }, 'week: The plan of the week is empty.'],
    [{ week: 'Mo-Fr' }, 'week: "Mo-Fr" does not say on which days at which times.'],
    [{ week: '09:00-17:00' }, 'week: "09:00-17:00" does not say on which days at which times.'],
    [{ week: 'Mo-Xx 09:00-17:00' }, 'week: "Mo-Xx 09:00-17:00" does not say on which days at which times.'],
    [{ week: 'Mo 9-17' }, 'week: "9-17" is no span of time.'],
    [{ week: 'Mo 09:00-25:00' }, 'week: "09:00-25:00" is no span of time.'],
    [{ week: 'Mo 09:60-10:00' }, 'week: "09:60-10:00" is no span of time.'],
    [{ week: 'Mo 24:00-02:00' }, 'week: "24:00-02:00" is no span of time.'],
    [{ week: 'Mo 09:00-09:00' }, 'week: "09:00-09:00" ends when it begins.'],
    [
      { week: 'Mo 17:00-09:00' },
      'week: "17:00-09:00" ends before it begins, and as a span over midnight it would be longer than 12 hours.',
    ],
    [{ week: 'Mo-Fr 09:00-12:00; We 11:00-13:00' }, 'week: Two spans of Wednesday overlap.'],
    [{ week: 'Mo 22:00-02:00; Tu 01:00-05:00' }, 'week: A span of Monday goes on into one of Tuesday.'],
    [{ week: 'Sa 22:00-02:00; Su 01:00-05:00' }, 'week: A span of Saturday goes on into one of Sunday.'],
    [{ holidays: '2026-02-29' }, 'holidays: "2026-02-29" is not a date.'],
    [{ holidays: '24.12.2026' }, 'holidays: "24.12.2026" is not a date.'],
    [{ holidays: '0026-12-24' }, 'holidays: "0026-12-24" is not a date.'],
    [{ holidays: '12-24; 12-24 09:00-12:00' }, 'holidays: The holiday 12-24 is there twice.'],
    [
      { holidays: '12-24 09:00-12:00, 11:00-13:00' },
      'holidays: Two spans of "12-24 09:00-12:00, 11:00-13:00" overlap.',
    ],
  ];
  for (const [change, problem] of wrong) {
    it(`are refused: ${problem}`, () => expect(problemsOf({ ...plan, ...change })).to.deep.equal([problem]));
  }

  it('are refused with everything that is wrong at once, each with its fix', () => {
    const all = { timeZone: 'Bonn', week: 'Mo 9-17; Tu', holidays: 'Christmas' };
    expect(problemsOf(all)).to.have.length(4);
    expect(() => openingHours(all)).to.throw(HoursError, /Write its name in the IANA list/);
  });

  it('do not take long to refuse, however long they are', () => {
    expect(problemsOf({ ...plan, week: `${'Mo,'.repeat(50_000)} ${'9'.repeat(50_000)}` })).to.have.length(1);
    expect(problemsOf({ ...plan, holidays: '12-24;'.repeat(2_000) })).to.deep.equal([
      'holidays: There are 2000 holidays.',
    ]);
  });
});

describe('The sentence for customers who write outside the hours', () => {
  const hours = openingHours({ timeZone: 'Europe/Berlin', week: 'Mo-Fr 09:00-12:00, 13:00-18:00' });

  it('tells the next opening as people say it', () => {
    expect(closedUntil(hours, at('2026-11-27T11:10Z'))).to.equal('We are closed until 1:00 PM.');
    expect(closedUntil(hours, at('2026-11-25T20:00Z'))).to.equal('We are closed until tomorrow, 9:00 AM.');
    expect(closedUntil(hours, at('2026-11-27T20:00Z'))).to.equal('We are closed until Monday, November 30 at 9:00 AM.');
    const rare = openingHours({ timeZone: 'UTC', week: 'Mo 09:00-10:00', holidays: '2027-12-31 10:00-11:00' });
    expect(closedUntil(rare, at('2026-11-27T20:00Z'), 'de')).to.contain('30. November um');
  });

  it("is in the customer's language, as Facebook or a browser spells it", () => {
    for (const german of ['de', 'de_DE', 'de-AT']) {
      expect(closedUntil(hours, at('2026-11-25T20:00Z'), german)).to.match(
        /^Wir haben bis morgen, 0?9:00 geschlossen\.$/,
      );
    }
    expect(closedUntil(hours, at('2026-11-27T20:00Z'), 'fr_FR')).to.match(/^Nous sommes fermés jusqu’à lundi 30 nov/);
    for (const unknown of ['pl_PL', 'xx', '', 'no language', '$&']) {
      expect(closedUntil(hours, at('2026-11-25T20:00Z'), unknown)).to.equal('We are closed until tomorrow, 9:00 AM.');
    }
  });
});
