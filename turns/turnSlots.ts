import { TurnTimedOutError } from './turnTimedOutError.ts';

export interface TurnSlotsOptions {
  /** How many turns of one page run at once. */
  perPage: number;
  /** How long a turn may take, in milliseconds. */
  timeoutMs: number;
  monotonicNow: () => number;
}

/** What the turns of this process are doing. */
export interface TurnSlotState {
  /** Running turns. */
  running: number;
  /** Those that have run for so long that they no longer take a slot. */
  slow: number;
  /** How many turns may run at once, not counting slow ones. */
  slots: number;
  /** How long the oldest one has been running, in milliseconds; 0 when none is. */
  oldestMs: number;
}

export interface RunningTurn {
  /**
   * Resolves with the work, or rejects with {@link TurnTimedOutError} when the turn's time is up.
   *
   * @param more how much longer than the turn's limit it may take, in milliseconds
   */
  limit<T>(work: Promise<T>, more?: number): Promise<T>;
  end(): void;
}

interface Entry {
  page: string;
  startedAt: number;
  isSlow: boolean;
  /** What happens when the turn reaches an age, in order. */
  alarms: { atMs: number; ring: () => void }[];
}

/** After this time a turn gives its slot to others, in milliseconds. */
const slowAfterMs = 10_000;

/** How many pages can use all their slots at the same time. */
const pagesAtOnce = 4;

/** How many slow turns there may be for each slot of a page, to limit memory. */
const slowPerSlot = 16;

/**
 * Decides whether another turn may begin. Each page has its slots, all pages together have four times as many, and a turn that has run for ten
 * seconds gives its slot back, since it probably just waits. So a turn that hangs holds up no other page, and its own page only for that long.
 */
export class TurnSlots {
  readonly #options: TurnSlotsOptions;
  readonly #slots: number;
  readonly #running = new Set<Entry>();
  readonly #quick = new Map<string, number>();
  #quickOfAll = 0;

  constructor(options: TurnSlotsOptions) {
    this.#options = options;
    this.#slots = options.perPage * pagesAtOnce;
  }

  /** Whether a turn of any page may begin. */
  hasRoom(): boolean {
    const slow = this.#running.size - this.#quickOfAll;
    return this.#quickOfAll < this.#slots && slow < this.#options.perPage * slowPerSlot;
  }

  /** Whether this page has a slot left. */
  mayTake(page: string): boolean {
    return (this.#quick.get(page) ?? 0) < this.#options.perPage;
  }

  /** Whether any turn of this page is running, slow ones included. */
  isRunning(page: string): boolean {
    return [...this.#running].some((entry) => entry.page === page);
  }

  get running(): number {
    return this.#running.size;
  }

  state(): TurnSlotState {
    const [oldest] = this.#running;
    const oldestMs = oldest === undefined ? 0 : this.#options.monotonicNow() - oldest.startedAt;
    const running = this.#running.size;
    return { running, slow: running - this.#quickOfAll, slots: this.#slots, oldestMs };
  }

  /**
   * The turn keeps its slot until its `end`.
   *
   * @param startedAt by the clock for durations, in milliseconds
   */
  begin(page: string, startedAt: number): RunningTurn {
    const { timeoutMs } = this.#options;
    const entry: Entry = { page, startedAt, isSlow: false, alarms: [] };
    this.#running.add(entry);
    this.#count(page, 1);
    return {
      limit: (work, more = 0) => {
        const { promise, reject } = Promise.withResolvers<never>();
        entry.alarms.push({ atMs: timeoutMs + more, ring: () => reject(new TurnTimedOutError(timeoutMs)) });
        return Promise.race([work, promise]);
      },
      end: () => {
        if (this.#running.delete(entry) && !entry.isSlow) this.#count(page, -1);
      },
    };
  }

  /** Checks the clock. Returns whether that freed a slot. */
  tick(): boolean {
    const now = this.#options.monotonicNow();
    let freedSlot = false;
    // Entries are in the order in which they began, so the first young one ends the search.
    for (const entry of this.#running) {
      const ageMs = now - entry.startedAt;
      if (ageMs < Math.min(slowAfterMs, this.#options.timeoutMs)) break;
      if (!entry.isSlow && ageMs >= slowAfterMs) {
        entry.isSlow = true;
        this.#count(entry.page, -1);
        freedSlot = true;
      }
      for (let [next] = entry.alarms; next !== undefined && ageMs >= next.atMs; [next] = entry.alarms) {
        entry.alarms.shift();
        next.ring();
      }
    }
    return freedSlot;
  }

  #count(page: string, more: 1 | -1): void {
    this.#quickOfAll += more;
    const left = (this.#quick.get(page) ?? 0) + more;
    if (left > 0) this.#quick.set(page, left);
    else this.#quick.delete(page);
  }
}
