/**
 * The port between the endpoints and the bots. An endpoint answers once `accept` has committed; the turn runs after that.
 *
 * Terminology:
 *
 * - event: something that happened in Messenger or on another channel, such as a message, an echo or a change of thread control.
 * - endpoint: where events come in, `/api/messages` (`azure`) or `/webhook` (`webhook`).
 * - inbox event: an event as an endpoint stores it on its way to the bot, with a key that is the same each time the event is delivered.
 * - conversation key, page key: name one customer's conversation with a Page, and the Page. See `models/conversationKey.ts`.
 * - turn: one run of the bot for one event. Turns of a conversation run one after the other.
 * - claim: an event handed out for its turn. It is in work until the turn is committed.
 * - open: accepted and not yet done: waiting or in work.
 * - idle: nothing is open. `settled()` waits for that.
 * - journal: what a turn did and learned outside the process, so that a turn that runs again repeats nothing.
 * - effect: one entry of the journal, such as a message sent or a question asked.
 * - outcome: what became of an effect: `open`, `done`, `refused` or `unknown`.
 * - reconcile: to find out whether an effect happened whose answer was lost.
 * - echo: Messenger's notice that a message of the Page was sent, by whomever.
 * - correlation id: sent with a message as its metadata, so that its echo can be recognised.
 * - dead letter: an event whose turn was given up. A person replays or drops it.
 * - quarantine: events that no bot may have, stored with their whole content. A person releases or drops them.
 * - timer: an event that waits for its due time. It fires when it becomes a waiting event.
 * - backlog: what is waiting. Beyond its limit `accept` rejects.
 * - backoff: the pause before a failed turn runs again, or before a page in trouble is tried again.
 * - owner: the one process that works on a store's file.
 * - epoch: 1970-01-01T00:00:00Z. Times named `at` or `...At` are milliseconds since then; durations end in `Ms`.
 */

import type { EventFilter } from './eventFilter.ts';
import type {
  Claim,
  DeadLetter,
  InboxEvent,
  EchoNote,
  EffectOutcome,
  FailureNote,
  JournalEntry,
  KnownConversation,
  QuarantinedEvent,
  SentMessageNote,
  SentNote,
  StateChange,
  StateValue,
  ThreadNote,
  TimerChange,
  UnknownEffects,
} from './records.ts';

export type * from './records.ts';
export { turnFailed } from './records.ts';

/** What became of the events handed to `accept`. */
export interface Acceptance {
  accepted: number;
  duplicates: number;
  /** How many of the accepted ones went into quarantine. Left out when none did. */
  quarantined?: number;
}

export interface StoreCounts {
  /** Accepted and not claimed, those that wait for another attempt included. */
  waiting: number;
  /** Claimed and not ended. */
  claimed: number;
  /** Given up since the engine was opened. */
  failed: number;
}

/** The journals of turns. Each method commits before it resolves. A power failure may undo `end` and `note`. */
export interface JournalTable {
  /** Records that an effect is about to be performed. If it sends a message, that is noted too, see `sendingOf`. */
  begin(id: number, entry: JournalEntry): Promise<void>;
  /** Records the answer to a question, which needs no `begin`. A power failure may undo it until a later `begin` has resolved. */
  note(id: number, entry: JournalEntry): Promise<void>;
  /** Records how an effect ended. If it sent a message, the message's note becomes `done`, with `sent`, or is deleted if it was refused. */
  end(id: number, ordinal: number, outcome: EffectOutcome, result: string, sent?: SentMessageNote): Promise<void>;
  /**
   * A message that was begun was not sent (`absent`), so its note is deleted, or nobody can know (`unknown`).
   *
   * @param latest when it can have taken effect at the latest, by the platform's clock, in milliseconds since 1970
   */
  reconcileSent(correlationId: string, outcome: 'absent' | 'unknown', latest: number): Promise<void>;
  /** The echo with this metadata. */
  echoOf(correlationId: string): Promise<EchoNote | undefined>;
  /** Echoes of this conversation from this time on, by the platform's clock. */
  echoesSince(conversation: string, at: number): Promise<EchoNote[]>;
  /** When another app or a person spoke in this conversation, from this time on by the platform's clock, and when that was accepted. */
  othersSince(conversation: string, at: number): Promise<{ at: number; notedAt: number }[]>;
  /** Whether any echoes of this page were received, and whether any of them were of this app's messages. */
  echoesOf(page: string): Promise<{ any: boolean; self: boolean }>;
  /** Messages of this conversation that were begun, or known to be sent, from this time on. */
  sentSince(conversation: string, at: number): Promise<SentNote[]>;
  /** Changes of thread control in this conversation that were accepted from this time on. */
  threadSince(conversation: string, at: number): Promise<ThreadNote[]>;
}

