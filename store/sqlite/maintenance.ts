import type { Logger } from '../../helpers/logging/logger.ts';
import type { Dropped } from '../store.ts';
import { StoreUnavailableError } from '../storeErrors.ts';
import type { CommitQueue } from './commitQueue.ts';
import type { Connection } from './connection.ts';
import { walLimitBytes, type Database } from './database.ts';
import { numberOf } from './rowReaders.ts';
import {
  countOverdue,
  findExcess,
  forgetExcess,
  forgetOld,
  type Bounds,
  type Excess,
  type Limits,
} from './retention.ts';
import { storeErrorFrom } from './sqliteErrors.ts';

/** Like `setInterval`; returns a function that cancels. */
export type Every = (ms: number, work: () => void) => () => void;

export interface MaintenanceOptions {
  connection: Connection;
  queue: CommitQueue;
  every: Every;
  limits: () => Limits;
  bounds: Bounds;
  /** Whether another program has changed the file since the last transaction. @throws if the file cannot be read */
  hasOthersWork: () => boolean;
  /** Makes sure that no other process can become the owner. @throws if it cannot */
  renewLock: () => void;
  /** The size of the write-ahead log. */
  walBytes: () => number;
  /** Called with what was dropped before anybody looked at it. */
  dropped: (dropped: Dropped) => void;
  logger: Logger | undefined;
}

/** The interval of maintenance, in milliseconds. */
export const maintenanceEveryMs = 1000;

/** How many rows of each kind one commit deletes: a few milliseconds of the event loop, even in a file of gigabytes. */
const rowsAtOnce = 250;
/** How many such commits one round makes, with others in between: 4,000 rows of each kind in a second. */
const commitsAtOnce = 16;
/** Dead letters and quarantined events may be large. */
const lettersAtOnce = 50;

/** How many free pages, 4 MB, a file may have before it is shrunk, so that it does not shrink and grow all the time. */
const freePages = 1024;
const pagesAtOnce = 128;
const shrinksAtOnce = 8;

/**
 * Maintains the file until the returned function is called: checks whether a file that could not be written can be again, notices changes by
 * other programs, deletes what is old, and returns free space.
 *
 * `accept` deletes two old rows for each that it adds, a few dozen at a time, so that the tables stop growing at any load. The rest is deleted here.
 */
export function startMaintenance(options: MaintenanceOptions): () => void {
  const { connection, queue, every, limits, bounds, hasOthersWork, renewLock, walBytes, dropped, logger } = options;
  let round = 0;

  function care(): void {
    const health = connection.health();
    if (health.state === 'ok') {
      inspect();
      return;
    }
    connection.closeFailed();
    const work = health.reason === 'corrupt' ? checkFile : writeProbe;
    queue.add({ durability: 'machine', work, committed: () => connection.recovered() }).catch((err: unknown) => {
      // SQLite caches the damage that it found and would find it again after somebody fixed the file: `report` reopens it.
      if (err instanceof StoreUnavailableError) connection.report(err);
      logger?.debug({ err }, 'the store still cannot commit');
    });
  }

  /** Each task starts over in each round, and goes on from commit to commit until the next round. */
  function inspect(): void {
    round += 1;
    const mine = round;
    const isCurrent = () => mine === round;
    const trouble = (err: unknown) => {
      const problem = storeErrorFrom(err);
      // If another program holds the file for a moment, that matters only when a commit has to wait for it.
      if (problem instanceof StoreUnavailableError && problem.reason !== 'busy') connection.report(problem);
      logger?.debug({ err: problem }, 'the maintenance of the store failed');
    };
    try {
      connection.database();
      renewLock();
      for (const work of [forget, drop, shrink]) work(isCurrent).catch(trouble);
    } catch (error) {
      trouble(error);
    }
  }

  async function forget(isCurrent: () => boolean): Promise<void> {
    // Any transaction looks for changes by others, so one is made even if nothing is overdue.
    if (!hasOthersWork() && countOverdue(connection.database(), limits(), 1) === 0) return;
    const work = (open: Database) => forgetOld(open, limits(), rowsAtOnce);
    for (let commits = 0; commits < commitsAtOnce && isCurrent(); commits += 1) {
      if (!(await queue.add({ durability: 'process', work }))) return;
    }
  }

  async function drop(isCurrent: () => boolean): Promise<void> {
    const find = (open: Database) => findExcess(open, limits(), bounds, lettersAtOnce);
    const work = (open: Database) => {
      const excess = find(open);
      forgetExcess(open, excess);
      return excess;
    };
    const isEmpty = ({ replayed, deadLetters, quarantined }: Excess) =>
      replayed.length + deadLetters.length + quarantined.length === 0;
    if (isEmpty(find(connection.database()))) return;
    for (let commits = 0; commits < commitsAtOnce && isCurrent(); commits += 1) {
      const excess = await queue.add({ durability: 'process', work });
      if (isEmpty(excess)) return;
      dropped({ deadLetters: excess.deadLetters.length, quarantined: excess.quarantined.length });
    }
  }

  async function shrink(isCurrent: () => boolean): Promise<void> {
    if (walBytes() > walLimitBytes) connection.database().all('PRAGMA wal_checkpoint(TRUNCATE)');
    const work = (open: Database) => open.all(`PRAGMA incremental_vacuum(${pagesAtOnce})`);
    const before = freeOf(connection.database());
    for (let commits = 0; commits < shrinksAtOnce && isCurrent(); commits += 1) {
      if (freeOf(connection.database()) <= freePages) break;
      await queue.add({ durability: 'process', work });
    }
    // The file shrinks when the log is written into it.
    if (freeOf(connection.database()) < before) connection.database().all('PRAGMA wal_checkpoint(PASSIVE)');
  }

  return every(maintenanceEveryMs, care);
}

function freeOf(open: Database): number {
  return numberOf(open.get('PRAGMA freelist_count') ?? {}, 'freelist_count');
}

/** Adds a few pages and removes them: on a full disk, changing existing pages may still work. */
function writeProbe(open: Database): void {
  const sql = `INSERT INTO meta VALUES ('probe', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value`;
  open.run(sql, 'x'.repeat(16_384));
  open.run(`DELETE FROM meta WHERE name = 'probe'`);
}

function checkFile(open: Database): void {
  const [found] = open.all('PRAGMA quick_check(1)');
  if (found?.['quick_check'] !== 'ok') throw new StoreUnavailableError('corrupt', 'a check of the file found damage');
  writeProbe(open);
}

/** An interval that does not keep the process alive. */
export const unrefInterval: Every = (ms, work) => {
  const timer = setInterval(work, ms).unref();
  return () => clearInterval(timer);
};
