import type { BegunEffect, Evidence, Reconciliation } from '../journal/effect.ts';
import { GraphApiError } from '../../helpers/graph/graphErrors.ts';
import type { Logger } from '../../helpers/logging/logger.ts';
import { readId } from '../../models/readJson.ts';

/** A call whose answer was lost and that was reconciled, for counting. */
export interface Reconciled {
  kind: string;
  outcome: Reconciliation<unknown>['state'];
  /** `none`: nothing could be asked. */
  by: Evidence | 'none';
}

/** What {@link tellReconciled} logs. */
export interface ReconciledCall {
  conversation: string;
  kind: string;
  begun: BegunEffect;
  found: Reconciliation<unknown>;
  /** What the call failed with; absent if the process ended before. */
  error?: unknown;
}

const sentences = {
  done: 'the answer of a call was lost, and it had taken effect',
  absent: 'the answer of a call was lost, and it had not taken effect',
  unknown: 'the answer of a call was lost, and it could not be found out whether it had taken effect',
} as const;

/** Logs how a lost answer was reconciled, with what Meta's support asks for. */
export function tellReconciled(logger: Pick<Logger, 'info'>, call: ReconciledCall): Reconciled {
  const { conversation, kind, begun, found, error } = call;
  const { state: outcome, by = 'none' } = found;
  const mid = found.state === 'done' ? readId(found.result, 'id') : undefined;
  const fbtraceId = error instanceof GraphApiError ? error.fbtraceId : undefined;
  logger.info(
    {
      ...{ conversation, kind, outcome, by, begunAt: new Date(begun.at).toISOString() },
      ...(mid === undefined || mid === '' ? {} : { mid }),
      ...(fbtraceId === undefined ? {} : { fbtraceId }),
    },
    sentences[outcome],
  );
  return { kind, outcome, by };
}
