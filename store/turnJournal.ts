import { createHash } from 'node:crypto';
import {
  newMark,
  withoutJournal,
  type BegunEffect,
  type Effect,
  type EffectJournal,
  type Settled,
} from '../helpers/effects.ts';
import type { Logger } from '../helpers/logger.ts';
import { isJsonObject, readText } from '../models/readJson.ts';
import { earliestNow } from './earliestNow.ts';
import { tellReconciled, type Reconciled } from './reconcileReport.ts';
import { recallError, recordError } from './recordedErrors.ts';
import type { JournalEntry, JournalTable } from './store.ts';
import type { TurnScope, TurnScopes } from './turnScope.ts';

export interface TurnJournalOptions {
  table: JournalTable;
  scopes: TurnScopes;
  logger: Logger;
  /** Milliseconds since 1970. Default: {@link earliestNow}, so that a clock that is put forward hides no message. */
  now?: () => number;
  /**
   * What to do with an effect of which nothing can be found out: put the turn aside for a person (the default), do it again and risk that
   * it happens twice, or take it as done and risk that it never happened.
   */
  whenNothingIsLearnt?: 'park' | 'again' | 'assumeDone';
  /** Is told what was found out about each call whose answer was lost. */
  reconciled?: (found: Reconciled) => void;
}

/** How often an effect is begun anew in one run after it turned out that it had not happened. */
const maxRounds = 3;

/**
 * Writes down each effect of a turn before and after. A turn that runs again gets what is written; from the first effect of
 * which no end is written it goes on for real, after it was found out what became of that one. Outside of turns nothing is written.
 */
export function createTurnJournal(options: TurnJournalOptions): EffectJournal {
  const { table, scopes, logger, now = () => earliestNow(), whenNothingIsLearnt = 'park' } = options;
  const { reconciled = () => undefined } = options;

  async function performIn<T>(scope: TurnScope, effect: Effect<T>): Promise<T> {
    if (scope.parked !== undefined) throw scope.parked;
    if (scope.postponed !== undefined) throw scope.postponed.cause;
    const { ordinal, before } = scope.nextEffect();
    const hash = hashOf(effect);
    if (before === undefined) return beginAnew(scope, effect, ordinal, hash, 1);
    if (before.kind !== effect.kind || before.hash !== hash) {
      throw scope.park({
        reason: 'nondeterministic',
        sentence:
          `The turn ran again and asked for something else: its effect ${ordinal + 1} was ${before.kind} before ` +
          `and ${effect.kind} now${before.kind === effect.kind ? ', with other contents' : ''}.`,
      });
    }
    switch (before.outcome) {
      case 'done':
        return effect.read(JSON.parse(before.result));
      case 'refused':
        throw recallError(before.result);
      case 'unknown':
        // Nothing came after it, so it may be why the turn failed: told the same again, the turn would fail for ever.
        if (scope.isLast(ordinal)) return resume(scope, effect, before);
        throw recallError(before.result);
      case 'open':
        return resume(scope, effect, before);
    }
  }

  async function beginAnew<T>(
    scope: TurnScope,
    effect: Effect<T>,
    ordinal: number,
    hash: string,
    round: number,
  ): Promise<T> {
    const begun: BegunEffect = { mark: newMark(), at: now() };
    const detail = JSON.stringify({ mark: begun.mark, args: effect.args });
    const entry: JournalEntry = { ordinal, kind: effect.kind, hash, detail, at: begun.at, outcome: 'open', result: '' };
    await table.begin(scope.id, entry);
    let result: T;
    try {
      result = await effect.perform(begun.mark);
    } catch (error) {
      if (effect.failureOf(error) === 'refused') {
        scope.keepNote(table.end(scope.id, ordinal, 'refused', recordError(error)));
        throw error;
      }
      return settleFailed(scope, effect, { ordinal, hash, begun: { ...begun, endedAt: now() }, error, round });
    }
    noteDone(scope, effect, ordinal, result);
    return result;
  }

  function noteDone<T>(scope: TurnScope, effect: Effect<T>, ordinal: number, result: T): void {
    const sent = effect.sent?.(result);
    const text = JSON.stringify(result) as string | undefined;
    scope.keepNote(table.end(scope.id, ordinal, 'done', text ?? 'null', sent && { ...sent, at: now() }));
  }

  async function settleFailed<T>(scope: TurnScope, effect: Effect<T>, failed: FailedEffect): Promise<T> {
    const { ordinal, hash, begun, error, round } = failed;
    const settled = await settle(scope, effect, begun, error);
    if (settled.state === 'done') {
      noteDone(scope, effect, ordinal, settled.result);
      return settled.result;
    }
    if (settled.state === 'absent' && round < maxRounds) return beginAnew(scope, effect, ordinal, hash, round + 1);
    if (settled.state === 'absent') {
      scope.keepNote(table.end(scope.id, ordinal, 'refused', recordError(error)));
      throw error;
    }
    if (effect.whenUnknown === 'tell') {
      scope.keepNote(table.end(scope.id, ordinal, 'unknown', recordError(error)));
      throw error;
    }
    return chooseBlindly(scope, effect, { ordinal, hash, round });
  }

  /** The process ended, or was told to stop waiting, between the beginning and the end of this effect. */
  async function resume<T>(scope: TurnScope, effect: Effect<T>, before: JournalEntry): Promise<T> {
    const { ordinal, hash } = before;
    const begun: BegunEffect = { mark: readText(JSON.parse(before.detail), 'mark') ?? '', at: before.at };
    const settled: Settled<T> = await settle(scope, effect, begun);
    if (settled.state === 'done') {
      noteDone(scope, effect, ordinal, settled.result);
      return settled.result;
    }
    if (settled.state === 'absent') return beginAnew(scope, effect, ordinal, hash, 1);
    return chooseBlindly(scope, effect, { ordinal, hash, round: 1 });
  }

  async function chooseBlindly<T>(
    scope: TurnScope,
    effect: Effect<T>,
    { ordinal, hash, round }: Omit<FailedEffect, 'error' | 'begun'>,
  ): Promise<T> {
    const { conversation } = scope;
    if (whenNothingIsLearnt === 'again' && round < maxRounds) {
      logger.warn({ conversation, kind: effect.kind }, 'an effect of unknown outcome is done again, as configured');
      return beginAnew(scope, effect, ordinal, hash, round + 1);
    }
    if (whenNothingIsLearnt === 'assumeDone') {
      logger.warn({ conversation, kind: effect.kind }, 'an effect of unknown outcome is taken as done, as configured');
      const result = effect.read({});
      noteDone(scope, effect, ordinal, result);
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
    begun: BegunEffect,
    error?: unknown,
  ): Promise<Settled<T>> {
    if (effect.repetition === 'safe') return { state: 'absent' };
    try {
      const settled: Settled<T> = (await effect.settle?.(begun)) ?? { state: 'unknown' };
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

  return {
    perform: (effect) => {
      const scope = scopes.current();
      return scope === undefined ? withoutJournal.perform(effect) : performIn(scope, effect);
    },
  };
}

interface FailedEffect {
  ordinal: number;
  hash: string;
  begun: BegunEffect;
  error: unknown;
  round: number;
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
