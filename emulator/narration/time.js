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