export interface StateTable {
  read(keys: readonly string[]): Promise<Map<string, StateValue>>;
  /** Commits all of them, or none. @throws StateConflict */
  write(changes: readonly StateChange[]): Promise<void>;
  /** Changes when values may be deleted, in milliseconds since 1970, and nothing else: their eTags stay. */
  expireAt(keys: readonly string[], at: number): Promise<void>;
}

export interface DeadLetters {
  /** The oldest first. Like `count` and `byReason`, without those that were replayed. */
  list(limit?: number, filter?: EventFilter): Promise<DeadLetter[]>;
  get(id: number): Promise<DeadLetter | undefined>;
  count(): Promise<number>;
  byReason(): Promise<ReadonlyMap<string, number>>;
  /**
   * Puts it back to work, after what waits in its conversation, with the journal of its turn. Returns false if it is not there or was replayed
   * before, so that it runs once however often this is called.
   */
  replay(id: number, unknown?: UnknownEffects, by?: string): Promise<boolean>;
  /** Deletes it. Returns false if it is not there. */
  drop(id: number): Promise<boolean>;
}

/** Quarantined events. They do not count as waiting. */
export interface Quarantine {
  /** The oldest first. */
  list(limit?: number, filter?: EventFilter): Promise<QuarantinedEvent[]>;
  get(id: number): Promise<QuarantinedEvent | undefined>;
  count(): Promise<number>;
  /** Hands it to a turn after all, after what waits in its conversation. Returns false if it is not there. */
  release(id: number): Promise<boolean>;
  /** Deletes it. Returns false if it is not there. */
  drop(id: number): Promise<boolean>;
}

/** Whether the engine can commit now. */
export type StoreHealth =
  /** `fullPages`: how many pages have no room while others do. */
  { state: 'ok'; fullPages?: number } | { state: 'unavailable'; reason: string; since: number };

/** What waited for a person's decision and was dropped because it was too old or too much. */
export interface Dropped {
  deadLetters: number;
  quarantined: number;
}

export interface TimerCounts {
  /** Not yet fired. {@link StoreCounts} does not count them. */
  waiting: number;
  /** Since the engine was opened. */
  fired: number;
  /** When the first of them is due, in milliseconds since 1970. Left out if none is waiting. */
  nextDueAt?: number;
}

/** Timers. An engine finds the next one without looking at the others. */
export interface TimerTable {
  /** Commits at once, or not at all. For a turn, `complete` commits its changes of timers. */
  change(changes: readonly TimerChange[]): Promise<void>;
  /**
   * Fires timers that are due at this time, the earliest first, a few hundred at most; none of a page that has many events waiting. Returns
   * how many fired and when the first of the others is due, which may be in the past.
   */
  fire(now: number): Promise<{ fired: number; nextDueAt?: number }>;
  counts(): Promise<TimerCounts>;
  /** Those of a conversation that have not fired, the first that is due before the others. */
  of(conversation: string): Promise<readonly WaitingTimer[]>;
}

/** A timer that has not fired. */
export interface WaitingTimer {
  name: string;
  /** In milliseconds since 1970. */
  dueAt: number;
}

