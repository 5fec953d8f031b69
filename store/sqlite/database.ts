import { randomUUID } from 'node:crypto';
import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type SQLInputValue, type SQLOutputValue, type StatementSync } from 'node:sqlite';
import { StoreUnavailable } from '../storeErrors.ts';
import { applicationId, migrations } from './schema.ts';
import { storeErrorFrom } from './sqliteErrors.ts';

export type Row = Readonly<Record<string, SQLOutputValue>>;

/** Opens a handle; a test may give one that it can break. */
export type OpenHandle = (path: string) => DatabaseSync;

/** How long a commit lasts: `machine` survives a loss of power, `process` the end of the process alone. */
export type Durability = 'machine' | 'process';

/** One open file: statements that are kept, and transactions. */
export interface Database {
  run(sql: string, ...values: SQLInputValue[]): { changes: number; lastId: number };
  get(sql: string, ...values: SQLInputValue[]): Row | undefined;
  all(sql: string, ...values: SQLInputValue[]): Row[];
  /** Commits what the work did, or nothing of it. */
  transaction<T>(durability: Durability, work: () => T): T;
  /** How many rows were changed since it was opened. */
  readonly changedRows: number;
  /** Tells this file from another one that took its place. */
  readonly storeId: string;
  close(): void;
}

export interface OpenDatabaseOptions {
  openHandle?: OpenHandle | undefined;
  /** `existing` refuses a file that is not there or has another version: for tools beside a running bot. */
  as?: 'owner' | 'existing';
  /** The steps from one version of the tables to the next. Default: all that there are. */
  steps?: readonly string[];
}

/** @throws StoreUnavailable */
export function openDatabase(path: string, options: OpenDatabaseOptions = {}): Database {
  const { openHandle = (place: string) => new DatabaseSync(place, { timeout: 0 }), as = 'owner' } = options;
  const { steps = migrations } = options;
  let handle: DatabaseSync | undefined;
  try {
    if (path !== ':memory:') prepareFile(path, as);
    handle = openHandle(path);
    // Before anything is written: a damaged file or one of another program must not be changed.
    checkHeader(handle, as, steps.length);
    handle.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 1000');
    if (as === 'owner') migrate(handle, steps);
    return wrap(handle);
  } catch (error) {
    if (handle?.isOpen === true) handle.close();
    throw storeErrorFrom(systemErrorFrom(error));
  }
}

/** The folder of a store that is about to be opened. @throws StoreUnavailable */
export function prepareFolder(path: string): string {
  const folder = dirname(path);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw systemErrorFrom(error);
  }
  return folder;
}

/** Only the owner of the file may read what customers wrote. */
function prepareFile(path: string, as: 'owner' | 'existing'): void {
  closeSync(openSync(path, as === 'owner' ? 'a' : 'r+', 0o600));
  if (as === 'owner') chmodSync(path, 0o600);
}

function systemErrorFrom(error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error;
  const { code } = error;
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return new StoreUnavailable('readOnly', code);
  if (code === 'ENOSPC' || code === 'EDQUOT') return new StoreUnavailable('full', code);
  if (!('syscall' in error)) return error;
  const inWords = wordsOfCodes.get(String(code));
  return new StoreUnavailable('failed', `${inWords === undefined ? '' : `${inWords}, `}${String(code)}`);
}

const wordsOfCodes: ReadonlyMap<string, string> = new Map([
  ['EISDIR', 'it is a folder'],
  ['ENOTDIR', 'its folder is a file'],
  ['EEXIST', 'its folder is a file'],
  ['ENOENT', 'there is no such file'],
]);

function checkHeader(handle: DatabaseSync, as: 'owner' | 'existing', newest: number): void {
  const version = pragma(handle, 'user_version');
  const application = pragma(handle, 'application_id');
  const isEmpty = pragma(handle, 'page_count') === 0;
  if (isEmpty && as === 'owner') return;
  if (application !== applicationId) throw new StoreUnavailable('corrupt', 'it belongs to another program');
  if (version > newest) throw new StoreUnavailable('failed', 'a newer version of this program wrote it');
  if (as === 'existing' && version !== newest) {
    throw new StoreUnavailable('failed', 'it has an older form: start the bot once, which changes it');
  }
}

function migrate(handle: DatabaseSync, steps: readonly string[]): void {
  const version = pragma(handle, 'user_version');
  if (version === steps.length) return;
  handle.exec('BEGIN IMMEDIATE');
  try {
    for (const step of steps.slice(version)) handle.exec(step);
    handle.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${steps.length}`);
    handle.prepare(`INSERT OR IGNORE INTO meta VALUES ('storeId', ?)`).run(randomUUID());
    handle.exec('COMMIT');
  } catch (error) {
    if (handle.isTransaction) handle.exec('ROLLBACK');
    throw error;
  }
}

function pragma(handle: DatabaseSync, name: string): number {
  return Number(handle.prepare(`PRAGMA ${name}`).get()?.[name]);
}

function wrap(handle: DatabaseSync): Database {
  const statements = new Map<string, StatementSync>();
  let durability: Durability = 'machine';
  let changedRows = 0;

  function statement(sql: string): StatementSync {
    const known = statements.get(sql);
    if (known !== undefined) return known;
    const prepared = handle.prepare(sql);
    statements.set(sql, prepared);
    return prepared;
  }

  function makeDurable(wanted: Durability): void {
    if (wanted === durability) return;
    // NORMAL leaves the write-ahead log to the system's cache; the next FULL commit brings it to the disk with its own.
    handle.exec(`PRAGMA synchronous = ${wanted === 'machine' ? 'FULL' : 'NORMAL'}`);
    durability = wanted;
  }

  return {
    run: (sql, ...values) => {
      const { changes, lastInsertRowid } = statement(sql).run(...values);
      changedRows += Number(changes);
      return { changes: Number(changes), lastId: Number(lastInsertRowid) };
    },
    get: (sql, ...values) => statement(sql).get(...values),
    all: (sql, ...values) => statement(sql).all(...values),
    transaction: (wanted, work) => {
      makeDurable(wanted);
      statement('BEGIN IMMEDIATE').run();
      try {
        const result = work();
        statement('COMMIT').run();
        return result;
      } catch (error) {
        // Some failures have ended the transaction already.
        if (handle.isTransaction) handle.exec('ROLLBACK');
        throw error;
      }
    },
    get changedRows() {
      return changedRows;
    },
    storeId: String(handle.prepare(`SELECT value FROM meta WHERE name = 'storeId'`).get()?.['value']),
    close: () => {
      statements.clear();
      if (handle.isOpen) handle.close();
    },
  };
}
