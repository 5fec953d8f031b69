/**
 * What stands between the endpoints and the bots: an endpoint is answered when `accept` has committed, and only then does
 * the turn run. One event is one delivery, one key, one turn.
 */

import type { EventFilter } from './eventFilter.ts';

/** `azure`: `POST /api/messages`, from Azure Bot Service and other Bot Framework channels. `webhook`: `POST /webhook`, from Meta. */
export type Endpoint = 'azure' | 'webhook';

/** One event on its way to the bot. It is plain JSON throughout, so that a durable engine can keep it. */
export interface Delivery {
  /** Two deliveries with the same key are the same event; only the first is kept. */
  key: string;
  /** Deliveries of one conversation are worked on one at a time, in the order in which they were accepted. */
  conversation: string;
  /** What it is, for logs: the Facebook event's kind or the activity's type. */
  kind: string;
  /** How it came, for logs: `messaging`, `standby`, or the channel's name where it is not Facebook's. */
  via: string;
  /** The endpoint that accepted it, whose adapter runs its turn. */
  endpoint: Endpoint;
  /** The turn as JSON text; only the endpoint that wrote it reads it. */
  turn: string;
  /** When the event shows that a message of the Page was sent: which one. */
  echo?: EchoNote;
  /** When the event tells that control of the thread moved. */
  thread?: ThreadNote;
  /** No bot may have it, and this is why: it is committed with its whole content, and a person decides. */
  quarantine?: FailureNote;
}

/** What an echo tells about a message of the Page. Of what people said the words are not kept. */
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

/** A delivery that a runner is working on. */
export interface Claim {
  /** Names this delivery everywhere. Ids grow in the order of acceptance. */
  id: number;
  delivery: Delivery;
  /** When it was accepted, in milliseconds since 1970. */
  acceptedAt: number;
  /** How often its turn has been put back by `retry`. */
  attempts: number;
  /** How often its turn was begun by a process that ended in the middle of it, since it was accepted or put back. */
  begun: number;
  /** What the turn did when it ran before, by ordinal. Empty for a turn that has not run. */
  journal: readonly JournalEntry[];
}

/** What became of the deliveries handed to `accept`. */
export interface Acceptance {
  accepted: number;
  duplicates: number;
  /** How many of the accepted ones went into quarantine, when any did. */
  quarantined?: number;
}

export interface StoreCounts {
  /** Accepted and not begun, those that wait for another attempt included. */
  waiting: number;
  /** Begun and not ended. */
  claimed: number;
  /** Ended by `fail` since the engine was opened. */
  failed: number;
}

/**
 * What is known of one effect of a turn.
 *
 * `open`: it was about to be done, and what became of it was never learnt. `done`: it happened, with this result. `refused`: it did not
 * happen. `unknown`: nothing could be learnt, and the turn was told so.
 */
export type EffectOutcome = 'open' | 'done' | 'refused' | 'unknown';

/** One outside effect or outside read of a turn. */
export interface JournalEntry {
  /** Its place in the turn, from 0. */
  ordinal: number;
  kind: string;
  /** Tells the arguments from other arguments. */
  hash: string;
  /** What is needed to find out later whether it happened, as JSON text. */
  detail: string;
  /** When it was about to be done, in milliseconds since 1970. */
  at: number;
  outcome: EffectOutcome;
  /** The result or the error, as JSON text; empty while it is open. */
  result: string;
}

/** A message that was sent, or may have been, for telling it from others with the same words. */
export interface SentNote {
  conversation: string;
  text: string;
  /** The platform's id of the message, when the answer named one. */
  mid?: string;
  /** When it was known that it had been sent, in milliseconds since 1970: some time after it was. Until then, when it was begun. */
  at: number;
  /** `open`: it was begun, and its end is not known. `unknown`: nothing can be found out about it. Default: `done`. */
  state?: 'open' | 'done' | 'unknown';
  /** The words that it was given; absent, like all that follows, on what an earlier version noted. */
  correlationId?: string;
  /** When it was begun, in milliseconds since 1970. */
  begunAt?: number;
  /** The same two times by the platform's clock, at the earliest and at the latest. */
  earliest?: number;
  latest?: number;
}

/** What `end` is told of a message that was sent. */
export type SentMessageNote = Pick<SentNote, 'conversation' | 'text' | 'mid' | 'at' | 'earliest' | 'latest'>;

