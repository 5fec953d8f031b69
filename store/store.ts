/**
 * The port between the endpoints and the bots. An endpoint answers once `accept` has committed; the turn runs after that.
 *
 * Terminology:
 *
 * - delivery: one event on its way to the bot, with a key that is the same each time the event is delivered.
 * - event: something that happened in Messenger or on another channel, such as a message, an echo or a change of thread control.
 * - endpoint: where a delivery came in, `/api/messages` (`azure`) or `/webhook` (`webhook`).
 * - conversation key: names one customer's conversation with one Page. Its turns run one after the other.
 * - page key: names the Page of a conversation, see `pageOf`. A Page in trouble holds up no other.
 * - turn: one run of the bot for one delivery. A delivery whose turn fails gets another one.
 * - claim: a delivery handed out for its turn. It is in work until the turn is committed.
 * - attempt: a turn that failed and was put back by `retry`.
 * - open: accepted and not yet done: waiting or in work.
 * - journal: what a turn did and learned outside the process, so that a turn that runs again repeats nothing.
 * - effect: one entry of the journal, such as a message sent or a question asked.
 * - outcome: what became of an effect: `open`, `done`, `refused` or `unknown`.
 * - echo: Messenger's notice that a message of the Page was sent, by whomever.
 * - correlation id: sent with a message as its metadata, so that its echo can be recognised.
 * - reconcile: to find out whether an effect happened whose answer was lost.
 * - dead letter: a delivery whose turn was given up. A person replays or drops it.
 * - quarantine: events that no bot may have, stored with their whole content. A person releases or drops them.
 * - backlog: what is waiting. Beyond its limit `accept` rejects.
 * - backoff: the pause between attempts, of one conversation or of a whole page.
 * - schedule: the order in which waiting deliveries are claimed. It is in memory and is rebuilt at a start.
 * - owner: the one process that works on a store's file.
 * - maintenance: what an engine does each second, such as forgetting what is old.
 */

import type { EventFilter } from './eventFilter.ts';

/** `azure`: `POST /api/messages`, from Azure Bot Service and other Bot Framework channels. `webhook`: `POST /webhook`, from Meta. */
export type Endpoint = 'azure' | 'webhook';

/** One event on its way to the bot. Plain JSON throughout, so that a durable engine can store it. */
export interface Delivery {
  /** Two deliveries with the same key are the same event; only the first is accepted. */
  key: string;
  /** The conversation key. Deliveries of one conversation run one at a time, in the order in which they were accepted. */
  conversation: string;
  /** The kind of the Facebook event or the type of the activity, for logs. */
  kind: string;
  /** `messaging`, `standby`, or the channel's name if it is not Facebook, for logs. */
  via: string;
  /** The endpoint that accepted it, whose adapter runs its turn. */
  endpoint: Endpoint;
  /** What the turn needs, as JSON text. Only the adapter of its endpoint reads it. */
  turn: string;
  /** Set when the event is the echo of a message of the Page. */
  echo?: EchoNote;
  /** Set when the event says that control of the thread moved. */
  thread?: ThreadNote;
  /** Set when no bot may have it, with the reason: it goes into quarantine, and a person decides. */
  quarantine?: FailureNote;
}

/** What an echo says about a message of the Page. The words of people are not stored. */
export interface EchoNote {
  mid: string;
  /** The metadata that came back with it; Azure's Facebook channel may leave it out. */
  correlationId?: string;
  text?: string;
  /** When the platform says it was sent, in milliseconds since 1970. */
  at: number;
  /** Who sent it: this bot's app, or another app or a person; `unknown` where the bot has no app id of its own. Default: `self`. */
  author?: EchoAuthor;
  /** The other app. */
  appId?: string;
}

export type EchoAuthor = 'self' | 'other' | 'unknown';

