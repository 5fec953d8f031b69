import { randomUUID } from 'node:crypto';

/** New words that name one message and nothing else, for its metadata. */
export function newCorrelationId(): string {
  return `${markBegin}${randomUUID()}`;
}

/** Whether a message's metadata is such a name. Otherwise the bot gave it, or another app did. */
export function isCorrelationId(metadata: string): boolean {
  return metadata.startsWith(markBegin);
}

const markBegin = 'once-';

/**
 * What could be found out about an effect whose answer never came, and by what: the echo with its `correlationId`, an `echo` with its words, `reading`
 * the conversation back, or the thread's `owner` and the events about it. Without `by` nothing was asked.
 */
export type Reconciliation<T> = ({ state: 'done'; result: T } | { state: 'absent' } | { state: 'unknown' }) & {
  by?: Evidence;
};

export const evidences = ['mark', 'echo', 'reading', 'owner'] as const;
export type Evidence = (typeof evidences)[number];

/** What is known of an effect that was begun. */
export interface BegunEffect {
  /** The words that its `perform` was given. */
  correlationId: string;
  /** When it was begun, in milliseconds since 1970. */
  at: number;
  /** When its last attempt ended without an answer, in milliseconds since 1970. Absent when the process ended before. */
  endedAt?: number;
}

/** An effect that was begun, as it was written down: maybe by an earlier run of the turn, with other arguments than the present one's. */
export interface RecordedEffect extends BegunEffect {
  args?: unknown;
  /** See {@link Effect.about}. Undefined where an earlier version wrote it down. */
  about?: unknown;
}

/** How it is found out what became of effects of one kind. It needs nothing but what was written down. */
export interface Reconciling<T> {
  /** Finds out what became of it. Without this it stays unknown. */
  reconcile?: (begun: RecordedEffect) => Promise<Reconciliation<T>>;
  /** For a message: what was sent, so that it is never taken for another one with the same words. */
  sent?: (result: T, begun: Pick<RecordedEffect, 'args' | 'about'>) => SentMessage | undefined;
}

export interface SentMessage {
  conversation: string;
  text: string;
  mid?: string;
  /** When it was sent by the platform's clock, at the earliest and at the latest, in milliseconds since 1970. */
  earliest?: number;
  latest?: number;
}

/**
 * - `act`: it changes something outside. A turn that runs again does not do it again.
 * - `question`: it changes nothing. Its answer is written down behind it, and one question more or less makes no difference.
 * - `harmless`: it changes something of which nobody minds one more or less, such as a typing indicator.
 */
export type EffectRole = 'act' | 'question' | 'harmless';

/** Something that a turn does to the world outside, or asks of it. */
export interface Effect<T> extends Reconciling<T> {
  /** Such as `send` or `pass_thread_control`. */
  kind: string;
  /** Default: `act`. */
  role?: EffectRole;
  /** All that tells it from another one, as JSON. */
  args: unknown;
  /** Whom it concerns. Acts upon different ones are never taken for each other. */
  to?: string;
  /** What `settle` and `sent` need beside the arguments, as JSON. */
  about?: unknown;
  /**
   * Does it.
   *
   * @param correlationId words that are this effect's alone, for the platform to send back where it can
   */
  perform: (correlationId: string) => Promise<T>;
  /** The result, read back from JSON. */
  read: (json: unknown) => T;
  /** Whether an error of `perform` says that nothing happened, or leaves it open. */
  failureOf: (error: unknown) => 'refused' | 'unknown';
  /**
   * `safe`: doing it twice is as good as once. `never`: before it is done again, `settle` has to say that it did not happen.
   */
  repetition: 'safe' | 'never';
  /**
   * What happens in a running turn when nothing can be found out: the bot is told by the error (`tell`), or the turn is put aside for a
   * person (`park`).
   */
  whenUnknown: 'tell' | 'park';
}

/** Through which a turn does what it does outside, so that a turn which runs again does nothing twice. */
export interface EffectJournal {
  perform<T>(effect: Effect<T>): Promise<T>;
  /** Tells how effects of this kind are reconciled that an earlier run of a turn began and the present one does not ask for. */
  reconciles?(kind: string, reconciling: Reconciling<unknown>): void;
}

/** Does what it is asked and remembers nothing. */
export const withoutJournal: EffectJournal = {
  perform: (effect) => effect.perform(newCorrelationId()),
};
