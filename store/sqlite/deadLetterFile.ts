import { setTimeout as delay } from 'node:timers/promises';
import type { DeadLetters, Quarantine } from '../store.ts';
import { createCommitQueue } from './commitQueue.ts';
import type { Read } from './connection.ts';
import { openDatabase } from './database.ts';
import { createDeadLetterTable } from './deadLetterTable.ts';
import { createQuarantineTable } from './quarantineTable.ts';

/**
 * The dead letters and the quarantine of a store's file. A bot may be working on it: commits of the two take turns.
 *
 * @throws StoreUnavailable if there is no such file, or it is not a store of this version
 */
export function openDeadLetters(path: string): {
  letters: DeadLetters;
  quarantine: Quarantine;
  close: () => Promise<void>;
} {
  const file = openDatabase(path, { as: 'existing' });
  const database = () => file;
  const queue = createCommitQueue({ database, report: () => undefined, busyLimitMs: 5_000, sleep: delay });
  const read: Read = async (work) => Promise.resolve(work(file));
  const letters = createDeadLetterTable({ queue, read, now: Date.now, replayed: () => undefined });
  const quarantine = createQuarantineTable({ queue, read, released: () => undefined });
  const close = async () => {
    await queue.idle();
    file.close();
  };
  return { letters, quarantine, close };
}
