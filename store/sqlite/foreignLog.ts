import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { StoreUnavailableError } from '../storeErrors.ts';

/**
 * SQLite would write a log that is beside a file into it, whosesoever it is. A copy that was made by a backup says in its header that it
 * has none; the log beside it was left by another file.
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
    if (hasNoLog) throw new StoreUnavailableError('foreignLog', `${log} was left by the file that stood there before`);
  } finally {
    closeSync(file);
  }
}