/** That control of a thread was passed to this app, or taken from it. */
export interface ThreadNote {
  kind: 'pass_thread_control' | 'take_thread_control';
  /** When the platform says it happened, in milliseconds since 1970. */
  at: number;
  newOwner?: string;
  previousOwner?: string;
  /** When it was accepted, in milliseconds since 1970; set by the store. */
  notedAt?: number;
}

/** A delivery that is handed out for its turn. */
export interface Claim {
  /** Identifies the delivery everywhere. Ids grow in the order of acceptance. */
  id: number;
  delivery: Delivery;
  /** When it was accepted, in milliseconds since 1970. */
  acceptedAt: number;
  /** How often `retry` has put it back and counted that. */
  attempts: number;
  /** How many processes have ended in the middle of its turn since it was accepted or put back. */
  begun: number;
  /** What the turn did when it ran before, in order. Empty for a first run. */
  journal: readonly JournalEntry[];
}

/** What became of the deliveries handed to `accept`. */
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

/**
 * What became of an effect.
 *
 * `open`: it was begun, and its end is not known. `done`: it happened, with this result. `refused`: it did not happen. `unknown`: it could
 * not be found out, and the turn was told so.
 */
export type EffectOutcome = 'open' | 'done' | 'refused' | 'unknown';

/** One outside effect or outside read of a turn. */
export interface JournalEntry {
  /** Its place in the turn, from 0. */
  ordinal: number;
  kind: string;
  /** Hash of the arguments. */
  hash: string;
  /** What `reconcile` needs to find out whether it happened, as JSON text. */
  detail: string;
  /** When it was begun, in milliseconds since 1970. */
  at: number;
  outcome: EffectOutcome;
  /** The result or the error, as JSON text; empty while it is open. */
  result: string;
}

/** A message that was sent, or may have been. Used to tell messages with the same words apart. */
export interface SentNote {
  conversation: string;
  text: string;
  /** The platform's id of the message, when the answer named one. */
  mid?: string;
  /** When its sending became known, in milliseconds since 1970, which is some time after it was sent. Until then, when it was begun. */
  at: number;
  /** `open`: it was begun, and its end is not known. `unknown`: its end cannot be found out. Default: `done`. */
  state?: 'open' | 'done' | 'unknown';
  /** Left out, as is all that follows, in notes of earlier versions. */
  correlationId?: string;
  /** When it was begun, in milliseconds since 1970. */
  begunAt?: number;
  /** The same two times by the platform's clock, at the earliest and at the latest. */
  earliest?: number;
  latest?: number;
}

/** What `end` is told about a message that was sent. */
export type SentMessageNote = Pick<SentNote, 'conversation' | 'text' | 'mid' | 'at' | 'earliest' | 'latest'>;

/** The journals of turns. Each method commits before it resolves. A crash of the machine may undo `end` and `note`. */
export interface JournalTable {
  /** An effect is about to be done. If it sends a message, that is noted along with it, see `sendingOf`. */
  begin(id: number, entry: JournalEntry): Promise<void>;
  /**
   * An entry without a beginning: the answer to a question. A crash of the machine may undo it until a later `begin` has resolved.
   */
  note(id: number, entry: JournalEntry): Promise<void>;
  /** The effect has ended. If it sent a message, its note becomes `done`, with `sent`, or is forgotten if it was refused. */
  end(id: number, ordinal: number, outcome: EffectOutcome, result: string, sent?: SentMessageNote): Promise<void>;
  /** A message that was begun was not sent, and its note is forgotten (`absent`), or nobody can know (`unknown`). */
  reconcileSent(correlationId: string, outcome: 'absent' | 'unknown'): Promise<void>;
  /** The echo that came back with this metadata. */
  echoOf(correlationId: string): Promise<EchoNote | undefined>;
  /** Echoes of this conversation, at or after this time by the platform's clock. */
  echoesSince(conversation: string, at: number): Promise<EchoNote[]>;
  /** When another app or a person spoke in this conversation, at or after this time by the platform's clock, and when that was accepted. */
  othersSince(conversation: string, at: number): Promise<{ at: number; notedAt: number }[]>;
  /** Whether any echoes of this page were received, and any of this app's own messages; see `pageOf`. */
  echoesOf(page: string): Promise<{ any: boolean; self: boolean }>;
  /** Messages of this conversation that were begun, or known to be sent, at or after this time. */
  sentSince(conversation: string, at: number): Promise<SentNote[]>;
  /** Changes of thread control in this conversation that were accepted at or after this time. */
  threadSince(conversation: string, at: number): Promise<ThreadNote[]>;
}

