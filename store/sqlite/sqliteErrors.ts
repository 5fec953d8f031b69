import { StoreUnavailableError, type StoreUnavailableReason } from '../storeErrors.ts';

/** Source: https://www.sqlite.org/rescode.html */
const reasons: ReadonlyMap<number, StoreUnavailableReason> = new Map([
  [5, 'busy'],
  [6, 'busy'],
  [8, 'readOnly'],
  [11, 'corrupt'],
  [13, 'full'],
  [14, 'readOnly'],
  [26, 'corrupt'],
]);

/** SQLITE_IOERR_SHMSIZE: the file of shared memory beside the store could not grow. */
const sharedMemorySize = 4874;

/** Turns an error of SQLite into the reason why nothing was committed. Other errors are returned as they are. */
export function storeErrorFrom(error: unknown): unknown {
  if (error instanceof Error && 'code' in error && error.code === 'ERR_INVALID_STATE') {
    return new StoreUnavailableError('closed');
  }
  if (!isSqliteError(error)) return error;
  const reason = error.errcode === sharedMemorySize ? 'full' : (reasons.get(error.errcode & 0xff) ?? 'failed');
  return new StoreUnavailableError(reason, `SQLite ${error.errcode}: ${error.message}`);
}

export function isBusy(error: unknown): boolean {
  return isSqliteError(error) && reasons.get(error.errcode & 0xff) === 'busy';
}

/** The file was not written by SQLite. */
export function isNoDatabase(error: unknown): boolean {
  return isSqliteError(error) && (error.errcode & 0xff) === 26;
}

function isSqliteError(error: unknown): error is Error & { errcode: number } {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number';
}
