import { linkSync, rmSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { StartProblemError } from '../../../helpers/startProblem.ts';
import { StoreUnavailableError } from '../../storeErrors.ts';
import { copyWhole, syncFile } from '../copyWhole.ts';
import { refuseForeignLog } from '../foreignLog.ts';
import { copiedAt } from '../restoredCopy.ts';
import { storeErrorFrom } from '../sqliteErrors.ts';
import { readHeader } from '../storeHeader.ts';
import { systemErrorFrom } from '../storePlace.ts';
import { inFile, integrityProblems } from './inFile.ts';

export interface CopyReport {
  bytes: number;
  /** Events whose turn had not ended. */
  open: number;
}

/**
 * Writes a copy of a store as it is at this moment, also while a bot works on it: readers and writers go on. It has no write-ahead log, only its
 * owner may read it, it is looked through before it gets its name, and it says that it is a copy: a bot that is started with it answers
 * nobody again.
 *
 * @throws StartProblem when there is no store, or something at the place of the copy
 * @throws StoreUnavailable when the store is damaged or the copy cannot be written
 */
export function copyStore(from: string, to: string, now: number): CopyReport {
  const partial = `${resolve(to)}.partial`;
  try {
    refuseTaken(to);
    inFile(from, 'read', (file) => {
      refuseForeignLog(from);
      if (readHeader(file).version === 0) throw new StartProblemError(`${from} is empty.`);
      copyWhole(file, partial);
    });
    const open = inFile(partial, 'write', (copy) => sign(copy, now));
    syncFile(partial);
    // A name that somebody has taken meanwhile is not taken away from them.
    linkSync(partial, to);
    return { open, bytes: statSync(to).size };
  } catch (error) {
    throw storeErrorFrom(systemErrorFrom(error));
  } finally {
    for (const rest of ['', '-journal']) rmSync(`${partial}${rest}`, { force: true });
  }
}

/** Looks the copy through and says in it what it is. Gives the number of open events. */
function sign(copy: DatabaseSync, now: number): number {
  const problems = integrityProblems(copy);
  if (problems.length > 0) throw new StoreUnavailableError('corrupt', problems.join('; '));
  copy.prepare(`INSERT OR IGNORE INTO meta VALUES ('${copiedAt}', ?)`).run(String(now));
  copy.exec(`DELETE FROM meta WHERE name = 'owner'`);
  return Number(copy.prepare('SELECT count(*) AS many FROM deliveries').get()?.['many']);
}

/** What is named after a file belongs to it, and would be taken for a part of another one that comes there. */
function refuseTaken(path: string): void {
  const names = ['', '-wal', '-shm', '-journal'].map((rest) => `${path}${rest}`);
  const taken = names.find((name) => statSync(name, { throwIfNoEntry: false }) !== undefined);
  if (taken === undefined) return;
  throw new StartProblemError(
    `${taken} is there already. Move it away, with what is named after it, or choose another place.`,
  );
}
