import { createHash } from 'node:crypto';
import { setImmediate as nextRound } from 'node:timers/promises';
import {
  newCorrelationId,
  withoutJournal,
  type BegunEffect,
  type Effect,
  type EffectJournal,
  type RecordedEffect,
  type Reconciling,
  type Reconciliation,
} from './effect.ts';
import type { Logger } from '../../helpers/logging/logger.ts';
import { isJsonObject } from '../../models/readJson.ts';
import { conservativeNow } from '../reconcile/grace.ts';
import { reconcileLeft, type DivergedTurns } from './leftEffects.ts';
import { tellReconciled, type Reconciled } from '../reconcile/reconcileReport.ts';
import { recordedEffect, textOf } from './recordedEffects.ts';
import { recallError, recordError } from './recordedErrors.ts';
import type { JournalEntry, JournalTable } from '../../store/store.ts';
import type { TurnScope, TurnScopes } from '../turnScope.ts';

export interface TurnJournalOptions {
  table: JournalTable;
  scopes: TurnScopes;
  logger: Logger;
  /** Milliseconds since 1970. Default: {@link conservativeNow}, so that a clock that is put forward hides no message. */
  now?: () => number;
  /**
   * What to do with an effect of which nothing can be found out: put the turn aside for a person (the default), do it again and risk that
   * it happens twice, or take it as done and risk that it never happened.
   */
  onUnknownOutcome?: 'deadLetter' | 'resend' | 'assumeSent';
  /** Is told what was found out about each call whose answer was lost. */
  reconciled?: (found: Reconciled) => void;
  /** What to do with a turn that ran again and did something else, although nothing is lost or doubled by it. Default: `goOn`. */
  divergedTurns?: DivergedTurns;
}

/** How often an effect is begun anew in one run after it turned out that it had not happened. */
const maxRounds = 3;

/**
 * Writes down each effect of a turn before and after. A turn that runs again gets what is written; from the first effect of
 * which no end is written it goes on for real, after it was found out what became of that one. Outside of turns nothing is written.
 *
 * What a run begins and does not wait for is waited for at the turn's end; what an earlier run began and this one does not ask for is
 * reconciled then.
 */