/** The turn journal: each method commits before it resolves, except `end` and `note`, which a crash of the machine may undo. */
export interface JournalTable {
  /** Notes a message that is about to be sent, see `sendingOf`, along with the entry. */
  begin(id: number, entry: JournalEntry): Promise<void>;
  /**
   * An entry that needs no beginning: the answer to a question. A crash of the machine may undo it, but not when a later `begin` has
   * resolved.
   */
  note(id: number, entry: JournalEntry): Promise<void>;
  /** What is noted of a message of that entry becomes `done`, with `sent`, or is forgotten when it was refused. */
  end(id: number, ordinal: number, outcome: EffectOutcome, result: string, sent?: SentMessageNote): Promise<void>;
  /** What became of a message that was begun: it was not sent, and is forgotten, or nobody knows. */
  reconcileSent(correlationId: string, outcome: 'absent' | 'unknown'): Promise<void>;
  /** The echo that came back with this metadata. */
  echoOf(correlationId: string): Promise<EchoNote | undefined>;
  /** Echoes in this conversation that the platform dates at or after this time. */
  echoesSince(conversation: string, at: number): Promise<EchoNote[]>;
  /** When others than this app spoke in this conversation, at or after this time by the platform's clock, and when that was accepted. */
  othersSince(conversation: string, at: number): Promise<{ at: number; notedAt: number }[]>;
  /** Whether echoes of this page are heard at all, and with this bot's own app id; see `pageOf`. */
  echoesOf(page: string): Promise<{ any: boolean; self: boolean }>;
  /** Messages of this conversation that were begun, or became known to be sent, at or after this time. */
  sentSince(conversation: string, at: number): Promise<SentNote[]>;
  /** What was accepted at or after this time about the control of this conversation's thread. */
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
  /** The new value as JSON text, or undefined to forget the key. */
  value: string | undefined;
  /** Refuse the change unless the value is at this eTag; undefined for whatever it is at. */
  expected: string | undefined;
  /** From when on it may be forgotten, in milliseconds since 1970. Default: never. */
  expiresAt?: number;
}

export interface StateTable {
  read(keys: readonly string[]): Promise<Map<string, StateValue>>;
  /** Commits all of them, or none. @throws StateConflict */
  write(changes: readonly StateChange[]): Promise<void>;
}

/** Why a turn was given up, or an event quarantined, for people. */
export interface FailureNote {
  /** A word to sort and count by, such as `failed`, `unknownOutcome`, `malformed`. */
  reason: string;
  /** One sentence without secrets. */
  sentence: string;
}

/** The note of a turn that was given up for no reason in particular. */
export const turnFailed: FailureNote = { reason: 'failed', sentence: 'The turn failed.' };

/** A delivery whose turn was given up. */
export interface DeadLetter extends FailureNote {
  id: number;
  delivery: Delivery;
  acceptedAt: number;
  diedAt: number;
  attempts: number;
  journal: readonly JournalEntry[];
  /** When it was put back to work; undefined while nobody did. */
  replayedAt?: number;
  /** Who put it back, when that is known. */
  replayedBy?: string;
}

/**
 * What is to become of effects whose outcome is unknown when a dead letter is replayed: it is asked once more (`keep`), they are done
 * again when the turn asks for them (`again`), or taken as done (`assumeDone`).
 */
export type UnknownEffects = 'keep' | 'again' | 'assumeDone';

export interface DeadLetters {
  /** The oldest first, those that were replayed left out. */
  list(limit?: number, filter?: EventFilter): Promise<DeadLetter[]>;
  get(id: number): Promise<DeadLetter | undefined>;
  /** How many there are, those that were replayed left out. */
  count(): Promise<number>;
  /** The same for each reason that there are any of. */
  byReason(): Promise<ReadonlyMap<string, number>>;
  /**
   * Puts it back to work, behind what waits in its conversation, with what its turn had done already. Answers false when it
   * is not there or was replayed before: however often it is asked, it runs once.
   */
  replay(id: number, unknown?: UnknownEffects, by?: string): Promise<boolean>;
  /** Forgets it. Answers false when it was not there. */
  drop(id: number): Promise<boolean>;
}

/** An event that no bot got, with its whole content. */
export interface QuarantinedEvent extends FailureNote {
  id: number;
  delivery: Delivery;
  acceptedAt: number;
}

