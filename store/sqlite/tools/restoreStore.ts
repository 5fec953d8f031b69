import { rmSync } from 'node:fs';
import { openDatabase, type Database } from '../database.ts';
import { prepareFolder } from '../storePlace.ts';
import { copiedAt, parkWhatWasOpen } from '../restoredCopy.ts';
import { copyStore } from './copyStore.ts';
import { whileNobodyWorks } from './ownStore.ts';

/**
 * What to do with events that were open when the copy was made, and may have been answered since. `ask`: they become dead letters, and a person
 * decides. `run`: their turns run, though somebody may be answered twice. `drop`: they are deleted.
 */
export type OpenEvents = 'ask' | 'run' | 'drop';

export interface RestoreReport {
  bytes: number;
  open: number;
}

/**
 * Puts a copy of a store, however it was made, at a place where there is none. Keys stay, so that redelivered events are not handled again.
 *
 * @throws StartProblem if there is something at that place, including files that belong to a store
 * @throws StoreUnavailable if the copy is damaged
 */
export async function restoreStore(copy: string, path: string, open: OpenEvents, now: number): Promise<RestoreReport> {
  prepareFolder(path);
  const report = copyStore(copy, path, now);
  try {
    await whileNobodyWorks(path, (place) => {
      const file = openDatabase(place);
      try {
        settleOpen(file, open, now);
      } finally {
        file.release();
      }
    });
  } catch (error) {
    // Half a restore must not look like a whole one.
    for (const rest of ['', '-wal', '-shm']) rmSync(`${path}${rest}`, { force: true });
    throw error;
  }
  return report;
}

function settleOpen(file: Database, open: OpenEvents, now: number): void {
  if (open === 'ask') {
    parkWhatWasOpen(file, now);
    return;
  }
  file.transaction('machine', () => {
    if (open === 'drop') {
      file.run('DELETE FROM journal WHERE delivery IN (SELECT id FROM deliveries)');
      file.run('DELETE FROM deliveries');
      file.run('DELETE FROM timers WHERE due_at <= ?', now);
    }
    file.run('DELETE FROM meta WHERE name = ?', copiedAt);
  });
}
