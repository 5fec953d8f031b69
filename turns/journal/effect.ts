import { randomUUID } from 'node:crypto';

/** A new id for one message, sent as its metadata so that its echo can be recognised. */
export function newCorrelationId(): string {
  return `${correlationIdPrefix}${randomUUID()}`;
}

/** Whether a message's metadata is such an id. Other metadata comes from the bot itself or from another app. */
export function isCorrelationId(metadata: string): boolean {
  return metadata.startsWith(correlationIdPrefix);
}

const correlationIdPrefix = 'once-';

/**
 * What became of an effect whose answer was lost, and the evidence: the echo with its correlation id (`mark`), an `echo` with its text,
 * `reading` the conversation back, or the thread's `owner` and the events about it. Without `by`, nothing was asked.
 */
export type Reconciliation<T> = ({ state: 'done'; result: T } | { state: 'absent' } | { state: 'unknown' }) & {
  by?: Evidence;
};

export type Evidence = 'mark' | 'echo' | 'reading' | 'owner';

/** An effect that was begun. */
export interface BegunEffect {
  /** The id that its `perform` was given. */
  correlationId: string;
  /** When it was begun, in milliseconds since 1970. */
  at: number;
  /** When its last attempt ended without an answer, in milliseconds since 1970. Absent if the process ended before that. */
  endedAt?: number;
}

/** An effect as it was recorded when it was begun, which may have been in an earlier run of the turn with other arguments. */
export interface RecordedEffect extends BegunEffect {
  args?: unknown;
  /** See {@link Effect.about}. Undefined in records of earlier versions. */
  about?: unknown;
}

/** How to reconcile effects of one kind, using only what was recorded. */
export interface Reconciling<T> {
  /** Finds out what became of it. Without this, the outcome stays unknown. */
  reconcile?: (begun: RecordedEffect) => Promise<Reconciliation<T>>;
  /** For a message: what was sent, so that it is not mistaken for another one with the same text. */
  sent?: (result: T, begun: Pick<RecordedEffect, 'args' | 'about'>) => SentMessage | undefined;
}

export interface SentMessage {
  conversation: string;
  text: string;
  mid?: string;
  /** The earliest and latest time at which it was sent, by the platform's clock, in milliseconds since 1970. */
  earliest?: number;
  latest?: number;
}

/**
 * - `act`: changes something outside. A turn that runs again does not repeat it.
 * - `question`: changes nothing. Its answer is recorded afterwards, and asking again does no harm.
 * - `harmless`: changes something, but nobody minds a repetition, as of a typing indicator.
 */
export type EffectRole = 'act' | 'question' | 'harmless';

/** Something that a turn does to the world outside, or asks of it. */
export interface Effect<T> extends Reconciling<T> {
  /** Such as `send` or `pass_thread_control`. */
  kind: string;
  /** Default: `act`. */
  role?: EffectRole;
  /** Everything that distinguishes it from other effects of its kind, as JSON. */
  args: unknown;
  /** The customer. Acts for different customers are never mistaken for each other. */
  to?: string;
  /** What `reconcile` and `sent` need besides the arguments, as JSON. */
  about?: unknown;
  /**
   * Performs it.
   *
   * @param correlationId an id for this effect alone, which the platform sends back where it can
   */
  perform: (correlationId: string) => Promise<T>;
  /** The result, read back from JSON. */
  read: (json: unknown) => T;
  /** Whether an error of `perform` proves that nothing happened. */
  failureOf: (error: unknown) => 'refused' | 'unknown';
  /** `safe`: doing it twice does no harm. `never`: it is repeated only after `reconcile` has found that it did not happen. */
  repetition: 'safe' | 'never';
  /**
   * What happens in a running turn if the outcome stays unknown: the error goes to the bot (`tell`), or the turn becomes a dead letter (`park`),
   * unless the setting `UnknownSendOutcome` says otherwise.
   */
  whenUnknown: 'tell' | 'park';
}

/** Turns perform their effects through this, so that a turn that runs again does nothing twice. */
export interface EffectJournal {
  perform<T>(effect: Effect<T>): Promise<T>;
  /** Registers how to reconcile effects of this kind that an earlier run of a turn began and the present one does not ask for. */
  reconciles?(kind: string, reconciling: Reconciling<unknown>): void;
}

/** Performs effects without recording anything. */
export const withoutJournal: EffectJournal = {
  perform: (effect) => effect.perform(newCorrelationId()),
};
