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
 * Copies a store as it is at this moment, even while a bot works on it. The copy has no write-ahead log, only its user may read it, and it is
 * checked before it gets its name. It is marked as a copy, so that a bot started with it answers nobody twice.
 *
 * @throws StartProblem if there is no store, or there is something at the place of the copy
 * @throws StoreUnavailable if the store is damaged or the copy cannot be written
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
    // Unlike renaming, linking does not overwrite a file that somebody has put there meanwhile.
    linkSync(partial, to);
    return { open, bytes: statSync(to).size };
  } catch (error) {
    throw storeErrorFrom(systemErrorFrom(error));
  } finally {
    for (const rest of ['', '-journal']) rmSync(`${partial}${rest}`, { force: true });
  }
}

/** Checks the copy and marks it as one. Returns the number of open events. */
function sign(copy: DatabaseSync, now: number): number {
  const problems = integrityProblems(copy);
  if (problems.length > 0) throw new StoreUnavailableError('corrupt', problems.join('; '));
  copy.prepare(`INSERT OR IGNORE INTO meta VALUES ('${copiedAt}', ?)`).run(String(now));
  copy.exec(`DELETE FROM meta WHERE name = 'owner'`);
  return Number(copy.prepare('SELECT count(*) AS many FROM deliveries').get()?.['many']);
}

/** SQLite would use files named after an earlier file, such as its log, for the new one. */
function refuseTaken(path: string): void {
  const names = ['', '-wal', '-shm', '-journal'].map((rest) => `${path}${rest}`);
  const taken = names.find((name) => statSync(name, { throwIfNoEntry: false }) !== undefined);
  if (taken === undefined) return;
  throw new StartProblemError(
    `${taken} exists already. Move it away, with the files named after it, or choose another place.`,
  );
}
