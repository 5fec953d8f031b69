import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { StoreUnavailableError } from '../storeErrors.ts';

/**
 * SQLite applies any log that lies beside a file, even another file's. A copy made by a backup says in its header that it has no log, so a log
 * beside it belongs to another file.
 *
 * Source: https://www.sqlite.org/howtocorrupt.html and https://www.sqlite.org/fileformat2.html#file_format_version_numbers
 *
 * @throws StoreUnavailable `foreignLog`
 */
export function refuseForeignLog(path: string): void {
  const log = `${path}-wal`;
  if ((statSync(log, { throwIfNoEntry: false })?.size ?? 0) === 0) return;
  if (statSync(path, { throwIfNoEntry: false }) === undefined) return;
  const file = openSync(path, 'r');
  try {
    const header = Buffer.alloc(20);
    const hasNoLog = readSync(file, header, 0, 20, 0) === 20 && header[18] === 1 && header[19] === 1;
    if (hasNoLog) throw new StoreUnavailableError('foreignLog', `${log} was left by an earlier file of that name`);
  } finally {
    closeSync(file);
  }
}
