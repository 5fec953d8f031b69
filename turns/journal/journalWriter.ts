import { present } from '../../models/present.ts';
import type { JournalTable } from '../../store/store.ts';
import type { TurnScope } from '../turnScope.ts';
import { newCorrelationId, type BegunEffect, type Effect, type Reconciling, type RecordedEffect } from './effect.ts';
import { textOf } from './recordedEffects.ts';
import { recordError } from './recordedErrors.ts';

export interface JournalWriterOptions {
  table: JournalTable;
  /** Milliseconds since 1970. */
  now: () => number;
}

/** An act that has happened, with the arguments it was begun with. */
export interface DoneEffect<T> {
  ordinal: number;
  effect: Reconciling<T>;
  begun: Pick<RecordedEffect, 'correlationId' | 'args' | 'about'>;
}

/** Writes how a question or a harmless effect ended. */
export interface ReservedEntry {
  done(result: unknown): void;
  refused(error: unknown): void;
}

/**
 * Writes a turn's effects to the journal. Only `begin` waits for the disk; everything else gets there with the next act or the turn's end. Nothing
 * is written for a turn that has ended.
 */
export class JournalWriter {
  readonly now: () => number;
  readonly #table: JournalTable;

  constructor({ table, now }: JournalWriterOptions) {
    this.#table = table;
    this.now = now;
  }

  /** Commits that an act is about to be performed. */
  async begin<T>(scope: TurnScope, effect: Effect<T>, place: { ordinal: number; hash: string }): Promise<BegunEffect> {
    const { ordinal, hash } = place;
    const { kind, args, to, about } = effect;
    const begun: BegunEffect = { correlationId: newCorrelationId(), at: this.now() };
    const detail = JSON.stringify({ mark: begun.correlationId, args, to, about });
    await this.#table.begin(scope.id, { ordinal, kind, hash, detail, at: begun.at, outcome: 'open', result: '' });
    return begun;
  }

  done<T>(scope: TurnScope, { ordinal, effect, begun }: DoneEffect<T>, result: T): void {
    const sent = effect.sent?.(result, begun);
    if (scope.ended) return;
    // Earlier versions recorded no id.
    const correlationId = begun.correlationId === '' ? undefined : begun.correlationId;
    const note = sent && { ...sent, ...present('correlationId', correlationId), at: this.now() };
    scope.trackWrite(this.#table.end(scope.id, ordinal, 'done', textOf(result), note));
  }

  failed(scope: TurnScope, ordinal: number, outcome: 'refused' | 'unknown', error: unknown): void {
    if (!scope.ended) scope.trackWrite(this.#table.end(scope.id, ordinal, outcome, recordError(error)));
  }

  /**
   * Reserves the place of a question or harmless effect in the journal, which is written once it has ended.
   *
   * @param more for the entry's detail
   */
  reserve<T>(scope: TurnScope, { kind, args }: Effect<T>, hash: string, more: object): ReservedEntry {
    const ordinal = scope.recorded.nextOrdinal();
    const entry = { ordinal, kind, hash, detail: JSON.stringify({ args, ...more }), at: this.now() };
    const write = (outcome: 'done' | 'refused', result: string): void => {
      if (!scope.ended) scope.trackWrite(this.#table.note(scope.id, { ...entry, outcome, result }));
    };
    return {
      done: (result) => write('done', textOf(result)),
      refused: (error) => write('refused', recordError(error)),
    };
  }
}
