const unitsMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A time in milliseconds, or as `'90s'`, `'20m'`, `'2h'`, `'1d'`. */
export type Duration = number | string;

/** @throws RangeError when it is neither, or not a whole number of milliseconds */
export function millisecondsOf(duration: Duration): number {
  const [, count = '', unit = ''] = /^(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|h|d)$/.exec(String(duration)) ?? [];
  const ms = typeof duration === 'number' ? duration : Number(count) * (unitsMs[unit] ?? NaN);
  if (Number.isSafeInteger(ms) && ms >= 0) return ms;
  throw new RangeError(
    `${JSON.stringify(duration)} is no time. Write milliseconds, or one of '90s', '20m', '2h', '1d'.`,
  );
}
