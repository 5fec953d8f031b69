import { nextOpening, type OpeningHours } from './hours.ts';

/** `{opening}` stands for the moment. `never` is for hours that do not come again. */
interface ClosedSentences {
  until: string;
  never: string;
}

const english: ClosedSentences = { until: 'We are closed until {opening}.', never: 'We are closed at the moment.' };

const sentences = new Map<string, ClosedSentences>([
  ['en', english],
  ['de', { until: 'Wir haben bis {opening} geschlossen.', never: 'Wir haben im Moment geschlossen.' }],
  ['fr', { until: 'Nous sommes fermés jusqu’à {opening}.', never: 'Nous sommes fermés pour le moment.' }],
  ['es', { until: 'Estamos cerrados. Volvemos a abrir: {opening}.', never: 'Estamos cerrados en este momento.' }],
  ['it', { until: 'Siamo chiusi. Riapriamo: {opening}.', never: 'Al momento siamo chiusi.' }],
  ['pt', { until: 'Estamos fechados. Reabrimos: {opening}.', never: 'Estamos fechados neste momento.' }],
  ['nl', { until: 'Wij zijn gesloten tot {opening}.', never: 'Wij zijn op dit moment gesloten.' }],
]);

/** Beyond this the year is told, in days. */
const sameYearDays = 180;

/**
 * A sentence for a customer who writes outside the hours, with the next opening as the clock in the shop's time zone shows it.
 *
 * @param instant now, in milliseconds since 1970
 * @param language the customer's, such as `de` or `de_DE`. It is all English if there is no sentence in that one.
 */
export function closedUntil(hours: OpeningHours, instant: number, language = 'en'): string {
  const locale = localeOf(language);
  const known = sentences.get(locale.split('-', 1).join(''));
  const opening = nextOpening(hours, instant);
  const { until, never } = known ?? english;
  if (opening === undefined) return never;
  return until.replace('{opening}', () => openingText(hours, opening, known === undefined ? 'en' : locale, instant));
}

/**
 * A moment as a customer reads it: `Monday, November 30 at 9:00 AM`.
 *
 * @param now if it is known, it says `tomorrow, 9:00 AM` of the next day, and of today only the time
 */
export function openingText(
  { clock, timeZone }: OpeningHours,
  opening: number,
  language: string,
  now?: number,
): string {
  const locale = localeOf(language);
  const time = { hour: 'numeric', minute: '2-digit' } as const;
  const format = (options: Intl.DateTimeFormatOptions): string =>
    new Intl.DateTimeFormat(locale, { timeZone, ...options }).format(opening);
  const days = now === undefined ? undefined : clock.dayAt(opening) - clock.dayAt(now);
  if (days === 0) return format(time);
  if (days === 1)
    return `${new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(1, 'day')}, ${format(time)}`;
  const year = days !== undefined && days > sameYearDays ? ({ year: 'numeric' } as const) : {};
  return format({ weekday: 'long', month: 'long', day: 'numeric', ...year, ...time });
}

/** Facebook writes `de_DE`. English if it is no language at all. */
function localeOf(language: string): string {
  try {
    return Intl.DateTimeFormat.supportedLocalesOf(language.replaceAll('_', '-'))[0] ?? 'en';
  } catch {
    return 'en';
  }
}
