import type { Reconciling, Reconciliation } from './effect.ts';
import type { Logger } from '../../helpers/logging/logger.ts';
import { tellReconciled, type Reconciled } from '../reconcile/reconcileReport.ts';
import { recordedEffect, textOf } from './recordedEffects.ts';
import type { JournalEntry, JournalTable } from '../../store/store.ts';
import type { TurnScope } from '../turnScope.ts';

/** What to do with a turn that ran again and did something else: go on when nothing is lost or doubled by it, or always ask a person. */
export type DivergedTurns = 'goOn' | 'deadLetter';

export interface LeftEffectsOptions {
  table: JournalTable;
  logger: Logger;
  /** Milliseconds since 1970. */
  now: () => number;
  onUnknownOutcome: 'deadLetter' | 'resend' | 'assumeSent';
  divergedTurns: DivergedTurns;
  /** Is told what was found out about each. */
  reconciled: (found: Reconciled) => void;
  /** By kind. */
  reconcilers: ReadonlyMap<string, Reconciling<unknown>>;
}

/**
 * The end of a run that did not ask for everything that an earlier run of its turn had begun.
 *
 * What has happened has happened, and the run decided with that in view, or would have said the same again: the turn is done. What was begun
 * and did not happen is missing, and nobody asks for it any more: only a person can tell whether the customer misses it.
 */
export async function reconcileLeft(scope: TurnScope, options: LeftEffectsOptions): Promise<void> {
  // What was refused did not happen.
  const left = scope.recorded.leftActs().filter(({ outcome }) => outcome !== 'refused');
  if (left.length === 0) return;
  const { logger, divergedTurns, onUnknownOutcome } = options;
  const { conversation } = scope;
  const missing: string[] = [];
  for (const entry of left.filter(({ outcome }) => outcome === 'open')) {
    const { kind } = entry;
    const settled = await settleLeft(scope, entry, options);
    if (settled === undefined) return;
    if (settled.state === 'absent') missing.push(kind);
    else if (settled.state === 'done') noteDone(scope, entry, settled.result, options);
    else if (onUnknownOutcome === 'assumeSent') {
      logger.warn({ conversation, kind }, 'an effect of unknown outcome is taken as done, as configured');
      noteDone(scope, entry, {}, options);
    } else {
      scope.park({
        reason: 'unknownOutcome',
        sentence: `Nothing could be found out about effect ${entry.ordinal + 1} of the turn, ${kind}, which was not asked for again: it may have happened or not.`,
      });
      return;
    }
  }
  const kinds = left.map(({ kind }) => kind);
  logger.warn(
    { conversation, kinds, missing },
    'a turn ran again and did not ask for everything that it had done before',
  );
  if (missing.length > 0) {
    scope.park({
      reason: 'diverged',
      sentence: `The turn ran again and did not ask again for what it had begun before, and what never happened: ${missing.join(', ')}.`,
    });
  } else if (divergedTurns === 'deadLetter' && !scope.recorded.isReplay) {
    scope.park({
      reason: 'diverged',
      sentence: `The turn ran again and did not ask again for what it had done before: ${kinds.join(', ')}.`,
    });
  }
}

/** Undefined when it could not be asked: then the turn runs again. */
async function settleLeft(
  scope: TurnScope,
  entry: JournalEntry,
  { logger, reconcilers, reconciled }: LeftEffectsOptions,
): Promise<Reconciliation<unknown> | undefined> {
  const { kind } = entry;
  const begun = recordedEffect(entry);
  try {
    const settled: Reconciliation<unknown> = (await reconcilers.get(kind)?.reconcile?.(begun)) ?? { state: 'unknown' };
    reconciled(tellReconciled(logger, { conversation: scope.conversation, kind, begun, settled }));
    return settled;
  } catch (err) {
    logger.warn({ kind, err }, 'what became of an effect could not be asked now: its turn runs again later');
    scope.postpone(err);
    return undefined;
  }
}

function noteDone(
  scope: TurnScope,
  entry: JournalEntry,
  result: unknown,
  { table, now, reconcilers }: LeftEffectsOptions,
): void {
  const sent = reconcilers.get(entry.kind)?.sent?.(result, recordedEffect(entry));
  scope.keepNote(table.end(scope.id, entry.ordinal, 'done', textOf(result), sent && { ...sent, at: now() }));
}
