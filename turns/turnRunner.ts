import { setImmediate as nextTask } from 'node:timers/promises';
import type { Logger } from '../helpers/logging/logger.ts';
import { createConflicts } from './conflicts.ts';
import { createEventAge } from '../store/eventAge.ts';
import { createInlineTurns } from './inlineTurns.ts';
import { createKeyedLock } from './keyedLock.ts';
import { createLoneTurns, isSuspect } from './loneTurns.ts';
import { allPages, createOperatorPause } from '../store/operatorPause.ts';
import { createPageBackoff, type PageState, type PausedFor } from './pageBackoff.ts';
import type { RetryPolicy } from './retryPolicy.ts';
import { pageOf } from '../models/conversationKey.ts';
import type { Claim, Delivery, FailureNote, StateChange, Store } from '../store/store.ts';
import { EffectNotNotedError, StateConflictError, StoreUnavailableError } from '../store/storeErrors.ts';
import { causeOf, classifyOwnFailure, classifyTurnFailure, isOwnTrouble } from './turnFailure.ts';
import { createTurnScopes, TurnScope, type TurnScopes } from './turnScope.ts';
import { createTurnSlots, type RunningTurn, type TurnSlotState } from './turnSlots.ts';
import { TurnTimedOut } from './turnTimedOut.ts';

export interface TurnRunnerOptions {
  store: Store;
  /** Runs one turn. It must reject when the turn failed. */
  run: (delivery: Delivery) => Promise<void>;
  logger: Logger;
  /** How many conversations of one page are worked on at once. Default: 64; a turn mostly waits for the network. */
  concurrency?: number;
  /** A clock for durations, in milliseconds. */
  monotonicNow?: () => number;
  /** The clock by which the store notes acceptances: milliseconds since 1970. */
  now?: () => number;
  /** When a failed turn runs again. Without one it is given up at once. */
  retries?: RetryPolicy;
  /** Whether an error of a turn came from the platform. Default: it did, unless it can only be this process's own. */
  isOfPlatform?: (scope: TurnScope, error: unknown) => boolean;
  /** Tells the turn journal and the bot's storage which turn they work for. */
  scopes?: TurnScopes;
  /** Calls once after a time, unless the function that it gives is called before. */
  after?: (ms: number, work: () => void) => () => void;
  /** Calls again and again until the function that it gives is called. */
  every?: (ms: number, work: () => void) => () => void;
  /** How long a turn may take, in milliseconds. Default: two minutes. */
  timeoutMs?: number;
  /** What a log line of a turn tells besides. Default: nothing. */
  about?: (delivery: Delivery) => Readonly<Record<string, unknown>>;
  /** Is told of each end of a turn, inline work included. */
  observe?: (end: TurnEnd) => void;
}

/** How a turn ended. `retried` is no end for good: it runs again. */
export interface TurnEnd {
  outcome: 'done' | 'retried' | 'failed';
  kind: string;
  /** From the acceptance to this end, in milliseconds. */
  ageMs: number;
  durationMs: number;
}

export interface TurnRunner {
  /** Tells that something was accepted. */
  wake(): void;
  /**
   * Runs work that needs its answer at once as a turn of its conversation: after what is running there, never beside it. It is not
   * stored, so it runs once or not at all.
   */
  inline<T>(about: Pick<Delivery, 'conversation' | 'kind' | 'via'>, work: () => Promise<T>): Promise<T>;
  /** Resolves once nothing is waiting and nothing is running. What an operator holds back does not count. */
  settled(): Promise<void>;
  /** Resolves once nothing is running and nothing may begin now: what waits for another attempt or for its page does not count. */
  drained(): Promise<void>;
  /** Begins no further turn, and resolves once none is running. What waits is left to the next process. */
  finish(): Promise<void>;
  /**
   * Begins no further turn and asks nothing more of the store. What a turn does that is still running is not noted, and it is kept from
   * further effects: it runs again at the next start. `settled` does not wait for what is left waiting.
   */
  stop(): void;
  /**
   * Tells of an error that nobody waits for: of a promise, or one that ends the process. The turn that it comes from fails when it is still running;
   * when the process ends, that turn alone is blamed. Resolves once that is noted.
   */
  stray(kind: StrayKind, err: unknown): Promise<void>;
  /** Pages whose events are held back, with the reason; `all` when an operator holds back every page. */
  pages(): ReadonlyMap<string, PageState>;
  /** How the turns stand. */
  state(): RunnerState;
}

