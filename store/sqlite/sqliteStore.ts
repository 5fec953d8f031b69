import { setTimeout as delay } from 'node:timers/promises';
import { Backlog } from '../backlog.ts';
import { createDropCount, type DropCount } from '../dropCount.ts';
import { keyRetentionMs as defaultKeyRetentionMs } from '../keyRetention.ts';
import type { Store } from '../store.ts';
import { createCommitQueue, type CommitQueue } from './commitQueue.ts';
import type { Database } from './database.ts';
import { createDeadLetterTable } from './deadLetterTable.ts';
import { fileBytes, fileSizes } from './fileSizes.ts';
import { Inbox } from './inbox.ts';
import { oldestOpen, readReach, type WaitingId } from './inboxTable.ts';
import { createJournalTable } from './journalTable.ts';
import { startMaintenance, unrefInterval } from './maintenance.ts';
import { NextDue } from './nextDue.ts';
import { OpenEvents } from './openEvents.ts';
import { OutsideChanges } from './outsideChanges.ts';
import { openOwnedFile, type OwnedFile } from './ownedFile.ts';
import { createQuarantineTable } from './quarantineTable.ts';
import { parkWhatWasOpen } from './restoredCopy.ts';
import { countOverdue, type Limits } from './retention.ts';
import { storeErrorFrom } from './sqliteErrors.ts';
import { settleStateExpiry } from './stateExpiry.ts';
import { createStateTable } from './stateTable.ts';
import { createTimerTable } from './timerTable.ts';
import type { SqliteStoreOptions } from './sqliteStoreOptions.ts';
import { TurnsInWork } from './turnsInWork.ts';

const day = 24 * 60 * 60 * 1000;

/**
 * The durable engine: one SQLite file with a write-ahead log, which every `accept` flushes to the disk.
 *
 * A file on a network file system is refused. A second process waits until the first one has ended. While the file cannot be written,
 * `accept` rejects.
 *
 * Source: https://www.sqlite.org/wal.html
 *
 * @throws StoreUnavailable if the file cannot be opened
 */
export async function openSqliteStore(path: string, options: SqliteStoreOptions = {}): Promise<Store> {
  const file = await openOwnedFile(path, options);
  try {
    return new SqliteStore(file, options);
  } catch (error) {
    file.close();
    throw storeErrorFrom(error);
  }
}

/** Public members are fields, so that a store can be spread and some of them replaced. */
class SqliteStore implements Store {
  readonly #options: SqliteStoreOptions;
  readonly #now: () => number;
  readonly #file: OwnedFile;
  readonly #outside = new OutsideChanges();
  readonly #queue: CommitQueue;
  readonly #openEvents: OpenEvents;
  readonly #nextDue = new NextDue();
  readonly #backlog: Backlog;
  readonly #inbox: Inbox;
  readonly #turns: TurnsInWork;
  readonly #dropCount: DropCount;
  readonly #stopMaintenance: () => void;
  #tellWork: () => void = () => undefined;
  #tellCommit: (ms: number) => void = () => undefined;

  readonly durable = true;
  readonly journal: Store['journal'];
  readonly state: Store['state'];
  readonly deadLetters: Store['deadLetters'];
  readonly quarantine: Store['quarantine'];
  readonly timers: Store['timers'];

