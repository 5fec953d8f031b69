import type { Logger } from '../helpers/logging/logger.ts';
import { createOperatorPause, type OperatorPause } from '../store/operatorPause.ts';
import type { InboxEvent, Store } from '../store/store.ts';
import { DueTimers } from './dueTimers.ts';
import { InlineTurns } from './inlineTurns.ts';
import { createKeyedLock } from './keyedLock.ts';
import { LoneTurns } from './loneTurns.ts';
import { PageBackoff, type PageState } from './pageBackoff.ts';
import { createPatientCommit } from './patientCommit.ts';
import type { RetryPolicy } from './retryPolicy.ts';
import { StoredTurns } from './storedTurns.ts';
import { afterTimeout, everyInterval, type After, type Every } from './timers.ts';
import { isUseOfEndedTurn } from './thrownErrors.ts';
import { isOwnTrouble } from './turnFailure.ts';
import { TurnLog, type TurnEnd, type TurnResult } from './turnLog.ts';
import { TurnOutcomes } from './turnOutcomes.ts';
import { TurnScheduler } from './turnScheduler.ts';
import { createTurnScopes, type TurnScope, type TurnScopes } from './turnScope.ts';
import { TurnSlots, type TurnSlotState } from './turnSlots.ts';
import { WakeTimes } from './wakeTimes.ts';

export interface TurnRunnerOptions {
  store: Store;
  /** Runs one turn. Must reject when the turn failed. */
  run: (event: InboxEvent) => Promise<void>;
  logger: Logger;
  /** How many conversations of one page run at once. Default: 64; a turn mostly waits for the network. */
  concurrency?: number;
  /** A clock for durations, in milliseconds. */
  monotonicNow?: () => number;
  /** The clock that the store dates acceptances by: milliseconds since 1970. */
  now?: () => number;
  /** When a failed turn runs again. Without it, a failed turn is given up at once. */
  retries?: RetryPolicy;
  /** Whether an error of a turn came from the platform. Default: yes, unless it can only come from this process. */
  isOfPlatform?: (scope: TurnScope, error: unknown) => boolean;
  /** Tells the turn journal and the bot's storage which turn they work for. */
  scopes?: TurnScopes;
  after?: After;
  every?: Every;
  /** How long a turn may take, in milliseconds. Default: two minutes. */
  timeoutMs?: number;
  /** More fields for a turn's log line. Default: none. */
  about?: (event: InboxEvent) => Readonly<Record<string, unknown>>;
  /** Called at each end of a stored turn, with why it did not succeed. */
  ended?: (event: InboxEvent, result: TurnResult) => void;
  /** Called at each end of a turn, inline turns included. */
  observe?: (end: TurnEnd) => void;
}

/** A `rejection` leaves the process running, an `exception` ends it. */
export type StrayKind = 'rejection' | 'exception';

export interface RunnerState extends TurnSlotState {
  /** Turns that have ended the process before and wait to run alone. */
  suspects: number;
  /** Inline turns under way. */
  inline: number;
  /** How many inline turns were refused because there were too many. */
  inlineRefused: number;
  /** How many errors nobody handled. */
  strays: number;
  /** How many turns ran out of time. */
  timedOut: number;
  /** How many turns were handed out that an earlier process had begun and not ended. */
  interrupted: number;
  /** For how long no turn has begun or ended although turns might begin, in milliseconds; 0 while all is well. */
  standingMs: number;
}

const awaitIsMissing = 'a promise was rejected and nobody waits for it: an await is missing';
const usedAfterEnd =
  "a turn's context was used after its end: an await is missing, or a setTimeout should be a timer or conversations.run";

/** How often to check the clock for slow turns, in milliseconds. */
const tickMs = 1000;

/** Takes events from the store and runs them: one at a time per conversation, conversations side by side. */
export class TurnRunner {
  readonly #store: Store;
  readonly #logger: Logger;
  readonly #scopes: TurnScopes;
  readonly #monotonicNow: () => number;
  readonly #slots: TurnSlots;
  readonly #lone: LoneTurns;
  readonly #inline: InlineTurns;
  readonly #stored: StoredTurns;
  readonly #outcomes: TurnOutcomes;
  readonly #pages: PageBackoff;
  readonly #operator: OperatorPause;
  readonly #scheduler: TurnScheduler;
  readonly #log: TurnLog;
  readonly #timers: DueTimers;
  readonly #stopTicking: () => void;
  #strays = 0;
  #stopped = false;