/** A `rejection` leaves the process running, an `exception` does not. */
export type StrayKind = 'rejection' | 'exception';

export interface RunnerState extends TurnSlotState {
  /** Turns that ended the process before and wait for running alone. */
  suspects: number;
  /** Turns that answer at once and are under way. */
  inline: number;
  /** How many of those were refused because there were too many. */
  inlineRefused: number;
  /** How many errors nobody waited for. */
  strays: number;
  /** How many turns were cut off because their time was up. */
  timedOut: number;
  /** How many turns were handed out that an earlier process had begun and not ended. */
  interrupted: number;
  /** For how long turns might begin and none does, in milliseconds; 0 while all is well. */
  standingMs: number;
}

/** How long to wait before the store is asked again, in milliseconds, while it cannot do its work. */
const askAgainMs = 1000;

/** How often the clock is looked at for turns that take long, in milliseconds. */
const tickMs = 1000;

/**
 * How long after its time is up a turn is waited for while an effect of it is under way, in milliseconds: as long as the longest call to Graph
 * with its repetitions, which ends by itself.
 */
const lastEffectMs = 60_000;

/** Takes deliveries out of the store and runs them: one at a time per conversation, conversations side by side. */
export function createTurnRunner(options: TurnRunnerOptions): TurnRunner {
  const { store, run, logger, concurrency = 64, monotonicNow = () => performance.now(), retries } = options;
  const { scopes = createTurnScopes(), after = afterTimeout, observe = () => undefined, now } = options;
  const { isOfPlatform = (_scope, error) => !isOwnTrouble(error) } = options;
  const { about = () => ({}) } = options;
  const { every = unrefInterval, timeoutMs = 120_000 } = options;
  const ageOf = createEventAge({ monotonicNow, ...(now && { now }) });
  const lock = createKeyedLock();
  const slots = createTurnSlots({ ofPage: concurrency, timeoutMs, monotonicNow });
  const lone = createLoneTurns(monotonicNow);
  const gate = async () => {
    while (!lone.isOpen()) await lone.opened();
  };
  const inline = createInlineTurns({ lock, timeoutMs, monotonicNow, gate });
  const pages = createPageBackoff(logger, monotonicNow);
  const operator = createOperatorPause(store.state, { logger, resumed: tryNow });
  const idleWaiters: (() => void)[] = [];
  const drainWaiters: (() => void)[] = [];
  const runningScopes = new Set<TurnScope>();
  const conflicts = createConflicts();
  let strays = 0;
  let timedOut = 0;
  let interrupted = 0;
  let movedAt = monotonicNow();
  let pumping = false;
  let wokenWhilePumping = false;
  let stopped = false;
  let finishing = false;
  let refusedToHandOut = false;
  let cancelWake: () => void = () => undefined;

  function wake(): void {
    if (pumping) {
      wokenWhilePumping = true;
      return;
    }
    pumping = true;
    if (slots.hasRoom()) movedAt = monotonicNow();
    void pump().finally(() => {
      pumping = false;
      if (wokenWhilePumping) {
        wokenWhilePumping = false;
        wake();
      } else {
        const heldBack = wakeWhenDue();
        if (running() > 0 || (lone.waiting > 0 && !finishing)) return;
        for (const resolve of drainWaiters.splice(0)) resolve();
        if (!heldBack) for (const resolve of idleWaiters.splice(0)) resolve();
      }
    });
  }

  /** Answers whether something is held back that will run later. */
  function wakeWhenDue(): boolean {
    cancelWake();
    const dueInMs = stopped || finishing ? undefined : refusedToHandOut ? askAgainMs : store.nextDueIn();
    if (dueInMs === undefined) return false;
    cancelWake = after(Math.ceil(dueInMs), wake);
    return true;
  }

  const running = (): number => slots.running + inline.running;

  async function pump(): Promise<void> {
    let others: 'othersWait' | 'nobodyWaits' = 'othersWait';
    try {
      while (!stopped && !finishing && lone.isOpen() && slots.hasRoom()) {
        await operator.refresh();
        const claim = await store.claim((page) => slots.mayTake(page) && !operator.holds(page));
        if (refusedToHandOut) logger.info({}, 'the store hands out turns again');
        refusedToHandOut = false;
        if (hasStopped()) return;
        if (claim === undefined) {
          others = 'nobodyWaits';
          break;
        }
        if (claim.begun > 0) interrupted += 1;
        if (isSuspect(claim)) lone.add(claim);
        else void execute(claim);
      }
    } catch (err) {
      if (hasStopped()) return;
      if (!refusedToHandOut) logger.error({ err }, 'the store could not hand out the next turn, and is asked again');
      refusedToHandOut = true;
    }
    const suspect = stopped || finishing ? undefined : lone.next(running(), others);
    if (suspect !== undefined) void execute(suspect);
  }

  const stopTicking = every(tickMs, () => {
    inline.tick();
    const madeRoom = slots.tick();
    if (lone.tick() || madeRoom || lone.waiting > 0) wake();
  });

  // A call, because the compiler takes `stopped` for what it was before the wait.
  const hasStopped = (): boolean => stopped;

  async function execute(claim: Claim): Promise<void> {
    const { conversation, kind, via } = claim.delivery;
    const startedAt = monotonicNow();
    const duration = () => Math.round(monotonicNow() - startedAt);
    const turn = slots.begin(pageOf(conversation), startedAt);
    movedAt = startedAt;
    // Turns that wait for nothing would otherwise follow each other without a moment for requests and signals.
    await nextTask();
    try {
      const { outcome, ...more } = await finish(claim, turn);
      const durationMs = duration();
      const fields = {
        conversation,
        kind,
        via,
        delivery: claim.id,
        ...about(claim.delivery),
        durationMs,
        outcome,
        ...more,
      };
      logger[levelOf[outcome]](fields, 'turn');
      if (outcome !== 'leftOver')
        observe({ outcome, kind, durationMs, ageMs: Math.max(durationMs, ageOf(claim.acceptedAt)) });
    } catch (err) {
      const fields = { conversation, kind, via, delivery: claim.id, durationMs: duration(), err };
      logger.error(fields, 'the store could not note the end of a turn');
    } finally {
      turn.end();
      movedAt = monotonicNow();
      lone.ended(claim);
      wake();
    }
  }

  /** Runs the turn and notes what became of it. */
  async function finish(
    claim: Claim,
    turn: RunningTurn,
  ): Promise<{ outcome: TurnEnd['outcome'] | 'leftOver'; err?: unknown }> {
    if (stopped) return { outcome: 'leftOver' };
    if (retries?.hasCrashedTooOften(claim) === true) {
      const sentence = `The process ended ${claim.begun} times in the middle of this turn.`;
      return giveUp(claim, { reason: 'crashed', sentence }, new Error(sentence));
    }
    const notBegun = await errorOf(untilNoted(() => store.begin(claim.id)));
    if (hasStopped()) return { outcome: 'leftOver' };
    if (notBegun !== undefined) throw notBegun.err;
    const page = pageOf(claim.delivery.conversation);
    const scope = new TurnScope(claim, pages.isPaused(page) ? 'inTrouble' : 'sound');
    runningScopes.add(scope);
    const failure = await errorOf(
      lock(claim.delivery.conversation, () => turn.limit(scopes.run(scope, () => run(claim.delivery)))),
    );
    // Whatever the bot still does for a turn that runs again, or that was given up, is done for nobody.
    if (failure !== undefined) scope.postpone(failure.err);
    const ended = errorOf(turn.limit(scope.end(), lastEffectMs));
    const complete = () => store.complete(claim.id, scope.changes);
    const hasRun = !scope.isCutOff && !hasStopped();
    // Behind the notes that are under way, without waiting for them: one commit takes them and the end of the turn.
    const completed = hasRun ? complete() : undefined;
    const notCompleted = completed && errorOf(completed);
    const notNoted = await ended;
    runningScopes.delete(scope);
    if (completed === undefined) {
      if (hasStopped()) return { outcome: 'leftOver' };
      if (scope.parked !== undefined) return giveUp(claim, scope.parked.note, scope.parked, scope.lastingChanges);
      return decide(scope, claim, scope.postponed?.cause);
    }
    if (notNoted !== undefined && (await notCompleted) !== undefined) return decide(scope, claim, notNoted.err);
    try {
      await untilNoted(complete, completed);
    } catch (err) {
      scope.postpone(err);
      if (err instanceof StateConflictError || err instanceof EffectNotNotedError) return decide(scope, claim, err);
      throw err;
    }
    conflicts.ended(claim.id);
    noticeLastCall(scope, claim);
    return { outcome: 'done' };
  }

  /** What a turn that is done tells of its page. One that called nobody, about a receipt for example, tells nothing. */
  function noticeLastCall({ lastCall, probing }: TurnScope, claim: Claim): void {
    const page = pageOf(claim.delivery.conversation);
    if (lastCall === 'worked') {
      // What was begun before the trouble is no proof that it is over.
      if ((probing || !pages.isPaused(page)) && pages.recordSuccess(page)) store.resume(page);
    } else if (lastCall === 'rateLimited' || lastCall === 'invalidToken') {
      // The bot took the refusal for an answer, which it is: of the page.
      const decision = retries?.decide(lastCall, claim, pages.of(page));
      if (decision?.action === 'pausePage') pausePage(page, decision.reason, decision.delayMs);
    }
  }

  /** A page in trouble is tried with one turn, at once. */
  function tryNow(page: string): void {
    for (const one of page === allPages ? [...pages.states().keys()] : [page]) {
      if (!pages.retryNow(one)) continue;
      store.resume(one);
      store.pause(one, 0);
    }
  }

  function pausePage(page: string, reason: PausedFor, delayMs: number): void {
    if (pages.pause(page, reason, delayMs)) store.pause(page, delayMs);
  }

  async function decide(
    scope: TurnScope,
    claim: Claim,
    err: unknown,
  ): Promise<{ outcome: TurnEnd['outcome']; err: unknown }> {
    const { conversation } = claim.delivery;
    const page = pageOf(conversation);
    const { lastingChanges } = scope;
    if (causeOf(err) instanceof TurnTimedOut) timedOut += 1;
    const isOurs = !isOfPlatform(scope, err);
    const failure = isOurs ? classifyOwnFailure(err) : classifyTurnFailure(err);
    const delayAfterConflict = failure === 'conflict' ? conflicts.delayBefore(claim.id) : undefined;
    if (delayAfterConflict !== undefined) {
      await untilNoted(() => store.retry(claim.id, delayAfterConflict, 'uncounted'));
      return { outcome: 'retried', err };
    }
    if (failure === 'temporary' && !isOurs) pages.recordFailure(page, conversation);
    const trouble = isOurs ? { pauses: 0, failures: 0 } : pages.of(page);
    const decision = retries?.decide(failure, claim, trouble) ?? { action: 'giveUp', reason: 'failed' };
    if (decision.action === 'giveUp') {
      return giveUp(claim, { reason: decision.reason, sentence: sentenceOf(err) }, err, lastingChanges);
    }
    if (decision.action === 'pausePage') pausePage(page, decision.reason, decision.delayMs);
    const { delayMs, counting } =
      decision.action === 'retry' ? decision : { delayMs: 0, counting: 'uncounted' as const };
    await untilNoted(() => store.retry(claim.id, delayMs, counting));
    return { outcome: 'retried', err };
  }

  async function giveUp(
    claim: Claim,
    note: FailureNote,
    err: unknown,
    changes: readonly StateChange[] = [],
  ): Promise<{ outcome: 'failed'; err: unknown }> {
    conflicts.ended(claim.id);
    await untilNoted(() => store.fail(claim.id, note, changes));
    return { outcome: 'failed', err };
  }

  /** What was done must not be done again only because the disk is full for a while. */
  async function untilNoted(note: () => Promise<void>, first = note()): Promise<void> {
    for (let attempt = first; ; attempt = note()) {
      try {
        await attempt;
        return;
      } catch (err) {
        const mayPass =
          err instanceof StoreUnavailableError && !(err instanceof EffectNotNotedError) && err.reason !== 'closed';
        if (!mayPass || stopped) throw err;
        await new Promise<void>((resolve) => void after(askAgainMs, resolve));
      }
    }
  }

  async function stray(kind: StrayKind, err: unknown): Promise<void> {
    strays += 1;
    const scope = scopes.origin();
    const { conversation, id: delivery, ended: hasEnded } = scope ?? {};
    const turn = scope === undefined ? {} : { conversation, delivery, hasEnded };
    if (kind === 'rejection') {
      logger.error({ ...turn, err }, 'a promise was rejected and nobody waits for it: an await is missing');
      // Whatever the bot makes of it: what it wanted has not been done.
      if (scope?.ended === false) scope.postpone(err);
      return;
    }
    logger.error({ ...turn, err }, 'nobody catches this error: the process ends');
    if (scope?.ended === false) await store.blame(scope.id);
  }

  /** Every place is taken, or the store does not answer who is next, and nothing has begun or ended for so long. */
  function standingMs(): number {
    const isHeld = pumping || !slots.hasRoom();
    return isHeld && !stopped ? monotonicNow() - movedAt : 0;
  }

  function waitIn(waiters: (() => void)[]): Promise<void> {
    const reached = new Promise<void>((resolve) => waiters.push(resolve));
    wake();
    return reached;
  }

  store.onWork(() => {
    operator.maybeChanged();
    wake();
  });

  return {
    wake,
    inline: async ({ conversation, kind, via }, work) => {
      const startedAt = monotonicNow();
      const duration = () => Math.round(monotonicNow() - startedAt);
      const about = { conversation, kind, via };
      try {
        const result = await inline.run(conversation, work);
        const durationMs = duration();
        logger.info({ ...about, durationMs, outcome: 'done' }, 'turn');
        observe({ outcome: 'done', kind, ageMs: durationMs, durationMs });
        return result;
      } catch (err) {
        const durationMs = duration();
        logger.error({ ...about, durationMs, outcome: 'failed', err }, 'turn');
        observe({ outcome: 'failed', kind, ageMs: durationMs, durationMs });
        throw err;
      } finally {
        wake();
      }
    },
    settled: () => waitIn(idleWaiters),
    drained: () => waitIn(drainWaiters),
    finish: () => {
      finishing = true;
      return waitIn(drainWaiters);
    },
    stop: () => {
      stopped = true;
      cancelWake();
      stopTicking();
      lone.stop();
      for (const scope of runningScopes) scope.postpone(new StoreUnavailableError('closed'));
      wake();
    },
    stray,
    pages: () =>
      new Map([...pages.states(), ...operator.held().map((page): [string, PageState] => [page, 'operator'])]),
    state: () => ({
      ...slots.state(),
      ...{ strays, timedOut, interrupted, standingMs: standingMs() },
      suspects: lone.waiting,
      inline: inline.running,
      inlineRefused: inline.refused,
    }),
  };
}

const levelOf = { done: 'info', retried: 'warn', failed: 'error', leftOver: 'warn' } as const;

/** How a promise was rejected; undefined when it was not. */
function errorOf(work: Promise<unknown>): Promise<{ err: unknown } | undefined> {
  return work.then(
    () => undefined,
    (err: unknown) => ({ err }),
  );
}

/** One sentence for the dead letter. Messages of the errors that may hold a request are the platform's own words. */
function sentenceOf(err: unknown): string {
  return err instanceof Error ? `${err.name}: ${err.message}`.slice(0, 500) : 'The turn failed.';
}

function unrefInterval(ms: number, work: () => void): () => void {
  const timer = setInterval(work, ms).unref();
  return () => clearInterval(timer);
}

function afterTimeout(ms: number, work: () => void): () => void {
  const timer = setTimeout(work, ms);
  return () => clearTimeout(timer);
}
