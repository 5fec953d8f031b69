import { randomUUID } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { StoreUnavailableError } from '../storeErrors.ts';
import { applicationId } from './schema.ts';

export interface StoreHeader {
  /** The version of its tables; 0 if there are none yet. */
  version: number;
  /** The process that works on it, or did until it was killed. Undefined if none does. */
  owner: string | undefined;
}

/**
 * Finds out what kind of file it is, without writing to it. A file without tables and without another program's id was left by a first start that
 * was killed or had no room, so it is ours to fill.
 *
 * @throws StoreUnavailable
 */
export function readHeader(handle: DatabaseSync): StoreHeader {
  const [version, application] = [pragma(handle, 'user_version'), pragma(handle, 'application_id')];
  if (version === 0 && application === 0 && count(handle) === 0) return { version: 0, owner: undefined };
  if (application !== applicationId) throw new StoreUnavailableError('corrupt', 'it belongs to another program');
  return { version, owner: ownerIn(handle) };
}

function ownerIn(handle: DatabaseSync): string | undefined {
  const owner = handle.prepare(readOwner).get()?.['value'];
  return typeof owner === 'string' ? owner : undefined;
}

export const readOwner = `SELECT value FROM meta WHERE name = 'owner'`;
const writeOwner = `INSERT INTO meta VALUES ('owner', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value`;

/** Updates the tables to the newest version and makes this process the owner, both or neither. */
export function takeOver(handle: DatabaseSync, steps: readonly string[], owner: string): void {
  handle.exec('BEGIN IMMEDIATE');
  try {
    const version = pragma(handle, 'user_version');
    for (const step of steps.slice(version)) handle.exec(step);
    if (version < steps.length) {
      handle.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${steps.length}`);
    }
    handle.prepare(`INSERT OR IGNORE INTO meta VALUES ('storeId', ?)`).run(randomUUID());
    handle.prepare(writeOwner).run(owner);
    handle.exec('COMMIT');
  } catch (error) {
    if (handle.isTransaction) handle.exec('ROLLBACK');
    throw error;
  }
  // The file should name its owner even without its write-ahead log. If this fails, the next commit reports why.
  try {
    handle.exec('PRAGMA wal_checkpoint(PASSIVE)');
  } catch {
    return;
  }
}

function pragma(handle: DatabaseSync, name: string): number {
  return Number(handle.prepare(`PRAGMA ${name}`).get()?.[name]);
}

function count(handle: DatabaseSync): number {
  return Number(handle.prepare('SELECT count(*) AS n FROM sqlite_schema').get()?.['n']);
}
