import type { Logger } from '../../helpers/logger.ts';
import { StoreUnavailable } from '../storeErrors.ts';
import type { CommitQueue } from './commitQueue.ts';
import type { Connection } from './connection.ts';
import type { Database } from './database.ts';
import { forgetOld } from './inboxTable.ts';
import { storeErrorFrom } from './sqliteErrors.ts';

/** Calls again and again until the function that it gives is called. */
export type Every = (ms: number, work: () => void) => () => void;

export interface StoreCareOptions {
  connection: Connection;
  queue: CommitQueue;
  /** Milliseconds since 1970. */
  now: () => number;
  every: Every;
  keyRetentionMs: number;
  noteRetentionMs: number;
  /** Whether another program has changed the file since the last transaction. @throws when the file cannot be read */
  hasOthersWork: () => boolean;
  /** Sees to it that no other process can become the owner. @throws when it cannot */
  renewLock: () => void;
  logger: Logger | undefined;
}

/** How often the file is looked after, in milliseconds. */
export const careMs = 1000;
const forgetEveryMs = 60 * careMs;

/**
 * Looks after the file for as long as the function that it gives is not called: tries whether a file that could not be written can be again,
 * notices what others did to it, and forgets what is old.
 */
export function takeCare(options: StoreCareOptions): () => void {
  const { connection, queue, now, every, keyRetentionMs, noteRetentionMs, hasOthersWork, renewLock, logger } = options;
  let forgotAt = now();

  function care(): void {
    const health = connection.health();
    if (health.state === 'ok') {
      inspect();
      return;
    }
    const work = health.reason === 'corrupt' ? checkFile : writeProbe;
    queue.add({ durability: 'machine', work, committed: () => connection.recovered() }).catch((err: unknown) => {
      // What it found is in its memory, and so would be found again although somebody mended the file.
      if (err instanceof StoreUnavailable) connection.report(err);
      logger?.debug({ err }, 'the store still cannot commit');
    });
  }

  function inspect(): void {
    try {
      const isChanged = hasOthersWork();
      renewLock();
      if (!isChanged && now() - forgotAt < forgetEveryMs) return;
    } catch (error) {
      const problem = storeErrorFrom(error);
      if (problem instanceof StoreUnavailable) connection.report(problem);
      logger?.debug({ err: problem }, 'the store could not be looked at');
      return;
    }
    forgotAt = now();
    const limits = { keysBefore: now() - keyRetentionMs, notesBefore: now() - noteRetentionMs };
    queue.add({ durability: 'process', work: (open) => forgetOld(open, limits) }).catch((err: unknown) => {
      logger?.debug({ err }, 'old keys could not be forgotten');
    });
  }

  return every(careMs, care);
}

/** Grows the file by some pages and gives them back, since changing what is there may work on a full disk. */
function writeProbe(open: Database): void {
  const sql = `INSERT INTO meta VALUES ('probe', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value`;
  open.run(sql, 'x'.repeat(16_384));
  open.run(`DELETE FROM meta WHERE name = 'probe'`);
}

function checkFile(open: Database): void {
  const [found] = open.all('PRAGMA quick_check(1)');
  if (found?.['quick_check'] !== 'ok') throw new StoreUnavailable('corrupt', 'a check of the file found damage');
  writeProbe(open);
}

/** An interval that does not keep the process alive. */
export const unrefInterval: Every = (ms, work) => {
  const timer = setInterval(work, ms).unref();
  return () => clearInterval(timer);
};
