import { StoreUnavailable, type StoreUnavailableReason } from '../storeErrors.ts';

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

/** An error of SQLite as the reason why nothing was committed; errors of our own stay what they are. */
export function storeErrorFrom(error: unknown): unknown {
  if (error instanceof Error && 'code' in error && error.code === 'ERR_INVALID_STATE') {
    return new StoreUnavailable('closed');
  }
  if (!isSqliteError(error)) return error;
  const reason = reasons.get(error.errcode & 0xff) ?? 'failed';
  return new StoreUnavailable(reason, `SQLite ${error.errcode}: ${error.message}`);
}

export function isBusy(error: unknown): boolean {
  return isSqliteError(error) && reasons.get(error.errcode & 0xff) === 'busy';
}

function isSqliteError(error: unknown): error is Error & { errcode: number } {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number';
}
