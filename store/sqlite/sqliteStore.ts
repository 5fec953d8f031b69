import { dirname, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '../../helpers/logging/logger.ts';
import { createBacklog, type BacklogLoad } from '../backlog.ts';
import { withoutLastRefusals } from '../journalEntries.ts';
import { createDropCount } from '../dropCount.ts';
import { createSchedule } from '../schedule.ts';
import { pageOf } from '../../models/conversationKey.ts';
import { keyRetentionMs as usualRetentionMs } from '../keyRetention.ts';
import { createQuarantineLog } from '../logQuarantined.ts';
import type { Acceptance, Claim, Delivery, Store } from '../store.ts';
import { EffectNotNotedError, NotInWorkError, StoreUnavailableError } from '../storeErrors.ts';
import { createCommitQueue, type Commit } from './commitQueue.ts';
import { createConnection } from './connection.ts';
import { openDatabase, type Database, type OpenHandle } from './database.ts';
import { createDeadLetterTable, moveToDeadLetters } from './deadLetterTable.ts';
import * as inbox from './inboxTable.ts';
import { createJournalTable, forgetJournal, readJournal, replaceJournal } from './journalTable.ts';
import { isMountPoint, networkFileSystemOf } from './localDisk.ts';
import { lockAsOwner } from './ownerLock.ts';
import { createQuarantineTable, insertQuarantined } from './quarantineTable.ts';
import { parkWhatWasOpen } from './restoredCopy.ts';
import { createRescueCopy } from './rescueCopy.ts';
import { deliveryOf, numberOf } from './rows.ts';
import { storeErrorFrom } from './sqliteErrors.ts';
import { countOverdue, forgetOld, type Bounds } from './retention.ts';
import { fileBytes, fileSizes } from './fileSizes.ts';
import { createStateTable, writeState } from './stateTable.ts';
import { maintenanceEveryMs, startMaintenance, unrefInterval, type Every } from './storeCare.ts';
import { prepareFolder, realPathOf } from './storePlace.ts';
import type { After } from './syncSoon.ts';
import { untilFree } from './untilFree.ts';

export interface SqliteStoreOptions {
  logger?: Logger;
  /** Milliseconds since 1970. */
  now?: () => number;
  /** Milliseconds of a clock that never jumps. */
  monotonicNow?: () => number;
  /** How long a key is remembered, in milliseconds. Default: 7 days, well beyond the time in which Meta redelivers. */
  keyRetentionMs?: number;
  /** How long echoes and sent messages are remembered, in milliseconds. Default: 2 days. */
  noteRetentionMs?: number;
  /** How long dead letters that nobody replayed, and quarantined events, are kept, in milliseconds. Default: 30 days. */
  letterRetentionMs?: number;
  /** How much is kept of dead letters, and of quarantined events. Default: 10,000 with 100 MB, each. */
  bounds?: Bounds;
  /** How many deliveries may wait; `accept` refuses more. Default: 100,000. */
  maxWaiting?: number;
  /** How long to wait for another process that works on the file, in milliseconds. Default: 15 seconds; a process that ends has 10. */
  ownerLimitMs?: number;
  /** How long a commit waits for another program that holds the file, in milliseconds. Default: 2 seconds. */
  busyLimitMs?: number;
  sleep?: (ms: number) => Promise<unknown>;
  /** Calls again and again until the function that it gives is called. */
  every?: Every;
  /** Calls once after a time, unless the function that it gives is called before. */
  after?: After;
  openHandle?: OpenHandle;
  /** Is told once when another process has taken the file over. The store does nothing any more, and the process may end. */
  lost?: (() => void) | undefined;
  networkFileSystem?: (folder: string) => string | undefined;
}

const day = 24 * 60 * 60 * 1000;

/**
 * The durable engine: one SQLite file with a write-ahead log, brought to the disk with every commit. `:memory:` keeps it in
 * this process and is good for tests alone.
 *
 * A file on a network file system is refused, a second process waits for the first one to end, and a file that cannot be
 * written makes `accept` reject until it can.
 *
 * Source: https://www.sqlite.org/wal.html
 *
 * @throws StoreUnavailable when the file cannot be opened
 */
export async function openSqliteStore(path: string, options: SqliteStoreOptions = {}): Promise<Store> {
  const { logger, now = Date.now, monotonicNow = () => performance.now(), sleep = delay, openHandle } = options;
  const { keyRetentionMs = usualRetentionMs, noteRetentionMs = 2 * day, letterRetentionMs = 30 * day } = options;
  const { bounds = { many: 10_000, bytes: 100_000_000 } } = options;
  const { ownerLimitMs = 15_000, busyLimitMs = 2_000, every = unrefInterval } = options;
  const inMemory = path === ':memory:';

  const place = inMemory ? path : placeOf(path, options.networkFileSystem ?? networkFileSystemOf);
  const waiting = () => logger?.warn({}, 'another process works on the store: waiting for it to end');
  const lockOptions = { limitMs: ownerLimitMs, sleep, monotonicNow, waiting };
  const lock = inMemory ? undefined : await lockAsOwner(`${place}-lock`, lockOptions);

  const schedule = createSchedule(monotonicNow);
  let lastId = 0;
  let failed = 0;
  let tellWork: () => void = () => undefined;
  let tellCommit: (ms: number) => void = () => undefined;
  const connect = () =>
    createConnection({
      open: (again) => openDatabase(place, { openHandle, again, spelled: resolve(path), logger }),
      now,
      logger,
      lost: options.lost,
      rescue: createRescueCopy(place, now, logger),
    });
  const connection = await untilFree(connect, { limitMs: busyLimitMs, sleep }).catch((error: unknown) => {
    lock?.release();
    throw error;
  });
  const database = () => connection.database();
  const logQuarantined = createQuarantineLog(logger, now);
  const backlog = createBacklog({ maxWaiting: options.maxWaiting, now, logger });
  /** Ended within the transaction that is under way. */
  const ending = new Set<number>();
  /** Turns in work with an effect whose end could not be noted: they are not done, whatever whoever runs them knows by then. */
  const notNoted = new Map<number, unknown>();
  /** Turns whose beginning is on the disk and whose end is not. */
  const begun = new Set<number>();
  /** How many deliveries of each page came with the transaction that is under way. */
  const arriving = new Map<string, number>();
  const queue = createCommitQueue({
    database,
    before: (opened) => {
      ending.clear();
      arriving.clear();
      noticeOthers(opened);
    },
    report: (problem) => {
      // It may have been committed all the same, and then it waits.
      dataVersion = undefined;
      connection.report(problem);
    },
    busyLimitMs,
    sleep,
    after: options.after,
    observe: (ms) => tellCommit(ms),
  });
  const dropped = createDropCount(logger);
  const limits = () => ({
    keysBefore: now() - keyRetentionMs,
    notesBefore: now() - noteRetentionMs,
    keptBefore: now() - letterRetentionMs,
    expiredBefore: now(),
  });
  let dataVersion: number | undefined;
  try {
    const parked = parkWhatWasOpen(database(), now());
    if (parked !== undefined) logger?.warn({ deadLetters: parked }, startedWithCopy);
    dataVersion = readDataVersion(database());
    addWaiting(inbox.waitingAfter(database(), 0));
  } catch (error) {
    connection.close();
    lock?.release();
    throw storeErrorFrom(error);
  }

  function addWaiting(found: readonly inbox.WaitingId[]): void {
    for (const { id, conversation } of found) {
      schedule.add(id, conversation);
      lastId = Math.max(lastId, id);
    }
  }

  /** A command line tool may have put a dead letter back to work, or paused the turns. */
  function noticeOthers(open: Database): void {
    const version = readDataVersion(open);
    if (version === dataVersion) return;
    dataVersion = version;
    addWaiting(inbox.waitingAfter(open, lastId));
    tellWork();
  }

  function load(): BacklogLoad {
    let total = schedule.waiting;
    for (const more of arriving.values()) total += more;
    const fresh = [...arriving.keys()].filter((page) => schedule.waitingOf(page) === 0).length;
    const ofPage = (page: string) => schedule.waitingOf(page) + (arriving.get(page) ?? 0);
    return { total, pages: schedule.pagesWaiting + fresh, ofPage };
  }

  function insertFresh(open: Database, deliveries: readonly Delivery[]): Inserted {
    const acceptedAt = now();
    const forTurns = deliveries.filter(({ quarantine }) => quarantine === undefined);
    // Whether a key is known is asked for each one only when it matters.
    const fresh = backlog.hasRoom(forTurns, load())
      ? forTurns
      : forTurns.filter(({ key }) => !inbox.isKnown(open, key));
    if (fresh.length > 0) backlog.admit(fresh, load());
    const inserted: Inserted = { waiting: [], quarantined: [] };
    for (const delivery of deliveries) {
      if (!inbox.rememberKey(open, delivery.key, acceptedAt)) continue;
      const { conversation, echo, thread } = delivery;
      if (echo !== undefined) inbox.insertEcho(open, conversation, echo, acceptedAt);
      if (thread !== undefined) inbox.insertHandover(open, conversation, thread, acceptedAt);
      if (delivery.quarantine === undefined) {
        inserted.waiting.push(inbox.insertDelivery(open, { delivery, acceptedAt, origin: 'accepted' }));
      } else {
        insertQuarantined(open, delivery, delivery.quarantine, acceptedAt);
        inserted.quarantined.push(delivery);
      }
    }
    for (const { conversation } of inserted.waiting) {
      const page = pageOf(conversation);
      arriving.set(page, (arriving.get(page) ?? 0) + 1);
    }
    const added = inserted.waiting.length + inserted.quarantined.length;
    if (added > 0) forgetOld(open, limits(), 2 * added);
    return inserted;
  }

  async function accept(deliveries: readonly Delivery[]): Promise<Acceptance> {
    if (deliveries.length === 0) return { accepted: 0, duplicates: 0 };
    const { waiting, quarantined } = await queue.add({
      durability: 'machine',
      work: (open) => insertFresh(open, deliveries),
      committed: (inserted) => {
        addWaiting(inserted.waiting);
        arriving.clear();
      },
    });
    logQuarantined(quarantined);
    const accepted = waiting.length + quarantined.length;
    const duplicates = deliveries.length - accepted;
    return { accepted, duplicates, ...(quarantined.length > 0 && { quarantined: quarantined.length }) };
  }

  async function claim(mayTake?: (page: string) => boolean): Promise<Claim | undefined> {
    await Promise.resolve();
    const open = database();
    for (let id = schedule.next(mayTake); id !== undefined; id = schedule.next(mayTake)) {
      try {
        const claimed = readClaim(open, id);
        if (claimed !== undefined) return claimed;
        schedule.release(id);
      } catch (error) {
        schedule.putBack(id, maintenanceEveryMs);
        const problem = storeErrorFrom(error);
        if (problem instanceof StoreUnavailableError) connection.report(problem);
        throw problem;
      }
    }
    return undefined;
  }

  function begin(id: number): Promise<void> {
    const sql = 'UPDATE deliveries SET begun = begun + 1 WHERE id = ?';
    return queue.add({
      durability: 'process',
      work: (open) => {
        if (!schedule.isInWork(id)) throw new NotInWorkError(id);
        open.run(sql, id);
      },
      committed: () => void begun.add(id),
    });
  }

  function blame(guilty: number): Promise<void> {
    const sql = 'UPDATE deliveries SET begun = MAX(0, begun + ?), resumed = 1 WHERE id = ?';
    const work = (open: Database) => {
      for (const id of begun) open.run(sql, id === guilty ? 1 : -1, id);
    };
    return queue.add({ durability: 'process', work, committed: () => begun.clear() });
  }

  /** What runs on while the store is closed was interrupted by whoever closed it, and ended no process. */
  async function takeBackBegun(): Promise<void> {
    if (begun.size === 0) return;
    const sql = 'UPDATE deliveries SET begun = MAX(0, begun - 1), resumed = 1 WHERE id = ?';
    const work = (open: Database) => {
      for (const id of begun) open.run(sql, id);
    };
    await queue.add({ durability: 'process', work }).catch((err: unknown) => {
      logger?.debug({ err }, 'which turns were interrupted by the closing could not be noted');
    });
  }

  /** What is in work stays in work when the commit fails, and can be ended later. */
  function end<T>(
    id: number,
    durability: Commit<T>['durability'],
    work: (open: Database) => T,
    committed: () => void,
  ): Promise<T> {
    return queue.add({
      durability,
      work: (open) => {
        if (!schedule.isInWork(id) || ending.has(id)) throw new NotInWorkError(id);
        const result = work(open);
        ending.add(id);
        return result;
      },
      committed: () => {
        notNoted.delete(id);
        begun.delete(id);
        committed();
      },
    });
  }

  const stopCaring = startMaintenance({
    ...{ connection, queue, every, limits, bounds, dropped: dropped.add, logger },
    walBytes: () => (inMemory ? 0 : (fileBytes(`${place}-wal`) ?? 0)),
    hasOthersWork: () => readDataVersion(database()) !== dataVersion,
    renewLock: () => lock?.renew(),
  });
  const isInWork = (id: number) => schedule.isInWork(id);
  const handOut = (waiting: inbox.WaitingId) => {
    addWaiting([waiting]);
    tellWork();
  };

  return {
    accept,
    claim,
    begin,
    blame,
    // Lost with the power, the turn runs again from its journal, whose beginnings are on the disk, and does nothing twice. What comes after
    // it, such as the next turn's first effect, brings it to the disk before itself.
    complete: (id, changes = []) =>
      end(
        id,
        'soon',
        (open) => {
          if (notNoted.has(id)) throw new EffectNotNotedError(notNoted.get(id));
          writeState(open, changes);
          open.run('DELETE FROM deliveries WHERE id = ?', id);
          forgetJournal(open, id);
        },
        () => void schedule.release(id),
      ),
    retry: (id, delayMs, counting = 'counted') =>
      end(
        id,
        'machine',
        (open) => {
          const more = counting === 'counted' ? 1 : 0;
          open.run('UPDATE deliveries SET attempts = attempts + ?, begun = 0, resumed = 1 WHERE id = ?', more, id);
          const entries = readJournal(open, id);
          const kept = withoutLastRefusals(entries);
          if (kept.length < entries.length) replaceJournal(open, id, kept);
        },
        () => void schedule.putBack(id, delayMs),
      ),
    fail: (id, note = { reason: 'failed', sentence: 'The turn failed.' }, changes = []) =>
      end(
        id,
        'machine',
        (open) => {
          writeState(open, changes);
          const row = inbox.readDelivery(open, id);
          if (row !== undefined) moveToDeadLetters(open, row, note, now());
        },
        () => {
          failed += 1;
          schedule.release(id);
        },
      ),
    onWork: (listener) => (tellWork = listener),
    onCommit: (listener) => (tellCommit = listener),
    counts: () => Promise.resolve({ waiting: schedule.waiting, claimed: schedule.inWork, failed }),
    oldestOpen: () => connection.read(inbox.oldestOpen),
    health: () => {
      const known = connection.health();
      return known.state === 'ok' ? backlog.health(load()) : known;
    },
    sizes: async () => ({
      ...(inMemory ? {} : fileSizes(place)),
      overdue: await connection.read((open) => countOverdue(open, limits(), 10_000)),
      dropped: dropped.total(),
    }),
    durable: !inMemory,
    successorWaits: () => lock?.isWaitedFor() ?? false,
    journal: createJournalTable({
      queue,
      read: connection.read,
      isInWork,
      notNoted: (id, problem) => {
        if (isInWork(id)) notNoted.set(id, problem);
      },
    }),
    state: createStateTable(queue, connection.read),
    deadLetters: createDeadLetterTable({ queue, read: connection.read, now, replayed: handOut }),
    quarantine: createQuarantineTable({ queue, read: connection.read, released: handOut }),
    close: async () => {
      stopCaring();
      await queue.idle();
      await takeBackBegun();
      // So that nothing that was deleted stays readable beside the file, even while a tool has it open.
      await connection.read((open) => open.all('PRAGMA wal_checkpoint(TRUNCATE)')).catch(() => undefined);
      connection.close();
      lock?.release();
    },
  };
}

const startedWithCopy =
  'the store is a copy: what was open in it may have been answered since, and became dead letters';

interface Inserted {
  waiting: inbox.WaitingId[];
  quarantined: Delivery[];
}

function readClaim(open: Database, id: number): Claim | undefined {
  const row = inbox.readDelivery(open, id);
  if (row === undefined) return undefined;
  const [attempts, begun] = [numberOf(row, 'attempts'), numberOf(row, 'begun')];
  const isFresh = begun === 0 && attempts === 0 && numberOf(row, 'resumed') === 0;
  const journal = isFresh ? [] : readJournal(open, id);
  return { id, delivery: deliveryOf(row), acceptedAt: numberOf(row, 'accepted_at'), attempts, begun, journal };
}

function readDataVersion(open: Database): number {
  return Number(open.get('PRAGMA data_version')?.['data_version']);
}

/** The real path of a store's file. @throws StoreUnavailable when a store cannot be there */
function placeOf(path: string, networkFileSystem: (folder: string) => string | undefined): string {
  refuseNetwork(prepareFolder(path), networkFileSystem);
  const place = realPathOf(path);
  refuseNetwork(dirname(place), networkFileSystem);
  if (isMountPoint(place))
    throw new StoreUnavailableError('failed', 'the file itself is mounted: mount its folder instead');
  return place;
}

function refuseNetwork(folder: string, networkFileSystem: (folder: string) => string | undefined): void {
  const type = networkFileSystem(folder);
  if (type === undefined) return;
  throw new StoreUnavailableError(
    'failed',
    `${folder} is on a network file system, ${type}, where locks and writes cannot be relied on: take a folder on a local disk`,
  );
}
