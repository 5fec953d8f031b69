import { closeSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';

/**
 * Copies everything committed in an open store to a new file, even if the store's own file was deleted. Only the owner may read the copy, and it
 * gets its name only once it is complete.
 *
 * Source: https://www.sqlite.org/lang_vacuum.html#vacuum_with_an_into_clause
 */
export function copyWhole(handle: DatabaseSync, target: string): void {
  const part = `${target}.part`;
  try {
    rmSync(part, { force: true });
    closeSync(openSync(part, 'wx', 0o600));
    handle.prepare('VACUUM INTO ?').run(part);
    syncFile(part);
    renameSync(part, target);
  } catch (error) {
    rmSync(part, { force: true });
    throw error;
  }
}

export function syncFile(path: string): void {
  const file = openSync(path, 'r+');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