/** How much space a store takes. Undefined if an engine has no such thing or cannot find out. */
export interface StoreSizes {
  fileBytes?: number | undefined;
  /** The size of the write-ahead log: what is committed but not yet in the file itself. */
  walBytes?: number | undefined;
  /** Free space on the disk for the user who runs the bot. */
  freeDiskBytes?: number | undefined;
  /** Keys and notes that should have been deleted by now; at most 10,000 of each kind are counted. */
  overdue: number;
  /** Since the engine was opened. */
  dropped: Dropped;
}

/**
 * A store engine. Every method may reject with StoreUnavailable. A rejected `accept` has committed nothing, so the endpoint must not
 * acknowledge the events.
 */
export interface Store {
  /** Commits all of them or none. @throws StoreUnavailable */
  accept(events: readonly InboxEvent[]): Promise<Acceptance>;
  /**
   * The next event to run, or undefined if there is none. Of each conversation only the oldest can be next, if it is not waiting for a retry.
   *
   * @param mayTake whether an event of this page may be handed out; called for pages that have one. Default: always.
   */
  claim(mayTake?: (page: string) => boolean): Promise<Claim | undefined>;
  /**
   * The turn is about to begin. Commits before it resolves, so that a turn that ends the process is found out however soon it does.
   * Closing the store takes this back for turns that still run, since they are not to blame.
   *
   * An engine may commit the beginning of a turn that nothing keeps from beginning together with the acceptance of its event. A kill between the two
   * then counts for that turn, as one in its middle does.
   */
  begin(id: number): Promise<void>;
  /** This turn is about to end the process: that counts twice for it, and not at all for the other running turns. */
  blame(id: number): Promise<void>;
  /**
   * The turn is done. Commits that and its changes of the bot's state and of timers, or none of it. May be called while a `journal.end` is under way, so that one
   * commit covers both. If that end cannot be committed, this rejects too, and the turn stays in work.
   *
   * @throws StateConflict
   * @throws EffectNotNoted also when called again: only `retry` or `fail` can end the turn then
   */
  complete(id: number, changes?: readonly StateChange[], timers?: readonly TimerChange[]): Promise<void>;
  /**
   * The turn runs again after a delay, before any others of its conversation. Refused effects at the end of its journal are removed, since they
   * did not happen and may be tried again. `uncounted` does not raise `attempts`.
   */
  retry(id: number, delayMs: number, counting?: 'counted' | 'uncounted'): Promise<void>;
  /**
   * The turn is given up and becomes a dead letter; its conversation goes on with the next event. `changes` of the bot's state are committed
   * all the same.
   */
  fail(id: number, note?: FailureNote, changes?: readonly StateChange[]): Promise<void>;
  /**
   * Calls the listener when there is something to claim that did not come from `accept`, such as a replayed dead letter, or when another process
   * has changed something, such as an operator's pause.
   */
  onWork(listener: () => void): void;
  counts(): Promise<StoreCounts>;
  /**
   * When the first open event was accepted, in milliseconds since 1970; undefined if none is open. A replayed dead letter is placed by the time
   * of its replay but reports when it was first accepted.
   */
  oldestOpen(): Promise<number | undefined>;
  health(): StoreHealth;
  /** What is known of this conversation. Forgotten when nothing was accepted in it for 60 days. */
  knownConversation(conversation: string): Promise<KnownConversation | undefined>;
  /** Whether what is accepted survives this process. */
  readonly durable: boolean;
  /** Whether another process is waiting to take over the store. */
  successorWaits(): boolean;
  sizes(): Promise<StoreSizes>;
  /** Calls the listener with the milliseconds that each commit took. Engines without a disk do not have this. */
  onCommit?(listener: (ms: number) => void): void;
  readonly journal: JournalTable;
  readonly state: StateTable;
  readonly deadLetters: DeadLetters;
  readonly quarantine: Quarantine;
  readonly timers: TimerTable;
  close(): Promise<void>;
}
