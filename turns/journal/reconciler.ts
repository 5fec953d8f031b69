import type { Logger } from '../../helpers/logging/logger.ts';
import { tellReconciled, type Reconciled } from '../reconcile/reconcileReport.ts';
import type { TurnScope } from '../turnScope.ts';
import type { Reconciling, Reconciliation, RecordedEffect } from './effect.ts';

export interface ReconcilerOptions {
  logger: Logger;
  /** Called with what was found out about each call whose answer was lost. */
  reconciled: (found: Reconciled) => void;
}

/** An act whose answer was lost. */
export interface LostAct<T> {
  kind: string;
  /** How its outcome can be found out. Without it the outcome stays unknown. */
  how: Reconciling<T> | undefined;
  begun: RecordedEffect;
  /** What the call ended with; absent when the process ended before. */
  error?: unknown;
}

/** Finds out what became of an act whose answer was lost, and reports it. */
export class Reconciler {
  readonly #options: ReconcilerOptions;

  constructor(options: ReconcilerOptions) {
    this.#options = options;
  }

  /** @throws when nobody can be asked at the moment; the turn is postponed then */
  async find<T>(scope: TurnScope, { kind, how, begun, error }: LostAct<T>): Promise<Reconciliation<T>> {
    const { logger, reconciled } = this.#options;
    const { conversation } = scope;
    try {
      const found: Reconciliation<T> = (await how?.reconcile?.(begun)) ?? { state: 'unknown' };
      reconciled(tellReconciled(logger, { conversation, kind, begun, found, error }));
      return found;
    } catch (err) {
      logger.warn({ kind, err }, 'what became of an effect could not be asked now: its turn runs again later');
      scope.postpone(err);
      throw err;
    }
  }
}