/** A value of the bot's own state, as JSON text. */
export interface StateValue {
  value: string;
  /** Changes with every write. */
  eTag: string;
}

export interface StateChange {
  key: string;
  /** The new value as JSON text, or undefined to delete the key. */
  value: string | undefined;
  /** Refuses the change unless the value has this eTag. Undefined: any will do. */
  expected: string | undefined;
  /** When it may be deleted, in milliseconds since 1970. Default: never. */
  expiresAt?: number;
}

export interface StateTable {
  read(keys: readonly string[]): Promise<Map<string, StateValue>>;
  /** Commits all of them, or none. @throws StateConflict */
  write(changes: readonly StateChange[]): Promise<void>;
}

/** Why a turn was given up or an event quarantined, for people. */
export interface FailureNote {
  /** A word to sort and count by, such as `failed`, `unknownOutcome`, `malformed`. */
  reason: string;
  /** One sentence without secrets. */
  sentence: string;
}

/** The note of a turn that was given up without a more precise one. */
export const turnFailed: FailureNote = { reason: 'failed', sentence: 'The turn failed.' };

/** A delivery whose turn was given up. */
export interface DeadLetter extends FailureNote {
  id: number;
  delivery: Delivery;
  acceptedAt: number;
  diedAt: number;
  attempts: number;
  journal: readonly JournalEntry[];
  /** When it was replayed; undefined until somebody does. */
  replayedAt?: number;
  /** Who replayed it, if known. */
  replayedBy?: string;
}

/**
 * What to do about effects with an unknown outcome when a dead letter is replayed: reconcile them once more (`keep`), repeat them when the
 * turn asks for them (`again`), or take them as done (`assumeDone`).
 */
export type UnknownEffects = 'keep' | 'again' | 'assumeDone';

export interface DeadLetters {
  /** The oldest first, without those that were replayed. */
  list(limit?: number, filter?: EventFilter): Promise<DeadLetter[]>;
  get(id: number): Promise<DeadLetter | undefined>;
  /** How many there are, without those that were replayed. */
  count(): Promise<number>;
  /** The same for each reason. */
  byReason(): Promise<ReadonlyMap<string, number>>;
  /**
   * Puts it back to work, behind what waits in its conversation, with the journal of its turn. Returns false if it is not there or was
   * replayed before, so that it runs once however often this is called.
   */
  replay(id: number, unknown?: UnknownEffects, by?: string): Promise<boolean>;
  /** Forgets it. Answers false when it was not there. */
  drop(id: number): Promise<boolean>;
}

/** An event that no bot may have, with its whole content. */
export interface QuarantinedEvent extends FailureNote {
  id: number;
  delivery: Delivery;
  acceptedAt: number;
}

/** Events that no bot may have. They do not count as waiting. */
export interface Quarantine {
  /** The oldest first. */
  list(limit?: number, filter?: EventFilter): Promise<QuarantinedEvent[]>;
  get(id: number): Promise<QuarantinedEvent | undefined>;
  count(): Promise<number>;
  /** Hands it to a turn after all, behind what waits in its conversation. Returns false if it is not there. */
  release(id: number): Promise<boolean>;
  /** Forgets it. Answers false when it was not there. */
  drop(id: number): Promise<boolean>;
}

