/** What a store holds. Plain JSON throughout, so that a durable engine can store it. The words are explained in `store.ts`. */

/** `azure`: `POST /api/messages`, from Azure Bot Service and other Bot Framework channels. `webhook`: `POST /webhook`, from Meta. */
export type Endpoint = 'azure' | 'webhook';

/** One event on its way to the bot. */
export interface InboxEvent {
  /** Identifies what happened. Of the events with the same key, only the first is accepted. */
  key: string;
  /** The conversation key. Events of one conversation run one at a time, in the order in which they were accepted. */
  conversation: string;
  /** The kind of the Facebook event or the type of the activity, for logs. */
  kind: string;
  /** `messaging`, `standby`, or the channel's name if it is not Facebook, for logs. */
  via: string;
  /** The endpoint that accepted it. Its adapter runs the turn. */
  endpoint: Endpoint;
  /** What the turn needs, as JSON text that only the endpoint's adapter reads. */
  payload: string;
  /** Set when the event is the echo of a message of the Page. */
  echo?: EchoNote;
  /** Set when the event says that control of the thread moved. */
  thread?: ThreadNote;
  /** Set when the event says where its customer can be reached. */
  reach?: ReachNote;
  /** The name of the timer that fired. Unset for an event. */
  timer?: string;
  /** Why no bot may have it. If set, it goes into quarantine, and a person decides. */
  quarantine?: FailureNote;
}

/** What an echo says about a message of the Page. What people wrote is not stored. */
export interface EchoNote {
  mid: string;
  /** The metadata that came back with it; Azure's Facebook channel may leave it out. */
  correlationId?: string;
  text?: string;
  /** When the platform says it was sent, in milliseconds since 1970. */
  at: number;
  /** Who sent it: this bot's app (the default), or another app or a person; `unknown` if the bot does not know its app id. */
  author?: EchoAuthor;
  /** The other app. */
  appId?: string;
}

export type EchoAuthor = 'self' | 'other' | 'unknown';

/** Control of a thread was passed to this app or taken from it. */
export interface ThreadNote {
  kind: 'pass_thread_control' | 'take_thread_control';
  /** When the platform says it happened, in milliseconds since 1970. */
  at: number;
  newOwner?: string;
  previousOwner?: string;
  /** When it was accepted, in milliseconds since 1970; set by the store. */
  notedAt?: number;
}

/** What an event says about its conversation: where to answer, and when the customer last spoke. */
export interface ReachNote {
  /** A turn text without an event. The endpoint makes turns of its own in this conversation from it. */
  reference: string;
  /** When the customer spoke, in milliseconds since 1970; left out for events in which the customer did not. */
  spokeAt?: number;
}

/** What is known of a conversation from the events that were accepted. */
export interface KnownConversation extends ReachNote {
  endpoint: Endpoint;
}

/** An event handed out for its turn. */
export interface Claim {
  /** Identifies the event everywhere. Ids grow in the order of acceptance. */
  id: number;
  event: InboxEvent;
  /** When it was accepted, in milliseconds since 1970. */
  acceptedAt: number;
  /** How many failed turns `retry` has counted. */
  attempts: number;
  /** How many processes have ended in the middle of its turn since it was accepted or last put back. */
  begun: number;
  /** What the turn did when it ran before, in order. Empty for a first run. */
  journal: readonly JournalEntry[];
}

/**
 * What became of an effect.
 *
 * `open`: it was begun, and its end is not recorded. `done`: it happened. `refused`: it did not happen. `unknown`: nobody could find out, and
 * the turn was told so.
 */
export type EffectOutcome = 'open' | 'done' | 'refused' | 'unknown';

/** One effect of a turn, or one question that it asked. */
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

/** A message that was sent, or may have been. Used to tell messages with the same text apart. */
export interface SentNote {
  conversation: string;
  text: string;
  /** The platform's id of the message, if the answer named one. */
  mid?: string;
  /** When it became known that it was sent, or until then, when it was begun. In milliseconds since 1970. */
  at: number;
  /** `open`: it was begun, and its end is not known. `unknown`: its end cannot be found out. Default: `done`. */
  state?: 'open' | 'done' | 'unknown';
  /** Missing, like everything below, in notes of earlier versions. */
  correlationId?: string;
  /** When it was begun, in milliseconds since 1970. */
  begunAt?: number;
  /** By the platform's clock: the earliest time it can have been begun, and the latest that it can have been sent. */
  earliest?: number;
  latest?: number;
}

/** What `JournalTable.end` is told about a message that was sent. */
export type SentMessageNote = Pick<
  SentNote,
  'conversation' | 'text' | 'mid' | 'at' | 'correlationId' | 'earliest' | 'latest'
>;

/** A value of the bot's own state, as JSON text. */
export interface StateValue {
  value: string;
  /** Changes with every write. */
  eTag: string;
  /** When it may be deleted, in milliseconds since 1970. Left out: never. */
  expiresAt?: number;
}

export interface StateChange {
  key: string;
  /** The new value as JSON text, or undefined to delete the key. */
  value: string | undefined;
  /** Refuses the change unless the value has this eTag. Undefined accepts any. */
  expected: string | undefined;
  /** When it may be deleted, in milliseconds since 1970. Default: never. */
  expiresAt?: number;
}

/** Sets a timer or cancels it. */
export interface TimerChange {
  conversation: string;
  /** A conversation has one timer of each name: setting it again replaces it. */
  name: string;
  /** Undefined cancels the timer. */
  set: TimerSetting | undefined;
}

export interface TimerSetting {
  /** By the wall clock, in milliseconds since 1970. */
  dueAt: number;
  /** What becomes a turn then. */
  event: InboxEvent;
}

/** Tells people why a turn was given up or an event quarantined. */
export interface FailureNote {
  /** A word to sort and count by, such as `failed`, `unknownOutcome`, `malformed`. */
  reason: string;
  /** One sentence without secrets. */
  sentence: string;
}

/** The default note of a turn that was given up. */
export const turnFailed: FailureNote = { reason: 'failed', sentence: 'The turn failed.' };

/** An event whose turn was given up. */
export interface DeadLetter extends FailureNote {
  id: number;
  event: InboxEvent;
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

/** An event that no bot may have, with its whole content. */
export interface QuarantinedEvent extends FailureNote {
  id: number;
  event: InboxEvent;
  acceptedAt: number;
}
