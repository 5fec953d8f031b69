import type { Logger } from '../../helpers/logging/logger.ts';
import type { JournalEntry } from '../../store/store.ts';
import type { TurnScope } from '../turnScope.ts';
import type { Effect, RecordedEffect } from './effect.ts';
import type { JournalWriter } from './journalWriter.ts';
import type { DivergedTurns, OnUnknownOutcome } from './policies.ts';
import type { Reconciler } from './reconciler.ts';
import { recordedEffect } from './recordedEffects.ts';
import { recallError } from './recordedErrors.ts';

export interface ActsOptions {
  writer: JournalWriter;
  reconciler: Reconciler;
  logger: Logger;
  onUnknownOutcome: OnUnknownOutcome;
  divergedTurns: DivergedTurns;
}

/** An act's place in the journal, and how often it was begun in this run. */
interface Place {
  ordinal: number;
  hash: string;
  round: number;
}

interface BegunAct extends Place {
  begun: RecordedEffect;
}

/** How often one run begins an act that turns out not to have happened. */
const maxRounds = 3;

/**
 * Performs each act of a turn once, however often the turn runs: an act that is recorded as done is not done again, and one whose outcome
 * was never recorded is reconciled first.
 */
export class Acts {
  readonly #options: ActsOptions;

  constructor(options: ActsOptions) {
    this.#options = options;
  }

  async perform<T>(scope: TurnScope, effect: Effect<T>, hash: string): Promise<T> {
    const { conversation, recorded } = scope;
    const { kind } = effect;
    const before = recorded.takeAct(kind, hash, effect.to);
    if (before === undefined) {
      this.#refuseDivergence(scope, kind);
      return this.#begin(scope, effect, { ordinal: recorded.nextOrdinal(), hash, round: 1 });
    }
    if (before.hash !== hash) {
      this.#options.logger.info(
        { conversation, kind },
        'a turn ran again with other words or values than before; once() would keep them',
      );
    }
    switch (before.outcome) {
      case 'done':
        return effect.read(JSON.parse(before.result));
      case 'refused':
        throw recallError(before.result);
      case 'unknown':
        // Nothing came after it, so this error may be why the turn failed. Thrown each time, it would fail the turn for ever.
        if (recorded.isLastAct(before)) return this.#resume(scope, effect, before, hash);
        throw recallError(before.result);
      case 'open':
        return this.#resume(scope, effect, before, hash);
    }
  }

  #refuseDivergence(scope: TurnScope, kind: string): void {
    if (this.#options.divergedTurns !== 'deadLetter' || scope.recorded.isReplay) return;
    const [left] = scope.recorded.leftActs();
    if (left === undefined) return;
    throw scope.park({
      reason: 'diverged',
      sentence: `The turn ran again and asked for something else: ${kind} now, where it was ${left.kind} before.`,
    });
  }

  async #begin<T>(scope: TurnScope, effect: Effect<T>, place: Place): Promise<T> {
    scope.refuseWhenCutOff();
    const { writer } = this.#options;
    const { ordinal } = place;
    const { args, about } = effect;
    const begun = await writer.begin(scope, effect, place);
    let result: T;
    try {
      result = await effect.perform(begun.correlationId);
    } catch (error) {
      if (effect.failureOf(error) === 'refused') {
        writer.failed(scope, ordinal, 'refused', error);
        throw error;
      }
      return this.#lost(scope, effect, { ...place, begun: { ...begun, args, about, endedAt: writer.now() } }, error);
    }
    writer.done(scope, { ordinal, effect, begun: { ...begun, args, about } }, result);
    return result;
  }

  /** The call failed with an error that does not say whether the act happened. */
  async #lost<T>(scope: TurnScope, effect: Effect<T>, act: BegunAct, error: unknown): Promise<T> {
    const { writer } = this.#options;
    const { ordinal, hash, round, begun } = act;
    const found = await this.#reconcile(scope, effect, begun, error);
    if (found.state === 'done') {
      writer.done(scope, { ordinal, effect, begun }, found.result);
      return found.result;
    }
    if (found.state === 'absent' && round < maxRounds) {
      return this.#begin(scope, effect, { ordinal, hash, round: round + 1 });
    }
    if (found.state === 'absent') {
      writer.failed(scope, ordinal, 'refused', error);
      throw error;
    }
    if (effect.whenUnknown === 'tell') {
      writer.failed(scope, ordinal, 'unknown', error);
      throw error;
    }
    return this.#decideUnknown(scope, effect, act);
  }

  /** An earlier run began the act, and its end was never recorded. */
  async #resume<T>(scope: TurnScope, effect: Effect<T>, before: JournalEntry, hash: string): Promise<T> {
    const { ordinal } = before;
    const begun = recordedEffect(before);
    const found = await this.#reconcile(scope, effect, begun);
    if (found.state === 'done') {
      this.#options.writer.done(scope, { ordinal, effect, begun }, found.result);
      return found.result;
    }
    if (found.state === 'absent') return this.#begin(scope, effect, { ordinal, hash, round: 1 });
    return this.#decideUnknown(scope, effect, { ordinal, hash, round: 1, begun });
  }

  async #reconcile<T>(scope: TurnScope, effect: Effect<T>, begun: RecordedEffect, error?: unknown) {
    if (effect.repetition === 'safe') return { state: 'absent' } as const;
    return this.#options.reconciler.find<T>(scope, { kind: effect.kind, how: effect, begun, error });
  }

  /** Nobody can find out, so the setting decides. */
  async #decideUnknown<T>(scope: TurnScope, effect: Effect<T>, { ordinal, hash, round, begun }: BegunAct): Promise<T> {
    const { writer, logger, onUnknownOutcome } = this.#options;
    const { conversation } = scope;
    const { kind } = effect;
    if (onUnknownOutcome === 'resend' && round < maxRounds) {
      logger.warn({ conversation, kind }, 'an effect with an unknown outcome is repeated, as configured');
      return this.#begin(scope, effect, { ordinal, hash, round: round + 1 });
    }
    if (onUnknownOutcome === 'assumeSent') {
      logger.warn({ conversation, kind }, 'an effect with an unknown outcome is assumed to be done, as configured');
      const result = effect.read({});
      writer.done(scope, { ordinal, effect, begun }, result);
      return result;
    }
    throw scope.park({
      reason: 'unknownOutcome',
      sentence: `Nothing could be found out about effect ${ordinal + 1} of the turn, ${kind}: it may have happened or not.`,
    });
  }
}
