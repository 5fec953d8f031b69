import { setImmediate as nextTask } from 'node:timers/promises';
import type { Logger } from '../helpers/logging/logger.ts';
import { pageOf } from '../models/conversationKey.ts';
import type { OperatorPause } from '../store/operatorPause.ts';
import type { Claim, InboxEvent, Store } from '../store/store.ts';
import type { DueTimers } from './dueTimers.ts';
import type { InlineTurns } from './inlineTurns.ts';
import { isSuspect, type LoneTurns } from './loneTurns.ts';
import type { PageBackoff } from './pageBackoff.ts';
import { storeRetryMs } from './patientCommit.ts';
import type { StoredTurns } from './storedTurns.ts';
import type { After } from './timers.ts';
import type { TurnLog, TurnResult } from './turnLog.ts';
import type { TurnSlots } from './turnSlots.ts';
import type { WakeTimes } from './wakeTimes.ts';

export interface TurnSchedulerOptions {
  store: Pick<Store, 'claim'>;
  logger: Logger;
  after: After;
  monotonicNow: () => number;
  slots: TurnSlots;
  lone: LoneTurns;
  inline: Pick<InlineTurns, 'running'>;
  stored: StoredTurns;
  pages: PageBackoff;
  operator: OperatorPause;
  wakeTimes: WakeTimes;
  timers: DueTimers;
  log: TurnLog;
  ended: (event: InboxEvent, result: TurnResult) => void;
}

/** How soon to look again for timers that could not fire because many events of their page wait, in milliseconds. */
const heldTimersMs = 1000;

/** Decides when stored turns begin: claims what may run whenever something changes, and wakes up when the next event is due. */
export class TurnScheduler {
  readonly #options: TurnSchedulerOptions;
  readonly #settledWaiters: (() => void)[] = [];
  readonly #drainedWaiters: (() => void)[] = [];
  #interrupted = 0;
  #movedAt: number;
  #isHandingOut = false;
  #wokenMeanwhile = false;
  #stopped = false;
  #finishing = false;
  #isStoreDown = false;
  #cancelWake: () => void = () => undefined;

  constructor(options: TurnSchedulerOptions) {
    this.#options = options;
    this.#movedAt = options.monotonicNow();
  }

  /** How many of the turns had been begun, and not ended, by an earlier process. */
  get interrupted(): number {
    return this.#interrupted;
  }

  /** Something may have become ready to run. */
  wake(): void {
    if (this.#isHandingOut) {
      this.#wokenMeanwhile = true;
      return;
    }
    this.#isHandingOut = true;
    if (this.#options.slots.hasRoom()) this.#movedAt = this.#options.monotonicNow();
    void this.#handOut().finally(() => {
      this.#isHandingOut = false;
      if (this.#wokenMeanwhile) {
        this.#wokenMeanwhile = false;
        this.wake();
      } else this.#rest();
    });
  }

  settled(): Promise<void> {
    return this.#reach(this.#settledWaiters);
  }

  drained(): Promise<void> {
    return this.#reach(this.#drainedWaiters);
  }

  finish(): Promise<void> {
    this.#finishing = true;
    return this.drained();
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelWake();
    this.#options.timers.stop();
    this.wake();
  }

  /** How long no turn has begun or ended while all slots are taken or the store does not answer. */
  standingMs(): number {
    const isHeld = this.#isHandingOut || !this.#options.slots.hasRoom();
    return isHeld && !this.#stopped ? this.#options.monotonicNow() - this.#movedAt : 0;
  }

  async #handOut(): Promise<void> {
    let others: 'othersWait' | 'nobodyWaits' = 'othersWait';
    this.#options.wakeTimes.startOver();
    try {
      others = await this.#handOutWaiting();
    } catch (err) {
      if (this.#stopped) return;
      if (!this.#isStoreDown) {
        this.#options.logger.error({ err }, 'the store could not hand out the next turn and will be asked again');
      }
      this.#isStoreDown = true;
      this.#options.wakeTimes.addStore(storeRetryMs);
    }
    const suspect = this.#mayBegin() ? this.#options.lone.next(this.#running, others) : undefined;
    if (suspect !== undefined) void this.#run(suspect);
  }

  async #handOutWaiting(): Promise<'othersWait' | 'nobodyWaits'> {
    if (this.#mayBegin() && (await this.#options.timers.fire()) === 'held') {
      this.#options.wakeTimes.addStore(heldTimersMs);
    }
    while (this.#mayBegin() && this.#options.lone.isOpen() && this.#options.slots.hasRoom()) {
      await this.#options.operator.refresh();
      const claim = await this.#options.store.claim((page) => this.#mayTake(page));
      if (this.#isStoreDown) this.#options.logger.info({}, 'the store hands out turns again');
      this.#isStoreDown = false;
      if (this.#stopped) break;
      if (claim === undefined) return 'nobodyWaits';
      if (claim.begun > 0) this.#interrupted += 1;
      if (isSuspect(claim)) this.#options.lone.add(claim);
      else void this.#run(claim);
    }
    return 'othersWait';
  }

  async #run(claim: Claim): Promise<void> {
    const startedAt = this.#options.monotonicNow();
    const turn = this.#options.slots.begin(pageOf(claim.event.conversation), startedAt);
    this.#movedAt = startedAt;
    // Without this, turns that never wait would leave no time for requests and signals.
    await nextTask();
    try {
      const result = await this.#options.stored.run(claim, turn);
      this.#options.log.stored(claim, startedAt, result);
      this.#options.ended(claim.event, result);
    } catch (err) {
      this.#options.log.notCommitted(claim, startedAt, err);
      this.#options.ended(claim.event, { outcome: 'failed', err });
    } finally {
      turn.end();
      this.#movedAt = this.#options.monotonicNow();
      this.#options.lone.ended(claim);
      this.wake();
    }
  }

  /** Everything that may begin has begun. */
  #rest(): void {
    const heldBack = this.#wakeWhenDue();
    if (this.#mayBegin()) this.#options.timers.await();
    if (this.#running > 0 || (this.#options.lone.waiting > 0 && !this.#finishing)) return;
    for (const resolve of this.#drainedWaiters.splice(0)) resolve();
    if (heldBack === 'none') for (const resolve of this.#settledWaiters.splice(0)) resolve();
  }

  #wakeWhenDue(): 'some' | 'none' {
    this.#cancelWake();
    if (!this.#mayBegin()) return 'none';
    const dueInMs = this.#options.wakeTimes.nextInMs();
    if (dueInMs === undefined) return 'none';
    this.#cancelWake = this.#options.after(dueInMs, () => this.wake());
    return 'some';
  }

  #reach(waiters: (() => void)[]): Promise<void> {
    const reached = new Promise<void>((resolve) => waiters.push(resolve));
    this.wake();
    return reached;
  }

  /** Whether a turn of this page may begin. A page in trouble is tried with one turn at a time. */
  #mayTake(page: string): boolean {
    const { pages, slots, operator, wakeTimes, monotonicNow } = this.#options;
    const pausedUntil = pages.pausedUntil(page);
    if (pausedUntil > monotonicNow()) {
      wakeTimes.addPage(pausedUntil);
      return false;
    }
    if (pages.isPaused(page) && slots.isRunning(page)) return false;
    return slots.mayTake(page) && !operator.holds(page);
  }

  #mayBegin(): boolean {
    return !this.#stopped && !this.#finishing;
  }

  get #running(): number {
    return this.#options.slots.running + this.#options.inline.running;
  }
}
