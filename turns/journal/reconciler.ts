import type { Logger } from '../../helpers/logging/logger.ts';
import { tellReconciled, type Reconciled } from '../reconcile/reconcileReport.ts';
import type { TurnScope } from '../turnScope.ts';
import type { Reconciling, Reconciliation, RecordedEffect } from './effect.ts';

export interface ReconcilerOptions {
  logger: Logger;
  /** Called when a call whose answer was lost has been reconciled. */
  reconciled: (found: Reconciled) => void;
}

/** An act whose answer was lost. */
export interface LostAct<T> {
  kind: string;
  /** How to reconcile it. Without it, the outcome stays unknown. */
  how: Reconciling<T> | undefined;
  begun: RecordedEffect;
  /** What the call failed with; absent if the process ended before. */
  error?: unknown;
}

/** Finds out what became of an act whose answer was lost, and reports it. */
export class Reconciler {
  readonly #options: ReconcilerOptions;

  constructor(options: ReconcilerOptions) {
    this.#options = options;
  }

  /** @throws if the platform cannot answer at the moment; the turn is postponed then */
  async find<T>(scope: TurnScope, { kind, how, begun, error }: LostAct<T>): Promise<Reconciliation<T>> {
    const { logger, reconciled } = this.#options;
    const { conversation } = scope;
    try {
      const found: Reconciliation<T> = (await how?.reconcile?.(begun)) ?? { state: 'unknown' };
      reconciled(tellReconciled(logger, { conversation, kind, begun, found, error }));
      return found;
    } catch (err) {
      logger.warn({ kind, err }, 'an effect could not be reconciled yet: its turn runs again later');
      scope.postpone(err);
      throw err;
    }
  }
}
