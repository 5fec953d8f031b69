import type { Logger } from '../../helpers/logging/logger.ts';
import { createBacklog } from '../backlog.ts';
import { forReplay, withoutLastRefusals } from '../journalEntries.ts';
import { createDropCount } from '../dropCount.ts';
import { matches } from '../eventFilter.ts';
import { createMemoryJournal } from './memoryJournal.ts';
import { createMemoryQuarantine } from './memoryQuarantine.ts';
import { keyRetentionMs as usualRetentionMs } from '../keyRetention.ts';
import { createQuarantineLog } from '../logQuarantined.ts';
import { createSchedule } from '../schedule.ts';
import type {
  Acceptance,
  Claim,
  DeadLetter,
  Delivery,
  FailureNote,
  StateChange,
  StateValue,
  Store,
  UnknownEffects,
} from '../store.ts';
import { NotInWorkError, StateConflictError } from '../storeErrors.ts';

export interface MemoryStoreOptions {
  /** Milliseconds since 1970. */
  now?: () => number;
  /** Milliseconds of a clock that never jumps. */
  monotonicNow?: () => number;
  /** How long a key is remembered, in milliseconds. Default: 7 days, well beyond the time in which Meta redelivers. */
  keyRetentionMs?: number;
  /** How many keys are remembered at most; beyond it the oldest are forgotten first. Default: 200,000. */
  maxKeys?: number;
  /** How many deliveries may wait; `accept` refuses more. Default: 100,000. */
  maxWaiting?: number;
  logger?: Logger;
}

interface Known {
  delivery: Delivery;
  acceptedAt: number;
  attempts: number;
  begun: number;
}

/** How many values are kept in memory that may be forgotten one day; the oldest are dropped first. */
const maxExpiring = 20_000;

/** How many dead letters are kept in memory; the oldest are dropped first. */
const maxDeadLetters = 1000;

/**
 * The engine that keeps everything in this process: order and single handling hold, a crash loses what has not run yet.
 */