  constructor(file: OwnedFile, options: SqliteStoreOptions) {
    const { logger, now = Date.now, monotonicNow = () => performance.now(), maxWaiting } = options;
    this.#options = options;
    this.#now = now;
    this.#file = file;
    this.#openEvents = new OpenEvents(monotonicNow);
    this.#load();
    const { connection } = file;
    const queue = this.#createQueue();
    this.#queue = queue;
    this.#backlog = new Backlog({ maxWaiting, now, logger });
    this.#dropCount = createDropCount(logger);
    const parts = { queue, openEvents: this.#openEvents, nextDue: this.#nextDue, now, logger };
    const turns = new TurnsInWork(parts);
    this.#turns = turns;
    this.#inbox = new Inbox({ ...parts, connection, turns, backlog: this.#backlog, limits: this.#limits });
    this.journal = createJournalTable({
      ...{ queue, read: connection.read },
      isInWork: (id) => turns.isInWork(id),
      notNoted: (id, problem) => turns.effectNotCommitted(id, problem),
    });
    this.state = createStateTable(queue, connection.read);
    this.deadLetters = createDeadLetterTable({ queue, read: connection.read, now, replayed: this.#handOut });
    this.quarantine = createQuarantineTable({ queue, read: connection.read, released: this.#handOut });
    this.timers = createTimerTable({ ...parts, read: connection.read, maxWaiting });
    this.#stopMaintenance = this.#startMaintenance();
  }

  readonly accept: Store['accept'] = (events) => this.#inbox.accept(events);
  readonly claim: Store['claim'] = (mayTake) => this.#inbox.claim(mayTake);
  readonly begin: Store['begin'] = (id) => this.#turns.begin(id);
  readonly blame: Store['blame'] = (id) => this.#turns.blame(id);
  readonly complete: Store['complete'] = (id, changes, timers) => this.#turns.complete(id, changes, timers);
  readonly retry: Store['retry'] = (id, delayMs, counting) => this.#turns.retry(id, delayMs, counting);
  readonly fail: Store['fail'] = (id, note, changes) => this.#turns.fail(id, note, changes);

  readonly onWork: Store['onWork'] = (listener) => {
    this.#tellWork = listener;
  };

  readonly onCommit = (listener: (ms: number) => void): void => {
    this.#tellCommit = listener;
  };

  readonly counts: Store['counts'] = () => {
    const { waiting, inWork } = this.#openEvents.schedule;
    return Promise.resolve({ waiting, claimed: inWork, failed: this.#turns.failed });
  };

  readonly oldestOpen: Store['oldestOpen'] = () => this.#file.connection.read(oldestOpen);

  readonly health: Store['health'] = () => {
    const ofFile = this.#file.connection.health();
    return ofFile.state === 'ok' ? this.#backlog.health(this.#openEvents.load()) : ofFile;
  };

  readonly sizes: Store['sizes'] = async () => ({
    ...fileSizes(this.#file.path),
    overdue: await this.#file.connection.read((open) => countOverdue(open, this.#limits(), 10_000)),
    dropped: this.#dropCount.total(),
  });

  readonly knownConversation: Store['knownConversation'] = (conversation) =>
    this.#file.connection.read((open) => readReach(open, conversation));

  readonly successorWaits: Store['successorWaits'] = () => this.#file.lock.isWaitedFor();

  readonly close: Store['close'] = async () => {
    this.#stopMaintenance();
    await this.#queue.idle();
    await this.#turns.takeBackBegun();
    // Deleted content must not stay readable in the log, even while a tool has the file open.
    await this.#file.connection.read((open) => open.all('PRAGMA wal_checkpoint(TRUNCATE)')).catch(() => undefined);
    this.#file.close();
  };

  /** Loads what an earlier process left open. */
  #load(): void {
    const open = this.#file.connection.database();
    const parked = parkWhatWasOpen(open, this.#now());
    if (parked !== undefined) this.#options.logger?.warn({ deadLetters: parked }, startedWithCopy);
    settleStateExpiry(open, this.#options.stateRetentionMs, this.#now());
    this.#outside.notice(open);
    this.#openEvents.addNewFrom(open);
  }

  #createQueue(): CommitQueue {
    const { busyLimitMs = 2_000, sleep = delay, after } = this.#options;
    const { connection } = this.#file;
    return createCommitQueue({
      ...{ busyLimitMs, sleep, after },
      database: () => connection.database(),
      before: (open) => this.#beginTransaction(open),
      report: (problem) => {
        this.#outside.suspect();
        connection.report(problem);
      },
      observe: (ms) => this.#tellCommit(ms),
    });
  }

  #beginTransaction(open: Database): void {
    this.#turns.beginTransaction();
    this.#inbox.beginTransaction();
    this.#openEvents.beginTransaction();
    // A command line tool may have replayed a dead letter, paused turns or forgotten a customer.
    if (!this.#outside.notice(open)) return;
    this.#nextDue.forget();
    this.#openEvents.dropDeletedFrom(open);
    this.#openEvents.addNewFrom(open);
    this.#tellWork();
  }

  #startMaintenance(): () => void {
    const { every = unrefInterval, bounds = { many: 10_000, bytes: 100_000_000 }, logger } = this.#options;
    const { connection, lock, path } = this.#file;
    return startMaintenance({
      ...{ connection, queue: this.#queue, every, limits: this.#limits, bounds, logger },
      dropped: this.#dropCount.add,
      walBytes: () => fileBytes(`${path}-wal`) ?? 0,
      hasOthersWork: () => this.#outside.hasAny(connection.database()),
      renewLock: () => lock.renew(),
    });
  }

  readonly #limits = (): Limits => {
    const { keyRetentionMs = defaultKeyRetentionMs, noteRetentionMs = 2 * day } = this.#options;
    const { letterRetentionMs = 30 * day, conversationRetentionMs = 60 * day } = this.#options;
    const now = this.#now();
    return {
      keysBefore: now - keyRetentionMs,
      notesBefore: now - noteRetentionMs,
      conversationsBefore: now - conversationRetentionMs,
      lettersBefore: now - letterRetentionMs,
      expiredBefore: now,
    };
  };

  /** A dead letter or a quarantined event goes to a turn. */
  readonly #handOut = (waiting: WaitingId): void => {
    this.#openEvents.add([waiting]);
    this.#tellWork();
  };
}

const startedWithCopy =
  'the store is a copy: its open events may have been answered since, so they became dead letters';
