/**
 * A span of time in its two largest units: `1 h 30 min`.
 *
 * @param {number} ms
 */
export function spanInWords(ms) {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const units = [
    { name: 'd', size: 86_400 },
    { name: 'h', size: 3600 },
    { name: 'min', size: 60 },
    { name: 's', size: 1 },
  ];
  if (seconds === 86_400) return '24 h';
  const first = units.findIndex(({ size }) => seconds >= size);
  if (first === -1) return '0 s';
  let rest = seconds;
  return units
    .slice(first, first + 2)
    .map(({ name, size }) => {
      const count = Math.floor(rest / size);
      rest -= count * size;
      return count === 0 ? '' : `${count} ${name}`;
    })
    .filter((part) => part !== '')
    .join(' ');
}

const unitMs = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * A span of time as people type it, in milliseconds: `90s`, `+20m`, `5 min`, `24 h`, `2d`. Undefined if it is none.
 *
 * @param {string} text
 * @returns {number | undefined}
 */
export function readSpan(text) {
  const [, count = '', unit = ''] = /^\+?(\d{1,4})\s*(s|m|h|d|min)$/i.exec(text.trim()) ?? [];
  const found = Object.entries(unitMs).find(([letter]) => letter === unit.charAt(0).toLowerCase());
  return found === undefined ? undefined : Number(count) * found[1];
}

/**
 * How long it is until the clock next shows this time of day, such as `18:30`, in UTC. Undefined if the text is no
 * time of day.
 *
 * @param {string} text
 * @param {number} now in milliseconds since 1970
 * @returns {number | undefined} in milliseconds
 */
export function msUntilTimeOfDay(text, now) {
  const [, hours = '', minutes = ''] = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(text.trim()) ?? [];
  if (hours === '') return undefined;
  const next = new Date(now).setUTCHours(Number(hours), Number(minutes), 0, 0);
  return next > now ? next - now : next + unitMs.d - now;
}
