import type { Store } from '../store/store.ts';
import type { After } from './timers.ts';

export interface DueTimersOptions {
  store: Pick<Store, 'timers'>;
  /** The wall clock, in milliseconds since 1970. */
  now: () => number;
  after: After;
  /** Called when a timer is due. */
  due: () => void;
}

/** `setTimeout` takes no more than 24 days, and the clock is looked at each second anyway. */
const longestWaitMs = 3_600_000;

/** Hands timers over to turns when they are due by the wall clock, whoever sets that clock and in whichever direction. */
export class DueTimers {
  readonly #options: DueTimersOptions;
  #nextDueAt: number | undefined;
  #cancelWake: () => void = () => undefined;

  constructor(options: DueTimersOptions) {
    this.#options = options;
  }

  /** Fires what is due. Returns whether there are more that may not fire yet because many events of their page wait. */
  async fire(): Promise<'held' | 'none'> {
    const { store, now } = this.#options;
    for (;;) {
      const at = now();
      const { fired, nextDueAt } = await store.timers.fire(at);
      this.#nextDueAt = nextDueAt;
      if (!this.#isDue()) return 'none';
      // Otherwise it has become due meanwhile.
      if (fired === 0 && nextDueAt !== undefined && nextDueAt <= at) return 'held';
    }
  }

  /** Calls `due` when the next one is. */
  await(): void {
    const { now, after, due } = this.#options;
    this.#cancelWake();
    if (this.#nextDueAt === undefined || this.#isDue()) return;
    this.#cancelWake = after(Math.min(this.#nextDueAt - now(), longestWaitMs), due);
  }

  /** Looks at the clock, which may have been set, or may have stood while the machine slept. */
  tick(): void {
    if (this.#isDue()) this.#options.due();
  }

  stop(): void {
    this.#cancelWake();
    this.#nextDueAt = undefined;
  }

  #isDue(): boolean {
    return this.#nextDueAt !== undefined && this.#nextDueAt <= this.#options.now();
  }
}
