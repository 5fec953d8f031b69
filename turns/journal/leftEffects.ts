import type { Logger } from '../../helpers/logging/logger.ts';
import type { JournalEntry } from '../../store/store.ts';
import type { TurnScope } from '../turnScope.ts';
import type { Reconciling } from './effect.ts';
import type { JournalWriter } from './journalWriter.ts';
import type { DivergedTurns, OnUnknownOutcome } from './policies.ts';
import type { Reconciler } from './reconciler.ts';
import { recordedEffect } from './recordedEffects.ts';

export interface LeftEffectsOptions {
  writer: JournalWriter;
  reconciler: Reconciler;
  logger: Logger;
  onUnknownOutcome: OnUnknownOutcome;
  divergedTurns: DivergedTurns;
  /** How acts are reconciled, by kind. */
  reconcilers: ReadonlyMap<string, Reconciling<unknown>>;
}

/**
 * Handles effects that an earlier run of a turn began and this run did not ask for.
 *
 * If they happened, that is no problem, and the turn is done. If an effect was begun and never happened, nobody asks for it any more, and only a
 * person can tell whether the customer misses it. A turn that was abandoned is done in either case.
 */
export class LeftEffects {
  readonly #options: LeftEffectsOptions;

  constructor(options: LeftEffectsOptions) {
    this.#options = options;
  }

  async reconcile(scope: TurnScope): Promise<void> {
    const { logger, divergedTurns } = this.#options;
    const { conversation, recorded } = scope;
    // A refused act did not happen.
    const left = recorded.leftActs().filter(({ outcome }) => outcome !== 'refused');
    if (left.length === 0) return;
    const missing: string[] = [];
    for (const entry of left.filter(({ outcome }) => outcome === 'open')) {
      const outcome = await this.#reconcileOne(scope, entry);
      if (outcome === 'cutOff') return;
      if (outcome === 'absent') missing.push(entry.kind);
    }
    if (scope.isAbandoned) return;
    const kinds = left.map(({ kind }) => kind);
    logger.warn(
      { conversation, kinds, missing },
      'a turn ran again without asking for everything that it had done before',
    );
    if (missing.length > 0) {
      scope.park({
        reason: 'diverged',
        sentence: `The turn ran again without asking for what it had begun before and what never happened: ${missing.join(', ')}.`,
      });
    } else if (divergedTurns === 'deadLetter' && !recorded.isReplay) {
      scope.park({
        reason: 'diverged',
        sentence: `The turn ran again without asking for what it had done before: ${kinds.join(', ')}.`,
      });
    }
  }

  /** `cutOff`: the turn runs again, or is a dead letter. */
  async #reconcileOne(scope: TurnScope, entry: JournalEntry): Promise<'done' | 'absent' | 'cutOff'> {
    const { writer, reconciler, reconcilers, logger, onUnknownOutcome } = this.#options;
    const { kind, ordinal } = entry;
    const how = reconcilers.get(kind);
    const begun = recordedEffect(entry);
    const found = await reconciler.find(scope, { kind, how, begun }).catch(() => undefined);
    if (found === undefined) return 'cutOff';
    if (found.state === 'absent') return 'absent';
    if (found.state === 'done') {
      writer.done(scope, { ordinal, effect: how ?? {}, begun }, found.result);
      return 'done';
    }
    if (onUnknownOutcome === 'assumeSent') {
      const { conversation } = scope;
      logger.warn({ conversation, kind }, 'an effect with an unknown outcome is assumed to be done, as configured');
      writer.done(scope, { ordinal, effect: how ?? {}, begun }, {});
      return 'done';
    }
    scope.park({
      reason: 'unknownOutcome',
      sentence: `Nothing could be found out about effect ${ordinal + 1} of the turn, ${kind}, which was not asked for again: it may have happened or not.`,
    });
    return 'cutOff';
  }
}
