import { createDueQueue } from '../store/dueQueue.ts';

/** When to look again for turns that may not begin yet. Times are of the clock for durations. */
export class WakeTimes {
  readonly #monotonicNow: () => number;
  readonly #retries = createDueQueue();
  #pageAt = Infinity;
  #storeAt = Infinity;

  constructor(monotonicNow: () => number) {
    this.#monotonicNow = monotonicNow;
  }

  /** A turn of this conversation failed and runs again after a delay. */
  addRetry(conversation: string, delayMs: number): void {
    if (delayMs > 0) this.#retries.push(conversation, this.#monotonicNow() + delayMs);
  }

  /** A page with something waiting is paused until then. */
  addPage(pausedUntil: number): void {
    this.#pageAt = Math.min(this.#pageAt, pausedUntil);
  }

  /** The store failed to hand out an event. It may hold one back for that long, even if it works again sooner. */
  addStore(delayMs: number): void {
    this.#storeAt = Math.min(this.#storeAt, this.#monotonicNow() + delayMs);
  }

  /** Forgets times that have passed, and those of pages, which are added again. */
  startOver(): void {
    const now = this.#monotonicNow();
    while (this.#retries.take(now) !== undefined);
    if (this.#storeAt <= now) this.#storeAt = Infinity;
    this.#pageAt = Infinity;
  }

  /** Milliseconds until the first of them, or undefined if there is none. */
  nextInMs(): number | undefined {
    const first = Math.min(this.#storeAt, this.#pageAt, this.#retries.next() ?? Infinity);
    return first === Infinity ? undefined : Math.max(0, Math.ceil(first - this.#monotonicNow()));
  }
}
