import type { StateChange, StateTable, StateValue } from '../store.ts';
import { StateConflictError } from '../storeErrors.ts';
import type { CommitQueue } from './commitQueue.ts';
import type { Read } from './connection.ts';
import type { Database, Row } from './database.ts';
import { numberOf, textOf } from './rowReaders.ts';

/** @throws StateConflict before anything is changed */
export function writeState(database: Database, changes: readonly StateChange[]): void {
  for (const { key, expected } of changes) {
    if (expected !== undefined && readState(database, key)?.eTag !== expected) throw new StateConflictError(key);
  }
  for (const { key, value, expiresAt } of changes) {
    if (value === undefined) database.run('DELETE FROM state WHERE key = ?', key);
    else {
      // Versions count on even if a key is deleted and comes back, so that an old eTag never matches.
      const sql = `INSERT INTO state (key, value, version, expires_at) VALUES (?, ?, ?, ?)
        ON CONFLICT (key) DO UPDATE SET value = excluded.value, version = excluded.version, expires_at = excluded.expires_at`;
      database.run(sql, key, value, nextVersion(database), expiresAt ?? null);
    }
  }
}

function nextVersion(database: Database): number {
  const sql = `INSERT INTO meta VALUES ('stateVersion', '1')
    ON CONFLICT (name) DO UPDATE SET value = CAST(CAST(value AS INTEGER) + 1 AS TEXT) RETURNING value`;
  const row = database.get(sql);
  return row === undefined ? 1 : Number(textOf(row, 'value'));
}

export function readState(database: Database, key: string): StateValue | undefined {
  const row = database.get(`${selectState} = ?`, key);
  return row === undefined ? undefined : stateValueOf(row);
}

const selectState = 'SELECT key, value, version, expires_at FROM state WHERE key';

function stateValueOf(row: Row): StateValue {
  const found = { value: textOf(row, 'value'), eTag: String(numberOf(row, 'version')) };
  return row['expires_at'] === null ? found : { ...found, expiresAt: numberOf(row, 'expires_at') };
}

const keysAtOnce = 8;

export function createStateTable(queue: CommitQueue, read: Read): StateTable {
  return {
    read: (keys) =>
      read((open) => {
        const found = new Map<string, StateValue>();
        // Each statement is a look at the file of its own, which costs more than the rows.
        for (let from = 0; from < keys.length; from += keysAtOnce) {
          const some = keys.slice(from, from + keysAtOnce);
          const rows = open.all(`${selectState} IN (${some.map(() => '?').join(', ')})`, ...some);
          for (const row of rows) found.set(textOf(row, 'key'), stateValueOf(row));
        }
        return found;
      }),
    write: (changes) => queue.add({ durability: 'machine', work: (open) => writeState(open, changes) }),
    expireAt: (keys, at) =>
      queue.add({
        durability: 'process',
        work: (open) => {
          for (const key of keys) open.run('UPDATE state SET expires_at = ? WHERE key = ?', at, key);
        },
      }),
  };
}