/** Events whose delivery said that no bot may have them. They do not count as waiting. */
export interface Quarantine {
  /** The oldest first. */
  list(limit?: number, filter?: EventFilter): Promise<QuarantinedEvent[]>;
  get(id: number): Promise<QuarantinedEvent | undefined>;
  count(): Promise<number>;
  /** Hands it to a turn after all, behind what waits in its conversation. Answers false when it is not there any more. */
  release(id: number): Promise<boolean>;
  /** Forgets it. Answers false when it was not there. */
  drop(id: number): Promise<boolean>;
}

/** Whether the engine can commit now. */
export type StoreHealth =
  /** `fullPages`: of how many pages no more is accepted at the moment, although there is room for others. */
  { state: 'ok'; fullPages?: number } | { state: 'unavailable'; reason: string; since: number };

/** What was kept for a person and is gone, since it was too old or too much, and nobody had decided. */
export interface Dropped {
  deadLetters: number;
  quarantined: number;
}

/** How much room a store takes. What an engine does not have, or cannot tell, is undefined. */
export interface StoreSizes {
  fileBytes?: number | undefined;
  /** What is committed and not yet in the file itself. */
  walBytes?: number | undefined;
  /** What is free on the disk for the user who runs the bot. */
  freeDiskBytes?: number | undefined;
  /** Keys and notes that are older than they should become; 10,000 of each kind at most are counted. */
  overdue: number;
  /** Since the engine was opened. */
  dropped: Dropped;
}

/**
 * A store engine. Every method may reject when the engine cannot do its work; a rejected `accept` has committed nothing,
 * so the endpoint must not acknowledge.
 */
export interface Store {
  /** Commits all of them, or none. @throws StoreUnavailable */
  accept(deliveries: readonly Delivery[]): Promise<Acceptance>;
  /**
   * The oldest waiting delivery of a conversation that has none in work and is not held back, or undefined when there is none.
   *
   * @param mayTake whether one of this page may be handed out, see `pageOf`. It is asked of pages that have one. Default: of every page.
   */
  claim(mayTake?: (page: string) => boolean): Promise<Claim | undefined>;
  /**
   * The turn begins. Committed before it resolves, so that a turn which ends the process is known for it, however soon it does so. A store
   * that is closed while the turn runs takes it back: nobody is to blame for that end.
   */
  begin(id: number): Promise<void>;
  /** The process is about to end because of this turn in work: it is counted twice for that, and those beside it are not counted. */
  blame(id: number): Promise<void>;
  /**
   * The turn has run. What it changed in the bot's state is committed with that, or neither is. It may be called while `journal.end` is
   * under way, so that one commit takes both; when an end was not noted, this rejects too and the turn stays in work.
   *
   * @throws StateConflict
   * @throws EffectNotNoted also when it is asked again: only `retry` helps, or `fail`
   */
  complete(id: number, changes?: readonly StateChange[]): Promise<void>;
  /**
   * The turn should run again, before the others of its conversation, but not for so many milliseconds. Refused effects at the end of its
   * journal are taken out, so that they are tried again. `uncounted` leaves `attempts` as they are.
   */
  retry(id: number, delayMs: number, counting?: 'counted' | 'uncounted'): Promise<void>;
  /**
   * The turn has failed for good and becomes a dead letter; its conversation goes on with the next delivery. `changes` are what is true
   * all the same, and are committed with that.
   */
  fail(id: number, note?: FailureNote, changes?: readonly StateChange[]): Promise<void>;
  /**
   * Calls when something may be claimed that `accept` did not bring, such as a dead letter that somebody replays, and when another process
   * changed anything else, such as an operator's pause.
   */
  onWork(listener: () => void): void;
  counts(): Promise<StoreCounts>;
  /**
   * When the delivery in front of all others, waiting or in work, was accepted, in milliseconds since 1970; undefined when none is open.
   * A dead letter that was put back to work stands where it was put back, and tells when it was accepted first.
   */
  oldestOpen(): Promise<number | undefined>;
  health(): StoreHealth;
  /** Whether the next process finds what this one accepted. */
  readonly durable: boolean;
  /** Whether another process waits for this one to end and to leave it the store. */
  successorWaits(): boolean;
  sizes(): Promise<StoreSizes>;
  /** Calls with the milliseconds that each commit took. An engine that commits nothing to a disk has no such thing. */
  onCommit?(listener: (ms: number) => void): void;
  readonly journal: JournalTable;
  readonly state: StateTable;
  readonly deadLetters: DeadLetters;
  readonly quarantine: Quarantine;
  close(): Promise<void>;
}
