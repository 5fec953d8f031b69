import { randomUUID } from 'node:crypto';

/** New words that name one message and nothing else, for its metadata. */
export function newMark(): string {
  return `${markBegin}${randomUUID()}`;
}

/** Whether a message's metadata is such a name. Otherwise the bot gave it, or another app did. */
export function isMark(metadata: string): boolean {
  return metadata.startsWith(markBegin);
}

const markBegin = 'once-';

/**
 * What could be found out about an effect whose answer never came, and by what: the echo with its `mark`, an `echo` with its words, `reading`
 * the conversation back, or the thread's `owner` and the events about it. Without `by` nothing was asked.
 */
export type Settled<T> = ({ state: 'done'; result: T } | { state: 'absent' } | { state: 'unknown' }) & {
  by?: Evidence;
};

export const evidences = ['mark', 'echo', 'reading', 'owner'] as const;
export type Evidence = (typeof evidences)[number];

/** What is known of an effect that was begun. */
export interface BegunEffect {
  /** The words that its `perform` was given. */
  mark: string;
  /** When it was begun, in milliseconds since 1970. */
  at: number;
  /** When its last attempt ended without an answer, in milliseconds since 1970. Absent when the process ended before. */
  endedAt?: number;
}

/** Something that a turn does to the world outside, or asks of it. */
export interface Effect<T> {
  /** Such as `send` or `pass_thread_control`. */
  kind: string;
  /** All that tells it from another one, as JSON. A turn that runs again must come with the same. */
  args: unknown;
  /**
   * Does it.
   *
   * @param mark words that are this effect's alone, for the platform to send back where it can
   */
  perform: (mark: string) => Promise<T>;
  /** The result, read back from JSON. */
  read: (json: unknown) => T;
  /** Whether an error of `perform` says that nothing happened, or leaves it open. */
  failureOf: (error: unknown) => 'refused' | 'unknown';
  /**
   * `safe`: doing it twice is as good as once. `never`: before it is done again, `settle` has to say that it did not happen.
   */
  repetition: 'safe' | 'never';
  /** Finds out what became of it. Without this it stays unknown. */
  settle?: (begun: BegunEffect) => Promise<Settled<T>>;
  /**
   * What happens in a running turn when nothing can be found out: the bot is told by the error (`tell`), or the turn is put aside for a
   * person (`park`).
   */
  whenUnknown: 'tell' | 'park';
  /** For a message: what was sent, so that it is never taken for another one with the same words. */
  sent?: (result: T) => { conversation: string; text: string; mid?: string };
}

/** Through which a turn does what it does outside, so that a turn which runs again does nothing twice. */
export interface EffectJournal {
  perform<T>(effect: Effect<T>): Promise<T>;
}

/** Does what it is asked and remembers nothing. */
export const withoutJournal: EffectJournal = {
  perform: (effect) => effect.perform(newMark()),
};