export function createTurnJournal(options: TurnJournalOptions): EffectJournal {
  const { table, scopes, logger, now = () => conservativeNow(), onUnknownOutcome = 'deadLetter' } = options;
  const { divergedTurns = 'goOn', reconciled = () => undefined } = options;
  const reconcilers = new Map<string, Reconciling<unknown>>();

  async function performIn<T>(scope: TurnScope, effect: Effect<T>): Promise<T> {
    scope.refuseWhenCutOff();
    const hash = hashOf(effect);
    switch (effect.role) {
      case 'question':
        return ask(scope, effect, hash);
      case 'harmless':
        return doHarmless(scope, effect, hash);
      default:
        return scope.track(act(scope, effect, hash));
    }
  }

  async function ask<T>(scope: TurnScope, effect: Effect<T>, hash: string): Promise<T> {
    const before = scope.recorded.takeAnswer(effect.kind, hash);
    if (before?.outcome === 'done') return effect.read(JSON.parse(before.result));
    if (before?.outcome === 'refused') throw recallError(before.result);
    const note = noteLater(scope, effect, hash, { role: 'question', place: scope.recorded.place });
    try {
      const result = await effect.perform(newCorrelationId());
      note('done', textOf(result));
      return result;
    } catch (error) {
      note('refused', recordError(error));
      throw error;
    }
  }

  async function doHarmless<T>(scope: TurnScope, effect: Effect<T>, hash: string): Promise<T> {
    const before = scope.recorded.takeHarmless(hash);
    if (before?.outcome === 'done') return effect.read(JSON.parse(before.result));
    const note = noteLater(scope, effect, hash, { role: 'harmless' });
    const result = await effect.perform(newCorrelationId());
    note('done', textOf(result));
    return result;
  }

  /** Before it happened there is nothing to write down; behind it, it reaches the disk with the next act, or the turn's end. */
  function noteLater<T>(scope: TurnScope, { kind, args }: Effect<T>, hash: string, more: object) {
    const entry = {
      ordinal: scope.recorded.nextOrdinal(),
      kind,
      hash,
      detail: JSON.stringify({ args, ...more }),
      at: now(),
    };
    return (outcome: 'done' | 'refused', result: string): void => {
      if (!scope.ended) scope.keepNote(table.note(scope.id, { ...entry, outcome, result }));
    };
  }

  async function act<T>(scope: TurnScope, effect: Effect<T>, hash: string): Promise<T> {
    const before = scope.recorded.takeAct(effect.kind, hash, effect.to);
    if (before === undefined) {
      refuseDivergence(scope, effect.kind);
      return beginAnew(scope, effect, { ordinal: scope.recorded.nextOrdinal(), hash, round: 1 });
    }
    const { conversation } = scope;
    const { kind } = effect;
    if (before.hash !== hash) logger.info({ conversation, kind }, 'a turn that runs again has other words than before');
    switch (before.outcome) {
      case 'done':
        return effect.read(JSON.parse(before.result));
      case 'refused':
        throw recallError(before.result);
      case 'unknown':
        // Nothing came after it, so it may be why the turn failed: told the same again, the turn would fail for ever.
        if (scope.recorded.isLastAct(before)) return resume(scope, effect, before, hash);
        throw recallError(before.result);
      case 'open':
        return resume(scope, effect, before, hash);
    }
  }

  function refuseDivergence(scope: TurnScope, kind: string): void {
    if (divergedTurns !== 'deadLetter' || scope.recorded.isReplay) return;
    const [left] = scope.recorded.leftActs();
    if (left === undefined) return;
    throw scope.park({
      reason: 'diverged',
      sentence: `The turn ran again and asked for something else: ${kind} now, where it was ${left.kind} before.`,
    });
  }

  async function beginAnew<T>(scope: TurnScope, effect: Effect<T>, place: Place): Promise<T> {
    scope.refuseWhenCutOff();
    const { ordinal, hash } = place;
    const { kind, args, to, about } = effect;
    const begun: BegunEffect = { correlationId: newCorrelationId(), at: now() };
    const detail = JSON.stringify({ mark: begun.correlationId, args, to, about });
    await table.begin(scope.id, { ordinal, kind, hash, detail, at: begun.at, outcome: 'open', result: '' });
    let result: T;
    try {
      result = await effect.perform(begun.correlationId);
    } catch (error) {
      if (effect.failureOf(error) === 'refused') {
        note(scope, ordinal, 'refused', recordError(error));
        throw error;
      }
      return settleFailed(scope, effect, { ...place, begun: { ...begun, args, about, endedAt: now() }, error });
    }
    noteDone(scope, { ordinal, effect, begun: { args, about } }, result);
    return result;
  }

  function note(scope: TurnScope, ordinal: number, outcome: 'refused' | 'unknown', result: string): void {
    if (!scope.ended) scope.keepNote(table.end(scope.id, ordinal, outcome, result));
  }

  function noteDone<T>(scope: TurnScope, { ordinal, effect, begun }: DoneEffect<T>, result: T): void {
    const sent = effect.sent?.(result, begun);
    if (!scope.ended) {
      scope.keepNote(table.end(scope.id, ordinal, 'done', textOf(result), sent && { ...sent, at: now() }));
    }
  }

  async function settleFailed<T>(scope: TurnScope, effect: Effect<T>, failed: FailedEffect): Promise<T> {
    const { ordinal, hash, begun, error, round } = failed;
    const settled = await settle(scope, effect, begun, error);
    if (settled.state === 'done') {
      noteDone(scope, { ordinal, effect, begun }, settled.result);
      return settled.result;
    }
    if (settled.state === 'absent' && round < maxRounds) {
      return beginAnew(scope, effect, { ordinal, hash, round: round + 1 });
    }
    if (settled.state === 'absent') {
      note(scope, ordinal, 'refused', recordError(error));
      throw error;
    }
    if (effect.whenUnknown === 'tell') {
      note(scope, ordinal, 'unknown', recordError(error));
      throw error;
    }
    return chooseBlindly(scope, effect, { ordinal, hash, round, begun });
  }

  /** The process ended, or was told to stop waiting, between the beginning and the end of this effect. It is judged by what was begun. */
  async function resume<T>(scope: TurnScope, effect: Effect<T>, before: JournalEntry, hash: string): Promise<T> {
    const { ordinal } = before;
    const begun = recordedEffect(before);
    const settled: Reconciliation<T> = await settle(scope, effect, begun);
    if (settled.state === 'done') {
      noteDone(scope, { ordinal, effect, begun }, settled.result);
      return settled.result;
    }
    if (settled.state === 'absent') return beginAnew(scope, effect, { ordinal, hash, round: 1 });
    return chooseBlindly(scope, effect, { ordinal, hash, round: 1, begun });
  }

  async function chooseBlindly<T>(
    scope: TurnScope,
    effect: Effect<T>,
    { ordinal, hash, round, begun }: Omit<FailedEffect, 'error'>,
  ): Promise<T> {
    const { conversation } = scope;
    if (onUnknownOutcome === 'resend' && round < maxRounds) {
      logger.warn({ conversation, kind: effect.kind }, 'an effect of unknown outcome is done again, as configured');
      return beginAnew(scope, effect, { ordinal, hash, round: round + 1 });
    }
    if (onUnknownOutcome === 'assumeSent') {
      logger.warn({ conversation, kind: effect.kind }, 'an effect of unknown outcome is taken as done, as configured');
      const result = effect.read({});
      noteDone(scope, { ordinal, effect, begun }, result);
      return result;
    }
    throw scope.park({
      reason: 'unknownOutcome',
      sentence: `Nothing could be found out about effect ${ordinal + 1} of the turn, ${effect.kind}: it may have happened or not.`,
    });
  }

  async function settle<T>(
    scope: TurnScope,
    effect: Effect<T>,
    begun: RecordedEffect,
    error?: unknown,
  ): Promise<Reconciliation<T>> {
    if (effect.repetition === 'safe') return { state: 'absent' };
    try {
      const settled: Reconciliation<T> = (await effect.reconcile?.(begun)) ?? { state: 'unknown' };
      const { conversation } = scope;
      reconciled(tellReconciled(logger, { conversation, kind: effect.kind, begun, settled, error }));
      return settled;
    } catch (err) {
      logger.warn(
        { kind: effect.kind, err },
        'what became of an effect could not be asked now: its turn runs again later',
      );
      scope.postpone(err);
      throw err;
    }
  }

  scopes.beforeEnd(async (scope) => {
    // What was called a moment ago has not come as far as the journal; what was begun and not waited for may bring more.
    await nextRound();
    while (scope.underWay.length > 0) {
      await Promise.allSettled(scope.underWay);
      await nextRound();
    }
    if (scope.isCutOff) return;
    await reconcileLeft(scope, { table, logger, now, onUnknownOutcome, divergedTurns, reconcilers, reconciled });
  });

  return {
    perform: (effect) => {
      const scope = scopes.current();
      return scope === undefined ? withoutJournal.perform(effect) : performIn(scope, effect);
    },
    reconciles: (kind, reconciling) => {
      reconcilers.set(kind, reconciling);
    },
  };
}

/** Where an effect stands in the journal, and how often it was begun in this run. */
interface Place {
  ordinal: number;
  hash: string;
  round: number;
}

interface FailedEffect extends Place {
  begun: RecordedEffect;
  error: unknown;
}

interface DoneEffect<T> {
  ordinal: number;
  effect: Reconciling<T>;
  begun: Pick<RecordedEffect, 'args' | 'about'>;
}

function hashOf({ kind, args }: Pick<Effect<unknown>, 'kind' | 'args'>): string {
  const text = JSON.stringify([kind, args === undefined ? null : ordered(JSON.parse(JSON.stringify(args)))]);
  return createHash('sha256').update(text).digest('base64url');
}

/** The same JSON with the names of each object in alphabetical order. */
function ordered(json: unknown): unknown {
  if (Array.isArray(json)) return json.map(ordered);
  if (!isJsonObject(json)) return json;
  return Object.keys(json)
    .sort()
    .map((name) => [name, ordered(json[name])]);
}
