import { readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { openDatabase, type Database, type Row } from '../database.ts';
import { mentions } from '../../eventFilter.ts';
import { inboxEventOf, numberOf, textOf } from '../rowReaders.ts';
import { StoreUnavailableError } from '../../storeErrors.ts';
import { storeErrorFrom } from '../sqliteErrors.ts';

export interface Forgotten {
  events: number;
  timers: number;
  deadLetters: number;
  quarantined: number;
  /** Echoes and sent messages. */
  notes: number;
  states: number;
  /** Keys of the bot's state that do not name the customer but whose values do. They are left alone, since others may share them. */
  namedElsewhere: string[];
  /** Copies of the store beside it, which are not changed. */
  copies: string[];
}

/**
 * Deletes and overwrites what a store knows about one customer, even while a bot works on it. A hash of each event's key stays, from which nothing
 * can be read.
 *
 * A quarantined body that names several customers is deleted as a whole.
 *
 * @param psid the customer's page-scoped id
 * @param path of the store's file
 * @throws StoreUnavailable
 */
export function forgetCustomer(path: string, psid: string): Forgotten {
  const file = openDatabase(path, { as: 'existing' });
  try {
    file.run('PRAGMA busy_timeout = 5000');
    const forgotten = file.transaction('machine', () => forget(file, psid));
    const [checkpoint] = file.all('PRAGMA wal_checkpoint(TRUNCATE)');
    if (checkpoint?.['busy'] === 1)
      throw new StoreUnavailableError('busy', 'deleted content stays in its log until then');
    return { ...forgotten, copies: copiesBeside(path) };
  } catch (error) {
    throw storeErrorFrom(error);
  } finally {
    file.close();
  }
}

function copiesBeside(path: string): string[] {
  const [folder, start] = [dirname(path), `${basename(path)}-`];
  return readdirSync(folder)
    .filter((name) => name.startsWith(start) && !/^(wal|shm|journal|lock.*)$/.test(name.slice(start.length)))
    .map((name) => join(folder, name));
}

function forget(file: Database, psid: string): Omit<Forgotten, 'copies'> {
  const isNamed = (name: string) => name.split(/[^A-Za-z0-9_]/).includes(psid);
  const isAbout = (row: Row) => mentions(inboxEventOf(row), psid) || isNamed(textOf(row, 'conversation'));
  const deleteFrom = (table: string, column: string, isMeant: (row: Row) => boolean): (number | string)[] => {
    const keys = eachRow(file, table, column, isMeant);
    for (const key of keys) file.run(`DELETE FROM ${table} WHERE ${column} = ?`, key);
    return keys;
  };
  const inConversation = (row: Row) => isNamed(textOf(row, 'conversation'));
  const events = deleteFrom('deliveries', 'id', isAbout);
  const deadLetters = deleteFrom('dead_letters', 'id', isAbout);
  for (const id of [...events, ...deadLetters]) file.run('DELETE FROM journal WHERE delivery = ?', id);
  const notes = [
    deleteFrom('echoes', 'id', inConversation),
    deleteFrom('sent', 'id', inConversation),
    deleteFrom('conversations', 'conversation', inConversation),
  ];
  return {
    events: events.length,
    timers: deleteFrom('timers', 'id', (row) => isAbout({ ...row, kind: 'timer' })).length,
    deadLetters: deadLetters.length,
    quarantined: deleteFrom('quarantine', 'id', isAbout).length,
    notes: notes.reduce((sum, keys) => sum + keys.length, 0),
    states: deleteFrom('state', 'key', (row) => isNamed(textOf(row, 'key'))).length,
    namedElsewhere: eachRow(file, 'state', 'key', (row) => textOf(row, 'value').includes(JSON.stringify(psid))).map(
      String,
    ),
  };
}

/** The keys of the matching rows, with a few rows in memory at a time. */
function eachRow(file: Database, table: string, column: string, isMeant: (row: Row) => boolean): (number | string)[] {
  const found: (number | string)[] = [];
  const sql = `SELECT * FROM ${table} WHERE ${column} > ? ORDER BY ${column} LIMIT 200`;
  for (let last: number | string = column === 'id' ? 0 : ''; ;) {
    const rows = file.all(sql, last);
    const keyOf = (row: Row) => (column === 'id' ? numberOf(row, column) : textOf(row, column));
    for (const row of rows) if (isMeant(row)) found.push(keyOf(row));
    const end = rows.at(-1);
    if (end === undefined) return found;
    last = keyOf(end);
  }
}
