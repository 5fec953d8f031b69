import type { Logger } from '../../helpers/logging/logger.ts';
import { present } from '../../models/present.ts';
import { Backlog, type BacklogLoad } from '../backlog.ts';
import { createDropCount, type DropCount } from '../dropCount.ts';
import { forReplay, withoutLastRefusals } from '../journalEntries.ts';
import { keyRetentionMs as defaultKeyRetentionMs } from '../keyRetention.ts';
import { createQuarantineLog } from '../logQuarantined.ts';
import { Schedule } from '../schedule.ts';
import {
  turnFailed,
  type Acceptance,
  type Claim,
  type InboxEvent,
  type KnownConversation,
  type ReachNote,
  type Store,
} from '../store.ts';
import { NotInWorkError } from '../storeErrors.ts';
import { timerRoomOf } from '../timerRoom.ts';
import { MemoryDeadLetters } from './memoryDeadLetters.ts';
import { createMemoryJournal, type MemoryJournal } from './memoryJournal.ts';
import { createMemoryQuarantine, type MemoryQuarantine } from './memoryQuarantine.ts';
import { MemoryState } from './memoryState.ts';
import { MemoryTimers } from './memoryTimers.ts';
import { soon } from './soon.ts';

export interface MemoryStoreOptions {
  /** Milliseconds since 1970. */
  now?: () => number;
  /** Milliseconds of a clock that never jumps. */
  monotonicNow?: () => number;
  /** How long a key is remembered, in milliseconds. Default: 7 days, well beyond the time in which Meta redelivers. */
  keyRetentionMs?: number;
  /** How many keys are remembered at most; beyond it the oldest are forgotten first. Default: 200,000. */
  maxKeys?: number;
  /** How many events may wait; `accept` refuses more. Default: 100,000. */
  maxWaiting?: number;
  logger?: Logger;
}

/** Of how many conversations it is known how they go on. */
const maxConversations = 20_000;

interface OpenEvent {
  event: InboxEvent;
  acceptedAt: number;
  attempts: number;
  begun: number;
}

/** The engine in memory: order and deduplication hold, but a crash loses what has not run yet. */
export function createMemoryStore(options: MemoryStoreOptions = {}): Store {
  return new MemoryStore(options);
}

/** Public members are fields, so that a store can be spread and some of them replaced. */
class MemoryStore implements Store {
  readonly #options: MemoryStoreOptions;
  readonly #now: () => number;
  readonly #backlog: Backlog;
  readonly #dropCount: DropCount;
  readonly #logQuarantined: (events: readonly InboxEvent[]) => void;
  readonly #schedule: Schedule;
  /** Keys with the time of acceptance, the oldest first: a Map remembers the order of insertion. */
  readonly #keys = new Map<string, number>();
  readonly #open = new Map<number, OpenEvent>();
  readonly #journal: MemoryJournal;
  readonly #quarantine: MemoryQuarantine;
  readonly #timers: MemoryTimers;
  /** The one that was heard of last comes last. */
  readonly #conversations = new Map<string, KnownConversation>();
  #lastId = 0;
  #failed = 0;
  #tellWork: () => void = () => undefined;

  readonly durable = false;
  readonly journal: Store['journal'];
  readonly state: MemoryState;
  readonly deadLetters: MemoryDeadLetters;
  readonly quarantine: Store['quarantine'];
  readonly timers: Store['timers'];

