/** Milliseconds, or a text such as `30s`, `20m`, `2h`, `7d`, `1w`. */
export type Duration = number | string;

const units: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** In milliseconds; NaN for a text that is no duration. */
export function durationOf(duration: Duration): number {
  if (typeof duration === 'number') return duration;
  const [, count = '', unit = ''] = /^(\d+(?:\.\d+)?) ?(ms|s|m|h|d|w)$/.exec(duration) ?? [];
  return Number(count) * (units[unit] ?? NaN);
}
