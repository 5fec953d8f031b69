import { setImmediate as nextRound } from 'node:timers/promises';
import type { Logger } from '../../helpers/logging/logger.ts';
import type { JournalTable } from '../../store/store.ts';
import { conservativeNow } from '../reconcile/grace.ts';
import type { Reconciled } from '../reconcile/reconcileReport.ts';
import type { TurnScope, TurnScopes } from '../turnScope.ts';
import { Acts } from './acts.ts';
import { newCorrelationId, withoutJournal, type Effect, type EffectJournal, type Reconciling } from './effect.ts';
import { hashOf } from './effectHash.ts';
import { JournalWriter } from './journalWriter.ts';
import { LeftEffects } from './leftEffects.ts';
import type { DivergedTurns, OnUnknownOutcome } from './policies.ts';
import { Reconciler } from './reconciler.ts';
import { recallError } from './recordedErrors.ts';

export interface TurnJournalOptions {
  table: JournalTable;
  scopes: TurnScopes;
  logger: Logger;
  /** Milliseconds since 1970. Default: {@link conservativeNow}, so that setting the clock forward hides no message. */
  now?: () => number;
  /** Default: `deadLetter`. */
  onUnknownOutcome?: OnUnknownOutcome;
  /** Called when a call whose answer was lost has been reconciled. */
  reconciled?: (found: Reconciled) => void;
  /** Default: `goOn`. */
  divergedTurns?: DivergedTurns;
}

/**
 * Records each effect of a turn, before and after, so that a turn that runs again does nothing twice: it gets the recorded results, the first act
 * without one is reconciled, and from there on effects are performed. Outside of turns nothing is recorded.
 *
 * When the turn ends, it waits for effects that the bot did not await, and reconciles acts that an earlier run began and this one did not ask for.
 */
export class TurnJournal implements EffectJournal {
  readonly #scopes: TurnScopes;
  readonly #writer: JournalWriter;
  readonly #acts: Acts;
  readonly #left: LeftEffects;
  readonly #reconcilers = new Map<string, Reconciling<unknown>>();

  constructor(options: TurnJournalOptions) {
    const { table, scopes, logger, now = () => conservativeNow(), reconciled = () => undefined } = options;
    const { onUnknownOutcome = 'deadLetter', divergedTurns = 'goOn' } = options;
    const writer = new JournalWriter({ table, now });
    const reconciler = new Reconciler({ logger, reconciled });
    const parts = { writer, reconciler, logger, onUnknownOutcome, divergedTurns };
    this.#scopes = scopes;
    this.#writer = writer;
    this.#acts = new Acts(parts);
    this.#left = new LeftEffects({ ...parts, reconcilers: this.#reconcilers });
    scopes.beforeEnd((scope) => this.#beforeEnd(scope));
  }

  async perform<T>(effect: Effect<T>): Promise<T> {
    const scope = this.#scopes.current();
    if (scope === undefined) return withoutJournal.perform(effect);
    scope.refuseWhenCutOff();
    const hash = hashOf(effect);
    switch (effect.role) {
      case 'question':
        return this.#ask(scope, effect, hash);
      case 'harmless':
        return this.#doHarmless(scope, effect, hash);
      default:
        return scope.track(this.#acts.perform(scope, effect, hash));
    }
  }

  reconciles(kind: string, reconciling: Reconciling<unknown>): void {
    this.#reconcilers.set(kind, reconciling);
  }

  async #ask<T>(scope: TurnScope, effect: Effect<T>, hash: string): Promise<T> {
    const before = scope.recorded.takeAnswer(effect.kind, hash);
    if (before?.outcome === 'done') return effect.read(JSON.parse(before.result));
    if (before?.outcome === 'refused') throw recallError(before.result);
    const { place } = scope.recorded;
    const entry = this.#writer.reserve(scope, effect, hash, { role: 'question', place });
    try {
      const result = await effect.perform(newCorrelationId());
      entry.done(result);
      return result;
    } catch (error) {
      entry.refused(error);
      throw error;
    }
  }

  async #doHarmless<T>(scope: TurnScope, effect: Effect<T>, hash: string): Promise<T> {
    const before = scope.recorded.takeHarmless(hash);
    if (before?.outcome === 'done') return effect.read(JSON.parse(before.result));
    const entry = this.#writer.reserve(scope, effect, hash, { role: 'harmless' });
    const result = await effect.perform(newCorrelationId());
    entry.done(result);
    return result;
  }

  async #beforeEnd(scope: TurnScope): Promise<void> {
    // A call just made may not have reached the journal yet, and effects that nobody awaited may lead to more.
    await nextRound();
    while (scope.underWay.length > 0) {
      await Promise.allSettled(scope.underWay);
      await nextRound();
    }
    if (!scope.isCutOff) await this.#left.reconcile(scope);
  }
}
