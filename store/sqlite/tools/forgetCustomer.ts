import { readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { StoreUnavailableError } from '../../storeErrors.ts';
import type { Database } from '../database.ts';
import { fileBytes } from '../fileSizes.ts';
import { storeErrorFrom } from '../sqliteErrors.ts';
import { deleteCustomer, findCustomer, inStore, type CustomerData } from './customerData.ts';
import { whileNobodyWorks } from './ownStore.ts';

export interface Forgotten extends CustomerData {
  /** Copies of the store beside it, which are not changed. */
  copies: string[];
  /** Why parts of deleted rows may still be in the file; undefined if there are none. */
  remains?: string;
}

/** A file of this size is rewritten in about a second. A bot that works on it accepts nothing meanwhile. */
const rewriteAtMostBytes = 64_000_000;

/**
 * Deletes and overwrites what a store knows about one customer, even while a bot works on it. A hash of each event's key stays, from which nothing
 * can be read. A turn that is running goes on, but nothing of it is recorded any more.
 *
 * @param path of the store's file
 * @param id see {@link findCustomer}
 * @throws StoreUnavailable, StartProblem
 */
export function forgetCustomer(path: string, id: string): Promise<Forgotten> {
  return inStore(path, async (file) => {
    const found = findCustomer(file, id);
    file.transaction('machine', () => deleteCustomer(file, found));
    const remains = await rewrite(path, file);
    const [checkpoint] = file.all('PRAGMA wal_checkpoint(TRUNCATE)');
    if (checkpoint?.['busy'] === 1)
      throw new StoreUnavailableError('busy', 'deleted content stays in its log until then');
    return { ...found, copies: copiesBeside(path), ...(remains !== undefined && { remains }) };
  });
}

/**
 * SQLite overwrites what is deleted, but where it has moved rows between pages before, parts of them may be left in unused space.
 *
 * Source: https://www.sqlite.org/pragma.html#pragma_secure_delete
 */
async function rewrite(path: string, file: Database): Promise<string | undefined> {
  const vacuum = () => void file.run('VACUUM');
  try {
    if ((fileBytes(path) ?? 0) <= rewriteAtMostBytes) vacuum();
    else await whileNobodyWorks(path, vacuum);
    return undefined;
  } catch (error) {
    const problem = storeErrorFrom(error);
    if (problem instanceof StoreUnavailableError) return problem.reason;
    throw problem;
  }
}

function copiesBeside(path: string): string[] {
  const [folder, start] = [dirname(path), `${basename(path)}-`];
  return readdirSync(folder)
    .filter((name) => name.startsWith(start) && !/^(wal|shm|journal|lock.*)$/.test(name.slice(start.length)))
    .map((name) => join(folder, name));
}