export function createMemoryStore(options: MemoryStoreOptions = {}): Store {
  const { now = Date.now, monotonicNow = () => performance.now(), maxKeys = 200_000 } = options;
  const { keyRetentionMs = usualRetentionMs, maxWaiting, logger } = options;
  const logQuarantined = createQuarantineLog(logger, now);
  const backlog = createBacklog({ maxWaiting, now, logger });
  /** Key to the time of acceptance, oldest first: a Map keeps the order of insertion. */
  const keys = new Map<string, number>();
  const known = new Map<number, Known>();
  const schedule = createSchedule(monotonicNow);
  const journal = createMemoryJournal({ isInWork: (id) => schedule.isInWork(id), now });
  const state = new Map<string, StateValue>();
  /** Until when a value is kept, for those that are not kept for ever: the one that was written first comes first. */
  const expiring = new Map<string, number>();
  const dead = new Map<number, DeadLetter>();
  const dropped = createDropCount(logger);
  const quarantine = createMemoryQuarantine(dropped.add, ({ delivery, acceptedAt }) => {
    enqueue({ delivery, acceptedAt, attempts: 0, begun: 0 });
    tellWork();
  });
  let lastId = 0;
  let lastETag = 0;
  let failed = 0;
  let tellWork: () => void = () => undefined;

  function forgetOldKeys(): void {
    const oldest = now() - keyRetentionMs;
    for (const [key, acceptedAt] of keys) {
      if (acceptedAt > oldest && keys.size <= maxKeys) return;
      keys.delete(key);
    }
  }

  function enqueue(entry: Known): number {
    const id = ++lastId;
    known.set(id, entry);
    schedule.add(id, entry.delivery.conversation);
    return id;
  }

  const load = () => ({
    ...{ total: schedule.waiting, pages: schedule.pagesWaiting },
    ofPage: (page: string) => schedule.waitingOf(page),
  });

  function accept(deliveries: readonly Delivery[]): Acceptance {
    const fresh = new Map<string, Delivery>();
    for (const delivery of deliveries) {
      if (!keys.has(delivery.key) && !fresh.has(delivery.key)) fresh.set(delivery.key, delivery);
    }
    const quarantined = [...fresh.values()].filter((delivery) => delivery.quarantine !== undefined);
    const forTurns = [...fresh.values()].filter((delivery) => delivery.quarantine === undefined);
    if (forTurns.length > 0) backlog.admit(forTurns, load());
    for (const [key, delivery] of fresh) {
      keys.set(key, now());
      const { echo, thread, quarantine: why, ...rest } = delivery;
      if (echo !== undefined) journal.noteEcho(delivery.conversation, echo);
      if (thread !== undefined) journal.noteThread(delivery.conversation, thread);
      if (why === undefined) enqueue({ delivery: rest, acceptedAt: now(), attempts: 0, begun: 0 });
      else quarantine.add(rest, why, now());
    }
    forgetOldKeys();
    logQuarantined(quarantined);
    const duplicates = deliveries.length - fresh.size;
    return { accepted: fresh.size, duplicates, ...(quarantined.length > 0 && { quarantined: quarantined.length }) };
  }

  function claim(mayTake?: (page: string) => boolean): Claim | undefined {
    const id = schedule.next(mayTake);
    const found = id === undefined ? undefined : known.get(id);
    if (id === undefined || found === undefined) return undefined;
    return { id, ...found, journal: journal.of(id) };
  }

  function write(changes: readonly StateChange[]): void {
    for (const { key, expected } of changes) {
      if (expected !== undefined && state.get(key)?.eTag !== expected) throw new StateConflictError(key);
    }
    for (const { key, value, expiresAt } of changes) {
      state.delete(key);
      expiring.delete(key);
      if (value === undefined) continue;
      state.set(key, { value, eTag: String(++lastETag) });
      if (expiresAt !== undefined) expiring.set(key, expiresAt);
    }
    for (const [key, expiresAt] of expiring) {
      if (expiresAt > now() && expiring.size <= maxExpiring) break;
      expiring.delete(key);
      state.delete(key);
    }
  }

  function inWork(id: number): Known {
    const found = known.get(id);
    if (found === undefined || !schedule.isInWork(id)) throw new NotInWorkError(id);
    return found;
  }

  function forget(id: number): void {
    known.delete(id);
    journal.forget(id);
    schedule.release(id);
  }

  function fail(id: number, note: FailureNote, changes: readonly StateChange[]): void {
    const { delivery, acceptedAt, attempts } = inWork(id);
    write(changes);
    dead.set(id, { id, delivery, acceptedAt, attempts, diedAt: now(), journal: journal.of(id), ...note });
    for (const [oldest, letter] of dead) {
      if (dead.size <= maxDeadLetters) break;
      dead.delete(oldest);
      if (isOpen(letter)) dropped.add({ deadLetters: 1, quarantined: 0 });
    }
    failed += 1;
    forget(id);
  }

  return {
    accept: soon(accept),
    claim: soon(claim),
    // Nothing of it outlives the process.
    blame: () => Promise.resolve(),
    begin: soon((id: number) => void (inWork(id).begun += 1)),
    complete: soon((id: number, changes: readonly StateChange[] = []) => {
      inWork(id);
      write(changes);
      forget(id);
    }),
    retry: soon((id: number, delayMs: number, counting: 'counted' | 'uncounted' = 'counted') => {
      const found = inWork(id);
      if (counting === 'counted') found.attempts += 1;
      found.begun = 0;
      journal.set(id, withoutLastRefusals(journal.of(id)));
      schedule.putBack(id, delayMs);
    }),
    fail: soon(
      (
        id: number,
        note: FailureNote = { reason: 'failed', sentence: 'The turn failed.' },
        changes: readonly StateChange[] = [],
      ) => fail(id, note, changes),
    ),
    onWork: (listener) => (tellWork = listener),
    counts: soon(() => ({ waiting: schedule.waiting, claimed: schedule.inWork, failed })),
    oldestOpen: soon(() => known.values().next().value?.acceptedAt),
    durable: false,
    successorWaits: () => false,
    health: () => backlog.health(load()),
    sizes: () => Promise.resolve({ overdue: 0, dropped: dropped.total() }),
    journal: journal.table,
    state: {
      read: soon((wanted: readonly string[]) => {
        const found = new Map<string, StateValue>();
        for (const key of wanted) {
          const value = state.get(key);
          if (value !== undefined) found.set(key, value);
        }
        return found;
      }),
      write: soon(write),
    },
    deadLetters: {
      list: soon((limit = 100, filter = {}) =>
        [...dead.values()]
          .filter(isOpen)
          .filter((letter) => matches(filter, { ...letter, at: letter.diedAt }))
          .slice(0, limit),
      ),
      get: soon((id: number) => dead.get(id)),
      count: soon(() => [...dead.values()].filter(isOpen).length),
      byReason: soon(() => {
        const ofReasons = Map.groupBy([...dead.values()].filter(isOpen), ({ reason }) => reason);
        return new Map([...ofReasons].map(([reason, { length }]) => [reason, length]));
      }),
      replay: soon((id: number, unknown: UnknownEffects = 'keep', by?: string) => {
        const letter = dead.get(id);
        if (letter === undefined || !isOpen(letter)) return false;
        letter.replayedAt = now();
        if (by !== undefined) letter.replayedBy = by;
        const { delivery, acceptedAt } = letter;
        journal.set(enqueue({ delivery, acceptedAt, attempts: 0, begun: 0 }), forReplay(letter, unknown));
        tellWork();
        return true;
      }),
      drop: soon((id: number) => dead.delete(id)),
    },
    quarantine: quarantine.table,
    close: () => Promise.resolve(),
  };
}

function isOpen({ replayedAt }: DeadLetter): boolean {
  return replayedAt === undefined;
}

/** The same as a promise, so that what it throws rejects. */
function soon<Args extends unknown[], Result>(work: (...args: Args) => Result): (...args: Args) => Promise<Result> {
  return async (...args) => {
    await Promise.resolve();
    return work(...args);
  };
}
