import { StartProblemError } from '../../../helpers/startProblem.ts';
import { customerTables, isOfPage, keyOf, namesAnywhere, type CustomerTable } from '../customerTables.ts';
import { openDatabase, type Database, type Row } from '../database.ts';
import { numberOf } from '../rowReaders.ts';
import { storeErrorFrom } from '../sqliteErrors.ts';

/** What is kept of one customer. */
export interface CustomerData {
  /** The rows of each table that has any, by the tables' names in JSON. */
  rows: readonly { in: CustomerTable; keys: readonly (string | number)[]; oldest?: number; newest?: number }[];
  /** How many entries the journals of the customer's turns have. */
  journal: number;
  /** Whether a turn of the customer is running. */
  running: boolean;
  /** What is somebody else's, or of all, and names the customer. */
  named: readonly NamedElsewhere[];
}

export interface NamedElsewhere {
  /** As {@link CustomerTable.title}, or `journal`. */
  title: string;
  key: string | number;
}

/** Reads the store's file, even while a bot works on it, which waits for nothing. @throws StoreUnavailable, StartProblem */
export async function inStore<T>(path: string, work: (file: Database) => T | Promise<T>): Promise<T> {
  if (path === ':memory:') {
    throw new StartProblemError(
      'StorePath is :memory:, so all that is kept of customers ends with the process of the bot.',
    );
  }
  const file = openDatabase(path, { as: 'existing' });
  try {
    file.run('PRAGMA busy_timeout = 5000');
    return await work(file);
  } catch (error) {
    throw storeErrorFrom(error);
  } finally {
    file.close();
  }
}

/**
 * Finds what is kept of a customer. Reads all of the file.
 *
 * @param id the customer's page-scoped id; on other channels the id of the user or of the conversation
 * @throws StartProblem if it is the id of a Page, or cannot be one of a customer
 */
export function findCustomer(file: Database, id: string): CustomerData {
  // An empty variable of a shell must not mean everybody, and a short number stands in every event.
  if (!/^\S{5,}$/.test(id))
    throw new StartProblemError(`"${id}" cannot be the id of a customer: it is too short, or has blanks in it.`);
  const rows: CustomerData['rows'][number][] = [];
  const named: NamedElsewhere[] = [];
  let running = false;
  for (const table of customerTables) {
    const keys: (string | number)[] = [];
    const times: number[] = [];
    for (const row of eachRow(file, table)) {
      if (isOfPage(row, id)) throw new StartProblemError(`${id} is the id of a Page, which all its customers share.`);
      const whose = table.of(row, id);
      const key = keyOf(table, row);
      if (whose === 'named') named.push({ title: table.title, key });
      if (whose !== 'theirs') continue;
      keys.push(key);
      if (table.at !== undefined) times.push(numberOf(row, table.at));
      // Only events have this column.
      if (Number(row['begun'] ?? 0) > 0) running = true;
    }
    if (keys.length > 0) rows.push({ in: table, keys, ...between(times) });
  }
  return { rows, running, ...findJournal(file, rows, named, id) };
}

/** The journals of the customer's turns, and those of others that name the customer. */
function findJournal(
  file: Database,
  rows: CustomerData['rows'],
  named: readonly NamedElsewhere[],
  id: string,
): Pick<CustomerData, 'journal' | 'named'> {
  const theirs = new Set(rows.filter((one) => withJournal.includes(one.in.table)).flatMap(({ keys }) => keys));
  const alsoNamed = new Set<number>();
  let journal = 0;
  for (const row of eachEntry(file)) {
    const delivery = numberOf(row, 'delivery');
    if (theirs.has(delivery)) journal += 1;
    else if (namesAnywhere(row, id)) alsoNamed.add(delivery);
  }
  return { journal, named: [...named, ...[...alsoNamed].map((key) => ({ title: 'journal', key }))] };
}

/** A journal has the id of its turn's row in one of these. */
const withJournal: readonly string[] = ['deliveries', 'dead_letters'];

/** Everything that {@link findCustomer} found, by the tables' names in JSON, as it is in the store. */
export function readCustomer(file: Database, { rows }: CustomerData): Record<string, Row[]> {
  const read: [string, Row[]][] = rows.map(({ in: { name, table, key }, keys }) => [
    name,
    keys.flatMap((one) => file.all(`SELECT * FROM ${table} WHERE ${key} = ?`, one)),
  ]);
  const turns = rows.filter((one) => withJournal.includes(one.in.table)).flatMap(({ keys }) => keys);
  const journal = turns.flatMap((one) => file.all('SELECT * FROM journal WHERE delivery = ? ORDER BY ordinal', one));
  return Object.fromEntries(journal.length === 0 ? read : [...read, ['journal', journal]]);
}

/** Deletes what was found. What a running turn of the customer would still record, it will not. */
export function deleteCustomer(file: Database, { rows }: CustomerData): void {
  for (const {
    in: { table, key },
    keys,
  } of rows) {
    for (const one of keys) {
      file.run(`DELETE FROM ${table} WHERE ${key} = ?`, one);
      if (withJournal.includes(table)) file.run('DELETE FROM journal WHERE delivery = ?', one);
    }
  }
  // Earlier versions left the journal of a turn that ran while its customer was forgotten.
  const turns = withJournal.map((table) => `SELECT id FROM ${table}`).join(' UNION ');
  file.run(`DELETE FROM journal WHERE delivery NOT IN (${turns})`);
}

function between(times: readonly number[]): { oldest?: number; newest?: number } {
  if (times.length === 0) return {};
  const both = { oldest: Infinity, newest: -Infinity };
  for (const time of times) {
    both.oldest = Math.min(both.oldest, time);
    both.newest = Math.max(both.newest, time);
  }
  return both;
}

/** A few rows in memory at a time. */
function* eachRow(file: Database, table: CustomerTable): Generator<Row> {
  const sql = `SELECT * FROM ${table.table} WHERE ${table.key} > ? ORDER BY ${table.key} LIMIT 200`;
  for (let last: number | string = table.key === 'id' ? 0 : ''; ;) {
    const rows = file.all(sql, last);
    yield* rows;
    const end = rows.at(-1);
    if (end === undefined) return;
    last = keyOf(table, end);
  }
}

function* eachEntry(file: Database): Generator<Row> {
  const sql = 'SELECT * FROM journal WHERE (delivery, ordinal) > (?, ?) ORDER BY delivery, ordinal LIMIT 200';
  for (let last: readonly [number, number] = [0, 0]; ;) {
    const rows = file.all(sql, ...last);
    yield* rows;
    const end = rows.at(-1);
    if (end === undefined) return;
    last = [numberOf(end, 'delivery'), numberOf(end, 'ordinal')];
  }
}
