import { statSync } from 'node:fs';
import { StartProblemError } from '../../../helpers/startProblem.ts';
import { lockAsOwner } from '../ownerLock.ts';
import { realPathOf } from '../storePlace.ts';

/** Does something with a store while no bot works on it, and keeps bots out meanwhile. @throws StoreUnavailable `busy` if one does */
export async function whileNobodyWorks<T>(path: string, work: (place: string) => T): Promise<T> {
  if (statSync(path, { throwIfNoEntry: false }) === undefined) {
    throw new StartProblemError(`There is no file ${path}.`);
  }
  const place = realPathOf(path);
  const lock = await lockAsOwner(`${place}-lock`, { limitMs: 0 });
  try {
    return work(place);
  } finally {
    lock.release();
  }
}
