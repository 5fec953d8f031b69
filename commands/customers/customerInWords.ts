import { customerTables } from '../../store/sqlite/customerTables.ts';
import type { CustomerData, NamedElsewhere } from '../../store/sqlite/tools/customerData.ts';
import type { Forgotten } from '../../store/sqlite/tools/forgetCustomer.ts';

/** What is kept of a customer, a line for each table. */
export function keptInWords(data: CustomerData, { id, path, now }: { id: string; path: string; now: number }): string {
  if (data.rows.length === 0) return `Nothing is kept of ${id} in ${path}.\n`;
  const lines = data.rows.map(({ in: { title }, keys, oldest, newest }) => {
    const since = oldest === undefined ? '' : ageOf(oldest, now);
    const until = newest === undefined ? '' : ageOf(newest, now);
    return [title, keys.length, since === until ? since : `${since} to ${until}`] as const;
  });
  const journal = data.journal === 0 ? [] : [['journal entries', data.journal, ''] as const];
  const all = [...lines, ...journal].map(([title, many, age]) =>
    `  ${title.padEnd(28)}${String(many).padStart(6)}   ${age}`.trimEnd(),
  );
  const running = data.running ? '  A turn of the customer is running.\n' : '';
  return `Kept of ${id} in ${path}:\n\n${all.join('\n')}\n${running}`;
}

/** What was deleted, and what is left to do. */
export function forgottenInWords(forgotten: Forgotten): string {
  const { named, copies, remains, running } = forgotten;
  const counts = countsOf(forgotten);
  const each = customerTables.map(({ name, title }) => `${counts[name] ?? 0} ${title}`);
  return [
    `Deleted: ${[...each, `${counts['journal'] ?? 0} journal entries`].join(', ')}.\n`,
    namedInWords(named),
    running
      ? 'A turn of the customer was running. Nothing of it is recorded any more, but echoes of what it said may come: run this again later.\n'
      : '',
    remains === undefined
      ? ''
      : `Parts of deleted rows may still be in unused space of the file, which could not be rewritten (${remains}). Stop the bot and run npm run store -- compact.\n`,
    ...copies.map((name) => `${name} is a copy from before, and holds what it held.\n`),
  ].join('');
}

export function countsOf({ rows, journal }: CustomerData): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { name } of customerTables) counts[name] = rows.find((one) => one.in.name === name)?.keys.length ?? 0;
  return { ...counts, journal };
}

const mostNamed = 20;

/** What names the customer and is not the customer's. */
export function namedInWords(named: readonly NamedElsewhere[]): string {
  const lines = named
    .slice(0, mostNamed)
    .map(({ title, key }) => `Of the ${title}, ${key} names the customer too, and is left alone.\n`);
  return lines.join('') + (named.length > mostNamed ? `So do ${named.length - mostNamed} more.\n` : '');
}

const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
] as const;

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });

/** Such as `2 hours ago` or `in 20 minutes`. */
function ageOf(at: number, now: number): string {
  const ms = at - now;
  const [unit, size] = units.find(([, length]) => Math.abs(ms) >= length) ?? units[3];
  return relative.format(Math.trunc(ms / size), unit);
}
