import { chmodSync, closeSync, mkdirSync, openSync, realpathSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { StoreUnavailableError } from '../storeErrors.ts';

/** Creates the folder of a store and returns it. @throws StoreUnavailable */
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
 * The real path of a store's file, whatever links lead to it; creates the file if there is none. SQLite names its files beside the store after
 * it, and so does the owner's lock.
 *
 * @throws StoreUnavailable
 */
export function realPathOf(path: string): string {
  try {
    // Opening and closing a file that this process has open would end its locks.
    if (statSync(path, { throwIfNoEntry: false }) === undefined) closeSync(openSync(path, 'a', 0o600));
    return realpathSync.native(path);
  } catch (error) {
    throw systemErrorFrom(error);
  }
}

/** Checks a file before SQLite opens it. Only the file's user may read what customers wrote. @throws StoreUnavailable */
export function prepareFile(path: string, as: 'owner' | 'existing'): void {
  closeSync(openSync(path, as === 'owner' ? 'a' : 'r+', 0o600));
  if (as === 'owner') chmodSync(path, 0o600);
  // The write-ahead log is named after the file: under another name, the file would be opened without it.
  // Source: https://www.sqlite.org/howtocorrupt.html#_multiple_links_to_the_same_file
  if (statSync(path).nlink > 1) {
    throw new StoreUnavailableError('failed', 'the file has a second name, a hard link: remove that');
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