  constructor(options: TurnRunnerOptions) {
    const { store, run, logger, retries, concurrency = 64, timeoutMs = 120_000 } = options;
    const { monotonicNow = () => performance.now(), after = afterTimeout, every = everyInterval } = options;
    const { scopes = createTurnScopes(), isOfPlatform = (_scope, error) => !isOwnTrouble(error) } = options;
    const lock = createKeyedLock();
    const commit = createPatientCommit({ after, isStopped: () => this.#stopped });
    const slots = new TurnSlots({ perPage: concurrency, timeoutMs, monotonicNow });
    const lone = new LoneTurns(monotonicNow);
    const inline = new InlineTurns({ lock, timeoutMs, monotonicNow, gate: () => lone.untilOpen() });
    const pages = new PageBackoff({ logger, monotonicNow });
    const wakeTimes = new WakeTimes(monotonicNow);
    const outcomes = new TurnOutcomes({ store, commit, pages, wakeTimes, retries, isOfPlatform });
    const stored = new StoredTurns({ store, run, scopes, lock, commit, pages, outcomes });
    const operator = createOperatorPause(store.state, { logger, resumed: (page) => pages.retryNow(page) });
    const log = new TurnLog({ ...options, monotonicNow });
    const { now = Date.now, ended = () => undefined } = options;
    const timers = new DueTimers({ store, now, after, due: () => this.wake() });
    const parts = { slots, lone, inline, stored, pages, operator, wakeTimes, log };
    this.#store = store;
    this.#logger = logger;
    this.#scopes = scopes;
    this.#monotonicNow = monotonicNow;
    this.#slots = slots;
    this.#lone = lone;
    this.#inline = inline;
    this.#pages = pages;
    this.#outcomes = outcomes;
    this.#stored = stored;
    this.#operator = operator;
    this.#log = log;
    this.#timers = timers;
    this.#scheduler = new TurnScheduler({ store, logger, after, monotonicNow, ...parts, timers, ended });
    this.#stopTicking = every(tickMs, () => this.#tick());
    store.onWork(() => {
      operator.maybeChanged();
      this.wake();
    });
  }

  /** Call this after something was accepted. */
  wake(): void {
    this.#scheduler.wake();
  }

  /**
   * Runs work whose answer is needed at once, as a turn of its conversation: after the turns that run there, never beside them. It is not
   * stored, so it runs once or not at all.
   */
  async inline<T>(
    { conversation, kind, via }: Pick<InboxEvent, 'conversation' | 'kind' | 'via'>,
    work: () => Promise<T>,
  ): Promise<T> {
    const startedAt = this.#monotonicNow();
    const about = { conversation, kind, via };
    try {
      const result = await this.#inline.run(conversation, work);
      this.#log.inline(about, startedAt, { outcome: 'done' });
      return result;
    } catch (err) {
      this.#log.inline(about, startedAt, { outcome: 'failed', err });
      throw err;
    } finally {
      this.wake();
    }
  }

  /** Resolves once nothing is waiting and nothing is running. Turns that an operator holds back do not count. */
  settled(): Promise<void> {
    return this.#scheduler.settled();
  }

  /** Resolves once nothing is running and nothing may begin now. Turns that wait for a retry or for their page do not count. */
  drained(): Promise<void> {
    return this.#scheduler.drained();
  }

  /** Begins no more turns, and resolves once none is running. Waiting turns are left to the next process. */
  finish(): Promise<void> {
    return this.#scheduler.finish();
  }

  /**
   * Begins no more turns and asks nothing more of the store. What a running turn does from now on is not committed, and it can perform no
   * more effects: it runs again at the next start. `settled` does not wait for turns that are left.
   */
  stop(): void {
    this.#stopped = true;
    this.#stopTicking();
    this.#lone.stop();
    this.#stored.stop();
    this.#scheduler.stop();
  }

  /**
   * Reports an error that nobody handled, and tells whether the process may go on. The turn that it comes from fails if it is still running. When the
   * process ends, only that turn is blamed for it; resolves once that is committed.
   */
  async stray(kind: StrayKind, err: unknown): Promise<'goOn' | 'end'> {
    this.#strays += 1;
    const scope = this.#scopes.origin();
    const { conversation, id, ended: hasEnded } = scope ?? {};
    const turn = scope === undefined ? {} : { conversation, delivery: id, hasEnded };
    const isOfEndedTurn = isUseOfEndedTurn(err);
    if (kind === 'rejection' || isOfEndedTurn) {
      this.#logger.error({ ...turn, err }, isOfEndedTurn ? usedAfterEnd : awaitIsMissing);
      // Whatever the bot makes of it, what it asked for has not been done.
      if (scope?.ended === false) scope.postpone(err);
      return 'goOn';
    }
    this.#logger.error({ ...turn, err }, 'nobody catches this error: the process ends');
    if (scope?.ended === false) await this.#store.blame(scope.id);
    return 'end';
  }

  /** Pages that are held back, with the reason; `all` when an operator paused every page. */
  pages(): ReadonlyMap<string, PageState> {
    const paused = this.#operator.held().map((page): [string, PageState] => [page, 'operator']);
    return new Map([...this.#pages.states(), ...paused]);
  }

  state(): RunnerState {
    return {
      ...this.#slots.state(),
      strays: this.#strays,
      timedOut: this.#outcomes.timedOut,
      interrupted: this.#scheduler.interrupted,
      standingMs: this.#scheduler.standingMs(),
      suspects: this.#lone.waiting,
      inline: this.#inline.running,
      inlineRefused: this.#inline.refused,
    };
  }

  #tick(): void {
    this.#inline.tick();
    this.#timers.tick();
    const freedSlot = this.#slots.tick();
    if (this.#lone.tick() || freedSlot || this.#lone.waiting > 0) this.wake();
  }
}
