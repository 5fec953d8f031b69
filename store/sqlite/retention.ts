import type { Database } from './database.ts';
import { numberOf } from './rowReaders.ts';

/** What is too old: anything from before these times, in milliseconds since 1970. */
export interface Limits {
  keysBefore: number;
  notesBefore: number;
  conversationsBefore: number;
  /** For quarantined events, and dead letters that nobody replayed. */
  lettersBefore: number;
  /** For values of the state that expire: the present time. */
  expiredBefore: number;
}

/** The most that is kept for people, of dead letters and of quarantined events each. */
export interface Bounds {
  many: number;
  bytes: number;
}

interface Memory {
  table: string;
  key: string;
  /** When a row was added, in milliseconds since 1970. */
  column: string;
  limit: keyof Limits;
  /** Which rows. Default: all. */
  only?: string;
}

const memories: readonly Memory[] = [
  { table: 'keys', key: 'hash', column: 'at', limit: 'keysBefore' },
  { table: 'echoes', key: 'id', column: 'noted_at', limit: 'notesBefore' },
  { table: 'handovers', key: 'id', column: 'noted_at', limit: 'notesBefore' },
  { table: 'sent', key: 'id', column: 'begun_at', limit: 'notesBefore' },
  // Of earlier versions.
  { table: 'sent', key: 'id', column: 'at', limit: 'notesBefore', only: 'begun_at IS NULL' },
  { table: 'conversations', key: 'conversation', column: 'noted_at', limit: 'conversationsBefore' },
  { table: 'state', key: 'key', column: 'expires_at', limit: 'expiredBefore' },
];

/** Deletes keys and notes that are too old, up to `atMost` of each kind. Returns whether there may be more. */
export function forgetOld(database: Database, limits: Limits, atMost: number): boolean {
  let more = false;
  for (const memory of memories) {
    const { table, key, limit } = memory;
    const old = `SELECT ${key} FROM ${oldRowsOf(memory)} LIMIT ?`;
    const { changes } = database.run(`DELETE FROM ${table} WHERE ${key} IN (${old})`, limits[limit], atMost);
    if (changes === atMost) more = true;
  }
  return more;
}

function oldRowsOf({ table, column, only }: Memory): string {
  return `${table} WHERE ${only === undefined ? '' : `${only} AND `}${column} < ?`;
}

/** How many keys and notes should have been deleted by now, counting up to `atMost` of each kind. */
export function countOverdue(database: Database, limits: Limits, atMost: number): number {
  let overdue = 0;
  for (const memory of memories) {
    const sql = `SELECT count(*) AS many FROM (SELECT 1 FROM ${oldRowsOf(memory)} LIMIT ?)`;
    overdue += numberOf(database.get(sql, limits[memory.limit], atMost) ?? {}, 'many');
  }
  return overdue;
}

/** The ids of what should no longer be kept for people. */
export interface Excess {
  replayed: readonly number[];
  deadLetters: readonly number[];
  quarantined: readonly number[];
}

/** Finds what was kept for people for too long or exceeds the bounds: the oldest first, up to `atMost` of each kind. */
export function findExcess(database: Database, limits: Limits, bounds: Bounds, atMost: number): Excess {
  const idsOf = (sql: string, ...values: number[]) => database.all(sql, ...values).map((row) => numberOf(row, 'id'));
  const replayed = 'SELECT id FROM dead_letters WHERE replayed_at < ? LIMIT ?';
  const oldLetters = 'SELECT id FROM dead_letters WHERE died_at < ? AND replayed_at IS NULL LIMIT ?';
  const oldEvents = 'SELECT id FROM quarantine WHERE accepted_at < ? LIMIT ?';
  const both = (ids: number[], more: number[]) => [...new Set([...ids, ...more])];
  return {
    replayed: idsOf(replayed, limits.keysBefore, atMost),
    deadLetters: both(idsOf(oldLetters, limits.lettersBefore, atMost), beyond(database, openLetters, bounds, atMost)),
    quarantined: both(idsOf(oldEvents, limits.lettersBefore, atMost), beyond(database, quarantine, bounds, atMost)),
  };
}

export function forgetExcess(database: Database, { replayed, deadLetters, quarantined }: Excess): void {
  for (const id of [...replayed, ...deadLetters]) {
    database.run('DELETE FROM journal WHERE delivery = ?', id);
    database.run('DELETE FROM dead_letters WHERE id = ?', id);
  }
  for (const id of quarantined) database.run('DELETE FROM quarantine WHERE id = ?', id);
}

interface Bounded {
  kind: 'deadLetters' | 'quarantine';
  oldest: string;
}

const openLetters: Bounded = {
  kind: 'deadLetters',
  oldest: `SELECT id, octet_length(turn) AS bytes FROM dead_letters
    WHERE replayed_at IS NULL AND id > 0 ORDER BY id LIMIT ?`,
};
const quarantine: Bounded = {
  kind: 'quarantine',
  oldest: 'SELECT id, octet_length(turn) AS bytes FROM quarantine WHERE id > 0 ORDER BY id LIMIT ?',
};

function beyond(database: Database, { kind, oldest }: Bounded, bounds: Bounds, atMost: number): number[] {
  const totals = totalsOf(database, kind);
  let [many, bytes] = [totals.many - bounds.many, totals.bytes - bounds.bytes];
  const ids: number[] = [];
  if (many <= 0 && bytes <= 0) return ids;
  for (const row of database.all(oldest, atMost)) {
    if (many <= 0 && bytes <= 0) break;
    ids.push(numberOf(row, 'id'));
    many -= 1;
    bytes -= numberOf(row, 'bytes');
  }
  return ids;
}

/** How many there are and how large they are. Dead letters that were replayed do not count. */
export function totalsOf(database: Database, kind: Bounded['kind']): Bounds {
  const sql = 'SELECT coalesce(sum(many), 0) AS many, coalesce(sum(bytes), 0) AS bytes FROM kept WHERE what = ?';
  const row = database.get(sql, kind) ?? {};
  return { many: numberOf(row, 'many'), bytes: numberOf(row, 'bytes') };
}
