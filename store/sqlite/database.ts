import { randomUUID } from 'node:crypto';
import { DatabaseSync, type SQLInputValue, type SQLOutputValue, type StatementSync } from 'node:sqlite';
import type { Logger } from '../../helpers/logging/logger.ts';
import { StoreUnavailableError } from '../storeErrors.ts';
import { copyWhole } from './copyWhole.ts';
import { type FilesWatch, identityOf, isSameFile, rememberFiles } from './fileIdentity.ts';
import { refuseForeignLog } from './foreignLog.ts';
import { migrations } from './schema.ts';
import { storeErrorFrom } from './sqliteErrors.ts';
import { readHeader, readOwner, takeOver } from './storeHeader.ts';
import { prepareFile, systemErrorFrom } from './storePlace.ts';
import { copyVersion, removeOldCopies, versionCopies } from './versionCopies.ts';

export type Row = Readonly<Record<string, SQLOutputValue>>;

/** Opens a handle; tests pass one that they can break. */
export type OpenHandle = (path: string) => DatabaseSync;

/** What a commit survives: `machine` a loss of power, `process` only the end of the process. */
export type Durability = 'machine' | 'process';

/** One open file: cached statements and transactions. */
export interface Database {
  run(sql: string, ...values: SQLInputValue[]): { changes: number; lastId: number };
  get(sql: string, ...values: SQLInputValue[]): Row | undefined;
  all(sql: string, ...values: SQLInputValue[]): Row[];
  /**
   * Commits all of the work or none of it.
   *
   * @throws StoreUnavailable `notOwner` if another process has taken over the file, before anything is changed; `detached` if the path no longer
   *   leads to the file, even if that happened during the commit
   */
  transaction<T>(durability: Durability, work: () => T): T;
  /** How many rows were changed since the file was opened. */
  readonly changedRows: number;
  /** @throws StoreUnavailable `detached` if the path no longer leads to the open file */
  assertInPlace(): void;
  /** Copies everything to a new file, even if this one was deleted. */
  copyTo(target: string): void;
  /** Identifies the file when it is opened again. */
  readonly opened: OpenedFile;
  /** Gives up the ownership and closes. */
  release(): void;
  /** Closes and stays the owner. */
  close(): void;
}

/** A file that was opened by its owner. */
export interface OpenedFile {
  ino: bigint | undefined;
  /** This owner's id, which is written into the file. */
  owner: string | undefined;
}

export interface OpenDatabaseOptions {
  openHandle?: OpenHandle | undefined;
  /** `existing`: for tools beside a running bot; refuses a file that is missing or has another version. */
  as?: 'owner' | 'existing';
  /** For an owner that lost its handle: only this same file will do. */
  again?: OpenedFile | undefined;
  /** The path as it is in the settings, if it leads to the file through links. */
  spelled?: string | undefined;
  /** The migrations from one version of the tables to the next. Default: all. */
  steps?: readonly string[];
  logger?: Logger | undefined;
}

/** @throws StoreUnavailable */
export function openDatabase(path: string, options: OpenDatabaseOptions = {}): Database {
  const { openHandle = (place: string) => new DatabaseSync(place, { timeout: 0 }), as = 'owner' } = options;
  const { steps = migrations, again, spelled = path } = options;
  let handle: DatabaseSync | undefined;
  try {
    if (again !== undefined && identityOf(path)?.ino !== again.ino) {
      throw new StoreUnavailableError('detached', `${path} is not the file that was open`);
    }
    const log = identityOf(`${path}-wal`);
    if (again === undefined) refuseForeignLog(path);
    prepareFile(path, again === undefined ? as : 'existing');
    const file = identityOf(path);
    handle = openHandle(path);
    const header = readHeader(handle);
    if (again !== undefined && header.version === 0) throw new StoreUnavailableError('detached', `${path} was emptied`);
    const isFirst = again === undefined && as === 'owner';
    checkVersion(path, header.version, steps.length, isFirst ? 'owner' : 'existing');
    if (again !== undefined && header.owner !== again.owner) throw new StoreUnavailableError('notOwner');
    // A new file can be shrunk a few pages at a time; one that has tables already would have to be rewritten, see `compactStore`.
    if (header.version === 0) handle.exec('PRAGMA auto_vacuum = INCREMENTAL');
    handle.exec(pragmas);
    const owner = again?.owner ?? (as === 'owner' ? randomUUID() : undefined);
    if (isFirst && owner !== undefined) {
      keepVersion(handle, path, header.version, options);
      takeOver(handle, steps, owner);
      if (log === undefined && header.owner !== undefined) options.logger?.error({}, logIsMissing);
    }
    if (!isSameFile(file, identityOf(path))) {
      throw new StoreUnavailableError('detached', `${path} was replaced while it was opened`);
    }
    return wrap(handle, { ino: file?.ino, owner, files: rememberFiles(path, spelled) });
  } catch (error) {
    if (handle?.isOpen === true) handle.close();
    throw storeErrorFrom(systemErrorFrom(error));
  }
}

