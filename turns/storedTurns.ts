import { pageOf } from '../models/conversationKey.ts';
import type { Claim, InboxEvent, Store } from '../store/store.ts';
import { EffectNotNotedError, StateConflictError, StoreUnavailableError } from '../store/storeErrors.ts';
import type { KeyedLock } from './keyedLock.ts';
import type { PageBackoff } from './pageBackoff.ts';
import type { PatientCommit } from './patientCommit.ts';
import type { TurnResult } from './turnLog.ts';
import type { TurnOutcomes } from './turnOutcomes.ts';
import { TurnScope, type TurnScopes } from './turnScope.ts';
import type { RunningTurn } from './turnSlots.ts';

export interface StoredTurnsOptions {
  store: Pick<Store, 'begin' | 'complete'>;
  run: (event: InboxEvent) => Promise<void>;
  scopes: TurnScopes;
  lock: KeyedLock;
  commit: PatientCommit;
  pages: PageBackoff;
  outcomes: TurnOutcomes;
}

/**
 * How long to wait, after a turn's time is up, for an effect that is still under way, in milliseconds. The longest call to Graph, retries
 * included, ends by itself within this time.
 */
const lastEffectMs = 60_000;

const leftOver: TurnResult = { outcome: 'leftOver' };

/** Runs turns that were claimed from the store and commits how each one ended. */
export class StoredTurns {
  readonly #options: StoredTurnsOptions;
  readonly #running = new Set<TurnScope>();
  #stopped = false;

  constructor(options: StoredTurnsOptions) {
    this.#options = options;
  }

  /** Commits nothing more. Running turns can perform no more effects; they run again at the next start. */
  stop(): void {
    this.#stopped = true;
    for (const scope of this.#running) scope.postpone(new StoreUnavailableError('closed'));
  }

  /** Begins the turn, runs the bot, and commits the result. */
  async run(claim: Claim, turn: RunningTurn): Promise<TurnResult> {
    if (this.#hasStopped()) return leftOver;
    const { store, commit, outcomes } = this.#options;
    const givenUp = await outcomes.crashedTooOften(claim);
    if (givenUp !== undefined) return givenUp;
    const notBegun = await errorOf(commit(() => store.begin(claim.id)));
    if (this.#hasStopped()) return leftOver;
    if (notBegun !== undefined) throw notBegun.err;
    const scope = await this.#runBot(claim, turn);
    return this.#end(scope, claim, turn);
  }

  async #runBot(claim: Claim, turn: RunningTurn): Promise<TurnScope> {
    const { run, scopes, lock, pages } = this.#options;
    const { conversation } = claim.event;
    const scope = new TurnScope(claim, pages.isPaused(pageOf(conversation)) ? 'inTrouble' : 'sound');
    this.#running.add(scope);
    const work = () => turn.limit(scopes.run(scope, () => run(claim.event)));
    const failure = await errorOf(lock(conversation, work));
    // The turn runs again or is given up, so the bot must do nothing more for this run.
    if (failure !== undefined) scope.postpone(failure.err);
    return scope;
  }

  async #end(scope: TurnScope, claim: Claim, turn: RunningTurn): Promise<TurnResult> {
    const { store, commit, outcomes } = this.#options;
    const ended = errorOf(turn.limit(scope.end(), lastEffectMs));
    const complete = () => store.complete(claim.id, scope.changes, scope.timerChanges);
    const hasRun = !scope.isCutOff && !this.#hasStopped();
    // Started before the journal's last writes have ended, so that one commit covers them all.
    const completed = hasRun ? complete() : undefined;
    const notCompleted = completed && errorOf(completed);
    const notWritten = await ended;
    this.#running.delete(scope);
    if (completed === undefined) return this.#cutOff(scope, claim);
    if (notWritten !== undefined && (await notCompleted) !== undefined) {
      return outcomes.failed(scope, claim, notWritten.err);
    }
    try {
      await commit(complete, completed);
    } catch (err) {
      scope.postpone(err);
      if (err instanceof StateConflictError || err instanceof EffectNotNotedError) {
        return outcomes.failed(scope, claim, err);
      }
      throw err;
    }
    return outcomes.done(scope, claim);
  }

  async #cutOff(scope: TurnScope, claim: Claim): Promise<TurnResult> {
    const { outcomes } = this.#options;
    if (this.#hasStopped()) return leftOver;
    const { parked, postponed, lastingChanges } = scope;
    if (parked !== undefined) return outcomes.giveUp(claim, parked.note, parked, lastingChanges);
    return outcomes.failed(scope, claim, postponed?.cause);
  }

  /** A method, since the compiler assumes that a field does not change during an `await`. */
  #hasStopped(): boolean {
    return this.#stopped;
  }
}

/** The error of a rejected promise; undefined when it resolved. */
function errorOf(work: Promise<unknown>): Promise<{ err: unknown } | undefined> {
  return work.then(
    () => undefined,
    (err: unknown) => ({ err }),
  );
}
