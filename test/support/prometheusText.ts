/** The samples of Prometheus' text format: the series as it is written, with its labels, and its value. */
export function samplesOf(text: string): Map<string, number> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const end = line.lastIndexOf(' ');
      const value = line.slice(end + 1);
      return [line.slice(0, end), Number(value === 'Nan' ? 'NaN' : value)];
    }),
  );
}