  constructor(options: MemoryStoreOptions) {
    const { now = Date.now, monotonicNow = () => performance.now(), maxWaiting, logger } = options;
    this.#options = options;
    this.#now = now;
    this.#backlog = new Backlog({ maxWaiting, now, logger });
    this.#dropCount = createDropCount(logger);
    this.#logQuarantined = createQuarantineLog(logger, now);
    this.#schedule = new Schedule(monotonicNow);
    this.#journal = createMemoryJournal({ isInWork: (id) => this.#schedule.isInWork(id), now });
    this.#quarantine = createMemoryQuarantine(this.#dropCount.add, (event) => {
      this.#enqueue(event);
      this.#tellWork();
    });
    this.journal = this.#journal.table;
    this.state = new MemoryState(now);
    this.deadLetters = new MemoryDeadLetters({
      ...{ now, dropCount: this.#dropCount },
      replay: (letter, unknown) => {
        this.#journal.set(this.#enqueue(letter), forReplay(letter, unknown));
        this.#tellWork();
      },
    });
    this.quarantine = this.#quarantine.table;
    this.#timers = new MemoryTimers({
      roomOf: (page) => timerRoomOf(this.#schedule.waitingOf(page), maxWaiting),
      enqueue: (event) => this.#enqueue({ event, acceptedAt: now() }),
      // Its id stays in the schedule, where it is passed over.
      dropWaiting: (id) => void this.#open.delete(id),
    });
    this.timers = this.#timers.table;
  }

  readonly accept: Store['accept'] = soon((events): Acceptance => {
    const fresh = this.#withoutDuplicates(events);
    const quarantined = fresh.filter((event) => event.quarantine !== undefined);
    const forTurns = fresh.filter((event) => event.quarantine === undefined);
    if (forTurns.length > 0) this.#backlog.admit(forTurns, this.#load());
    for (const event of fresh) this.#add(event);
    this.#forgetOldKeys();
    this.#logQuarantined(quarantined);
    const duplicates = events.length - fresh.length;
    return { accepted: fresh.length, duplicates, ...(quarantined.length > 0 && { quarantined: quarantined.length }) };
  });

  readonly claim: Store['claim'] = soon((mayTake): Claim | undefined => {
    for (let id = this.#schedule.next(mayTake); id !== undefined; id = this.#schedule.next(mayTake)) {
      const found = this.#open.get(id);
      if (found === undefined) this.#schedule.release(id);
      else {
        this.#timers.claimed(found.event);
        return { id, ...found, journal: this.#journal.of(id) };
      }
    }
    return undefined;
  });

  readonly begin: Store['begin'] = soon((id) => {
    this.#inWork(id).begun += 1;
  });

  /** Nothing in this store outlives the process. */
  readonly blame: Store['blame'] = () => Promise.resolve();

  readonly complete: Store['complete'] = soon((id, changes = [], timers = []) => {
    this.#inWork(id);
    this.state.change(changes);
    this.#timers.change(timers);
    this.#end(id);
  });

  readonly retry: Store['retry'] = soon((id, delayMs, counting = 'counted') => {
    const turn = this.#inWork(id);
    if (counting === 'counted') turn.attempts += 1;
    turn.begun = 0;
    this.#journal.set(id, withoutLastRefusals(this.#journal.of(id)));
    this.#schedule.putBack(id, delayMs);
  });

  readonly fail: Store['fail'] = soon((id, note = turnFailed, changes = []) => {
    const { event, acceptedAt, attempts } = this.#inWork(id);
    this.state.change(changes);
    const journal = this.#journal.of(id);
    this.deadLetters.add({ id, event, acceptedAt, attempts, diedAt: this.#now(), journal, ...note });
    this.#failed += 1;
    this.#end(id);
  });

  readonly onWork: Store['onWork'] = (listener) => {
    this.#tellWork = listener;
  };

  readonly counts: Store['counts'] = soon(() => {
    const { waiting, inWork } = this.#schedule;
    return { waiting, claimed: inWork, failed: this.#failed };
  });

  readonly oldestOpen: Store['oldestOpen'] = soon(() => this.#open.values().next().value?.acceptedAt);

  readonly health: Store['health'] = () => this.#backlog.health(this.#load());

  readonly sizes: Store['sizes'] = () => Promise.resolve({ overdue: 0, dropped: this.#dropCount.total() });

  readonly successorWaits: Store['successorWaits'] = () => false;

  readonly knownConversation: Store['knownConversation'] = soon((conversation) =>
    this.#conversations.get(conversation),
  );

  readonly close: Store['close'] = () => Promise.resolve();

  #withoutDuplicates(events: readonly InboxEvent[]): InboxEvent[] {
    const fresh = new Map<string, InboxEvent>();
    for (const event of events) {
      if (!this.#keys.has(event.key) && !fresh.has(event.key)) fresh.set(event.key, event);
    }
    return [...fresh.values()];
  }

  #add({ echo, thread, quarantine, reach, ...event }: InboxEvent): void {
    const acceptedAt = this.#now();
    this.#keys.set(event.key, acceptedAt);
    if (echo !== undefined) this.#journal.noteEcho(event.conversation, echo);
    if (thread !== undefined) this.#journal.noteThread(event.conversation, thread);
    if (quarantine === undefined) {
      if (reach !== undefined) this.#noteReach(event, reach);
      this.#enqueue({ event, acceptedAt });
    } else this.#quarantine.add(event, quarantine, acceptedAt);
  }

  #noteReach({ conversation, endpoint }: InboxEvent, { reference, spokeAt }: ReachNote): void {
    const before = this.#conversations.get(conversation)?.spokeAt ?? spokeAt;
    // Meta may deliver an older event after a newer one, so the latest time counts.
    const latest = before === undefined ? undefined : Math.max(before, spokeAt ?? before);
    this.#conversations.delete(conversation);
    this.#conversations.set(conversation, { endpoint, reference, ...present('spokeAt', latest) });
    for (const oldest of this.#conversations.keys()) {
      if (this.#conversations.size <= maxConversations) break;
      this.#conversations.delete(oldest);
    }
  }

  #forgetOldKeys(): void {
    const { keyRetentionMs = defaultKeyRetentionMs, maxKeys = 200_000 } = this.#options;
    const oldest = this.#now() - keyRetentionMs;
    for (const [key, acceptedAt] of this.#keys) {
      if (acceptedAt > oldest && this.#keys.size <= maxKeys) return;
      this.#keys.delete(key);
    }
  }

  #load(): BacklogLoad {
    const { waiting: total, pagesWaiting: pages } = this.#schedule;
    return { total, pages, ofPage: (page) => this.#schedule.waitingOf(page) };
  }

  #enqueue({ event, acceptedAt }: Pick<OpenEvent, 'event' | 'acceptedAt'>): number {
    const id = ++this.#lastId;
    this.#open.set(id, { event, acceptedAt, attempts: 0, begun: 0 });
    this.#schedule.add(id, event.conversation);
    return id;
  }

  #inWork(id: number): OpenEvent {
    const found = this.#open.get(id);
    if (found === undefined || !this.#schedule.isInWork(id)) throw new NotInWorkError(id);
    return found;
  }

  #end(id: number): void {
    this.#open.delete(id);
    this.#journal.forget(id);
    this.#schedule.release(id);
  }
}