/** Whether the engine can commit now. */
export type StoreHealth =
  /** `fullPages`: how many pages have no room for more at the moment, although others have. */
  { state: 'ok'; fullPages?: number } | { state: 'unavailable'; reason: string; since: number };

/** What waited for a person's decision and was dropped, since it was too old or too much. */
export interface Dropped {
  deadLetters: number;
  quarantined: number;
}

/** How much space a store takes. What an engine does not have, or cannot find out, is undefined. */
export interface StoreSizes {
  fileBytes?: number | undefined;
  /** The size of the write-ahead log: what is committed and not yet in the file itself. */
  walBytes?: number | undefined;
  /** Free space on the disk for the user who runs the bot. */
  freeDiskBytes?: number | undefined;
  /** Keys and notes that should have been forgotten by now; at most 10,000 of each kind are counted. */
  overdue: number;
  /** Since the engine was opened. */
  dropped: Dropped;
}

/**
 * A store engine. Every method may reject when the engine cannot work. A rejected `accept` has committed nothing, so the endpoint must not
 * acknowledge the events.
 */
export interface Store {
  /** Commits all of them or none. @throws StoreUnavailable */
  accept(deliveries: readonly Delivery[]): Promise<Acceptance>;
  /**
   * The next delivery to run, or undefined if there is none: the oldest of a conversation that has none in work and waits for no retry.
   *
   * @param mayTake whether a delivery of this page may be handed out; called for pages that have one, see `pageOf`. Default: every page may.
   */
  claim(mayTake?: (page: string) => boolean): Promise<Claim | undefined>;
  /**
   * The turn is about to begin. Committed before it resolves, so that a turn which ends the process is found out however soon it does so.
   * Closing the store takes this back for turns that still run: they are not to blame for that.
   */
  begin(id: number): Promise<void>;
  /** This turn is about to end the process: that counts twice for it, and not at all for the turns beside it. */
  blame(id: number): Promise<void>;
  /**
   * The turn is done. Its changes of the bot's state are committed with that, or neither is. It may be called while `journal.end` is under
   * way, so that one commit takes both. If such an end cannot be committed, this rejects too and the turn stays in work.
   *
   * @throws StateConflict
   * @throws EffectNotNoted also when called again: only `retry` or `fail` can end the turn then
   */
  complete(id: number, changes?: readonly StateChange[]): Promise<void>;
  /**
   * The turn runs again after so many milliseconds, before the others of its conversation. Refused effects at the end of its journal are
   * removed, since they had no effect and may be tried again. `uncounted` leaves `attempts` as they are.
   */
  retry(id: number, delayMs: number, counting?: 'counted' | 'uncounted'): Promise<void>;
  /**
   * The turn is given up and becomes a dead letter; its conversation goes on with the next delivery. `changes` are changes of the bot's
   * state that hold nevertheless, and are committed with that.
   */
  fail(id: number, note?: FailureNote, changes?: readonly StateChange[]): Promise<void>;
  /**
   * The listener is called when something may be claimed that `accept` did not bring, such as a replayed dead letter, and when another
   * process has changed anything else, such as an operator's pause.
   */
  onWork(listener: () => void): void;
  counts(): Promise<StoreCounts>;
  /**
   * When the first open delivery was accepted, in milliseconds since 1970; undefined if none is open. A replayed dead letter has its place
   * by the time of its replay, and reports when it was first accepted.
   */
  oldestOpen(): Promise<number | undefined>;
  health(): StoreHealth;
  /** Whether what is accepted survives this process. */
  readonly durable: boolean;
  /** Whether another process waits for this one to end and to leave it the store. */
  successorWaits(): boolean;
  sizes(): Promise<StoreSizes>;
  /** The listener is called with the milliseconds that each commit took. Engines without a disk have no such thing. */
  onCommit?(listener: (ms: number) => void): void;
  readonly journal: JournalTable;
  readonly state: StateTable;
  readonly deadLetters: DeadLetters;
  readonly quarantine: Quarantine;
  close(): Promise<void>;
}
