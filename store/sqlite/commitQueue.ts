import { NotInWorkError, StateConflictError, StoreUnavailableError } from '../storeErrors.ts';
import type { Database, Durability } from './database.ts';
import { isBusy, storeErrorFrom } from './sqliteErrors.ts';
import { createDelayedSync, type After } from './delayedSync.ts';

export interface Commit<T> {
  /**
   * `soon`: `process` at once, and `machine` a moment later. For writes that can be recovered after a power failure but should still reach the
   * disk soon.
   */
  durability: Durability | 'soon';
  /** Changes the tables. If it throws to refuse, it must not have changed anything yet. */
  work: (database: Database) => T;
  /** Runs right after the commit, before anything else can, to update what is in memory beside the tables. */
  committed?: (result: T) => void;
  /** The same if it was not committed. */
  refused?: (problem: unknown) => void;
}

export interface CommitQueueOptions {
  database: () => Database;
  /** Runs inside each transaction before the rest. */
  before?: (database: Database) => void;
  /** Called with the reason why nothing could be committed. */
  report: (problem: StoreUnavailableError) => void;
  /** How long to go on trying while another program holds the file, in milliseconds. */
  busyLimitMs: number;
  sleep: (ms: number) => Promise<unknown>;
  after?: After | undefined;
  /** Called with the milliseconds that each commit took. */
  observe?: (ms: number) => void;
  monotonicNow?: () => number;
}

export interface CommitQueue {
  add<T>(commit: Commit<T>): Promise<T>;
  /** Resolves once everything added so far has been committed or refused. */
  idle(): Promise<void>;
}

interface Waiting {
  durability: Durability | 'soon';
  /** Does the work and gives what is to happen once it is committed. */
  run: (database: Database) => () => void;
  refused: (problem: unknown) => void;
  reject: (problem: unknown) => void;
}

/** More in one transaction would hold up the process's other events for too long. */
const maxGroup = 256;
const busyPollMs = 20;
/**
 * How many rounds of the event loop to wait before a commit, so that it includes what is read meanwhile. With nothing to read a round takes
 * microseconds; under load, five make groups larger and the whole a tenth faster, and more help little.
 */
const gatheringRounds = 5;

/**
 * Commits in groups: whatever is added while requests are read, or while another commit is under way, goes into one transaction, in that
 * order. One that cannot be committed does not affect the others.
 */
export function createCommitQueue(options: CommitQueueOptions): CommitQueue {
  const { database, before = () => undefined, report, busyLimitMs, sleep, after } = options;
  const { observe = () => undefined, monotonicNow = () => performance.now() } = options;
  const delayedSync = createDelayedSync(() => {
    // `report` tells why it failed, and the next commit tries again.
    add({ durability: 'machine', work: touch }).catch(() => undefined);
  }, after);
  const waiting: Waiting[] = [];
  const idleWaiters: (() => void)[] = [];
  let running = false;

  async function runAll(): Promise<void> {
    while (waiting.length > 0) {
      for (let round = 0; round < gatheringRounds; round += 1) {
        await new Promise<void>((resolve) => setImmediate(resolve));
      }
      await commitGroup(waiting.splice(0, maxGroup));
    }
    running = false;
    for (const resolve of idleWaiters.splice(0)) resolve();
  }

  async function commitGroup(group: readonly Waiting[]): Promise<void> {
    for (let waitedMs = 0; ; waitedMs += busyPollMs) {
      try {
        commit(group);
        return;
      } catch (error) {
        if (isBusy(error) && waitedMs < busyLimitMs) {
          await sleep(busyPollMs);
          continue;
        }
        const problem = storeErrorFrom(error);
        if (group.length > 1 && !isBusy(error)) {
          for (const one of group) await commitGroup([one]);
          return;
        }
        if (problem instanceof StoreUnavailableError) report(problem);
        for (const one of group) refuse(one, problem);
        return;
      }
    }
  }

  function commit(group: readonly Waiting[]): void {
    const durability = group.some((one) => one.durability === 'machine') ? 'machine' : 'process';
    const startedAt = monotonicNow();
    const open = database();
    const changedBefore = open.changedRows;
    const settle = open.transaction(durability, () => {
      before(open);
      return group.map((one) => attempt(one, open));
    });
    observe(monotonicNow() - startedAt);
    const hasWritten = open.changedRows > changedBefore;
    if (durability === 'machine' && hasWritten) delayedSync.done();
    else if (group.some((one) => one.durability === 'soon')) delayedSync.needed();
    for (const tell of settle) tell();
  }

  function add<T>(commit: Commit<T>): Promise<T> {
    const { durability, work, committed = () => undefined, refused = () => undefined } = commit;
    return new Promise((resolve, reject) => {
      const run = (open: Database) => {
        const result = work(open);
        return () => {
          committed(result);
          resolve(result);
        };
      };
      waiting.push({ durability, run, refused, reject });
      if (running) return;
      running = true;
      void runAll();
    });
  }

  return {
    add,
    idle: () => (running ? new Promise((resolve) => idleWaiters.push(resolve)) : Promise.resolve()),
  };
}

function attempt(one: Waiting, database: Database): () => void {
  try {
    return one.run(database);
  } catch (error) {
    const isOurs =
      error instanceof NotInWorkError || error instanceof StateConflictError || error instanceof StoreUnavailableError;
    if (isOurs) return () => refuse(one, error);
    throw error;
  }
}

/** Writes a new value: SQLite flushes nothing for a transaction that changes nothing. */
function touch(database: Database): void {
  database.run(`INSERT INTO meta VALUES ('synced', 'tick')
    ON CONFLICT (name) DO UPDATE SET value = CASE value WHEN 'tick' THEN 'tock' ELSE 'tick' END`);
}

function refuse({ refused, reject }: Waiting, problem: unknown): void {
  refused(problem);
  reject(problem);
}
