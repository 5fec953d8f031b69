import { errorInWords } from '../helpers/logging/errorChain.ts';
import { pageOf } from '../models/conversationKey.ts';
import type { Claim, FailureNote, StateChange, Store } from '../store/store.ts';
import type { PageBackoff } from './pageBackoff.ts';
import type { PatientCommit } from './patientCommit.ts';
import type { RetryPolicy } from './retryPolicy.ts';
import { StateConflicts } from './stateConflicts.ts';
import { causeOf, classifyOwnFailure, classifyTurnFailure } from './turnFailure.ts';
import type { TurnResult } from './turnLog.ts';
import type { TurnScope } from './turnScope.ts';
import { TurnTimedOutError } from './turnTimedOutError.ts';
import type { WakeTimes } from './wakeTimes.ts';

export interface TurnOutcomesOptions {
  store: Pick<Store, 'retry' | 'fail'>;
  commit: PatientCommit;
  pages: PageBackoff;
  wakeTimes: WakeTimes;
  /** Without it, a failed turn is given up at once. */
  retries: RetryPolicy | undefined;
  isOfPlatform: (scope: TurnScope, error: unknown) => boolean;
}

/** Decides what happens after a turn: whether it runs again or is given up, and what it says about its page. */
export class TurnOutcomes {
  readonly #options: TurnOutcomesOptions;
  readonly #conflicts = new StateConflicts();
  #timedOut = 0;

  constructor(options: TurnOutcomesOptions) {
    this.#options = options;
  }

  /** How many turns ran out of time. */
  get timedOut(): number {
    return this.#timedOut;
  }

  /** The turn is committed. A turn that made no call, such as one about a receipt, says nothing about its page. */
  done({ lastCall, probing }: TurnScope, claim: Claim): TurnResult {
    const { pages, retries } = this.#options;
    const page = pageOf(claim.event.conversation);
    this.#conflicts.ended(claim.id);
    if (lastCall === 'worked') {
      // A turn that began before the trouble does not prove that the trouble is over.
      if (probing || !pages.isPaused(page)) pages.recordSuccess(page);
    } else if (lastCall === 'rateLimited' || lastCall === 'invalidToken') {
      // The bot handled the refusal, so the turn is done. What the refusal says about the page still holds.
      const decision = retries?.decide(lastCall, claim, pages.of(page));
      if (decision?.action === 'pausePage') pages.pause(page, decision.reason, decision.delayMs);
    }
    return { outcome: 'done' };
  }

  /** The turn failed with `err`: it runs again later, or is given up. */
  async failed(scope: TurnScope, claim: Claim, err: unknown): Promise<TurnResult> {
    const { isOfPlatform, pages, retries } = this.#options;
    const { conversation } = claim.event;
    const page = pageOf(conversation);
    if (causeOf(err) instanceof TurnTimedOutError) this.#timedOut += 1;
    const isOurs = !isOfPlatform(scope, err);
    const failure = isOurs ? classifyOwnFailure(err) : classifyTurnFailure(err);
    const delayAfterConflict = failure === 'conflict' ? this.#conflicts.delayBefore(claim.id) : undefined;
    if (delayAfterConflict !== undefined) return this.#retry(claim, err, delayAfterConflict, 'uncounted');
    if (failure === 'temporary' && !isOurs) pages.recordFailure(page, conversation);
    const trouble = isOurs ? { pauses: 0, failures: 0 } : pages.of(page);
    const decision = retries?.decide(failure, claim, trouble) ?? { action: 'giveUp', reason: 'failed' };
    switch (decision.action) {
      case 'giveUp':
        return this.giveUp(claim, { reason: decision.reason, sentence: sentenceOf(err) }, err, scope.lastingChanges);
      case 'pausePage':
        pages.pause(page, decision.reason, decision.delayMs);
        return this.#retry(claim, err, 0, 'uncounted');
      case 'retry':
        return this.#retry(claim, err, decision.delayMs, decision.counting);
    }
  }

  /** Gives up a turn that has ended the process too often. Undefined if it has not and may run. */
  async crashedTooOften(claim: Claim): Promise<TurnResult | undefined> {
    if (this.#options.retries?.hasCrashedTooOften(claim) !== true) return undefined;
    const sentence = `The process ended ${claim.begun} times in the middle of this turn.`;
    return this.giveUp(claim, { reason: 'crashed', sentence }, new Error(sentence));
  }

  /**
   * The turn becomes a dead letter.
   *
   * @param changes its changes of the bot's state that are committed all the same
   */
  async giveUp(
    claim: Claim,
    note: FailureNote,
    err: unknown,
    changes: readonly StateChange[] = [],
  ): Promise<TurnResult> {
    const { store, commit } = this.#options;
    this.#conflicts.ended(claim.id);
    await commit(() => store.fail(claim.id, note, changes));
    return { outcome: 'failed', err };
  }

  async #retry(claim: Claim, err: unknown, delayMs: number, counting: 'counted' | 'uncounted'): Promise<TurnResult> {
    const { store, commit, wakeTimes } = this.#options;
    await commit(() => store.retry(claim.id, delayMs, counting));
    wakeTimes.addRetry(claim.event.conversation, delayMs);
    return { outcome: 'retried', err };
  }
}

/** One sentence for the dead letter, without secrets: errors that carry a request have the platform's own words as their message. */
function sentenceOf(err: unknown): string {
  return err instanceof Error ? errorInWords(err).slice(0, 500) : 'The turn failed.';
}