/** The size that SQLite cuts the write-ahead log to when it starts it over. */
export const walLimitBytes = 16 * 1024 * 1024;

/**
 * Deleted content is overwritten, since customers wrote it. That costs nothing measurable.
 *
 * Source: https://www.sqlite.org/pragma.html
 */
const pragmas = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA wal_autocheckpoint = 1000;
  PRAGMA journal_size_limit = ${walLimitBytes};
  PRAGMA secure_delete = ON;
`;

const logIsMissing =
  'the last process did not close the store, and its write-ahead log is missing: if somebody removed the log, or put a copy in ' +
  'place of the file, the events accepted last are gone';

/** The way back from a change of the tables. */
function keepVersion(handle: DatabaseSync, path: string, version: number, options: OpenDatabaseOptions): void {
  const { steps = migrations, logger } = options;
  if (version > 0 && version < steps.length) {
    const copy = copyVersion(handle, path, version);
    logger?.info(
      { copy: copy.path, from: version, to: steps.length },
      'the store was copied before its tables are changed',
    );
  }
  removeOldCopies(path);
}

function checkVersion(path: string, version: number, newest: number, as: 'owner' | 'existing'): void {
  if (version > newest) {
    const copy = versionCopies(path).find((one) => one.version <= newest);
    const way =
      copy && `; ${copy.path} is a copy of it with version ${copy.version}, made ${new Date(copy.at).toISOString()}`;
    throw new StoreUnavailableError(
      'newer',
      `its tables have version ${version}, this program knows ${newest}${way ?? ', and there is no older copy'}`,
    );
  }
  if (as === 'owner' || version === newest) return;
  throw new StoreUnavailableError('failed', 'its tables have an older version: start the bot once, which updates them');
}

interface Opened {
  ino: bigint | undefined;
  /** Undefined for a tool beside the owner. */
  owner: string | undefined;
  files: FilesWatch;
}

function wrap(handle: DatabaseSync, { ino, owner, files }: Opened): Database {
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
    // NORMAL leaves the write-ahead log in the system's cache; the next FULL commit flushes it too.
    handle.exec(`PRAGMA synchronous = ${wanted === 'machine' ? 'FULL' : 'NORMAL'}`);
    durability = wanted;
  }

  function transact<T>(work: () => T): T {
    statement('BEGIN IMMEDIATE').run();
    try {
      if (owner !== undefined && statement(readOwner).get()?.['value'] !== owner)
        throw new StoreUnavailableError('notOwner');
      const result = work();
      statement('COMMIT').run();
      return result;
    } catch (error) {
      // Some failures have ended the transaction already.
      if (handle.isTransaction) handle.exec('ROLLBACK');
      throw error;
    }
  }

  function close(): void {
    statements.clear();
    if (!handle.isOpen) return;
    files.close();
    handle.close();
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
      const result = transact(work);
      // What is reported as committed must be found under the path.
      files.assertInPlace();
      return result;
    },
    assertInPlace: () => files.assertInPlace(),
    get changedRows() {
      return changedRows;
    },
    copyTo: (target) => copyWhole(handle, target),
    opened: { ino, owner },
    release: () => {
      try {
        transact(() => statement(`DELETE FROM meta WHERE name = 'owner'`).run());
      } finally {
        close();
      }
    },
    close,
  };
}
