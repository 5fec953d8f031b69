import { chmodSync, closeSync, mkdirSync, openSync, realpathSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { StoreUnavailableError } from '../storeErrors.ts';

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

/**
 * The one name of a store's file, whichever links and spellings lead to it; the file is made when there is none. What SQLite
 * keeps beside the file is named after it, and so is the owner's lock.
 *
 * @throws StoreUnavailable
 */
export function realPathOf(path: string): string {
  try {
    // Opening and closing a file that this process has open already would end its locks.
    if (statSync(path, { throwIfNoEntry: false }) === undefined) closeSync(openSync(path, 'a', 0o600));
    return realpathSync.native(path);
  } catch (error) {
    throw systemErrorFrom(error);
  }
}

/** Looks at a file before SQLite opens it. Only its owner may read what customers wrote. @throws StoreUnavailable */
export function prepareFile(path: string, as: 'owner' | 'existing'): void {
  closeSync(openSync(path, as === 'owner' ? 'a' : 'r+', 0o600));
  if (as === 'owner') chmodSync(path, 0o600);
  // The write-ahead log is named after the file: through another name the file would be seen without it.
  // Source: https://www.sqlite.org/howtocorrupt.html#_multiple_links_to_the_same_file
  if (statSync(path).nlink > 1) {
    throw new StoreUnavailableError('failed', 'the file has a second name, a hard link, which has to be removed');
  }
}

export function systemErrorFrom(error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error;
  const { code } = error;
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return new StoreUnavailableError('readOnly', code);
  if (code === 'ENOSPC' || code === 'EDQUOT') return new StoreUnavailableError('full', code);
  if (!('syscall' in error)) return error;
  const inWords = wordsOfCodes.get(String(code));
  return new StoreUnavailableError('failed', `${inWords === undefined ? '' : `${inWords}, `}${String(code)}`);
}

const wordsOfCodes: ReadonlyMap<string, string> = new Map([
  ['EISDIR', 'it is a folder'],
  ['ENOTDIR', 'its folder is a file'],
  ['EEXIST', 'its folder is a file'],
  ['ENOENT', 'there is no such file'],
]);
