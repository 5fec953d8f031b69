import { TurnTimedOut } from './turnTimedOut.ts';

export interface TurnSlotsOptions {
  /** How many turns of one page run at once. */
  ofPage: number;
  /** After how many milliseconds a turn is out of time. */
  timeoutMs: number;
  monotonicNow: () => number;
}

/** How the turns of this process stand. */
export interface TurnSlotState {
  /** Turns that are running. */
  running: number;
  /** Those of them that have been running for so long that they hold nobody up any more. */
  slow: number;
  /** How many turns may run at once, slow ones aside. */
  slots: number;
  /** How long the oldest one has been running, in milliseconds; 0 when none is. */
  oldestMs: number;
}

/**
 * Who may begin a turn. A turn mostly waits, so what is shared out is the right to begin another one: a page has so many, all pages together
 * four times as many, and a turn that stands for ten seconds gives its own back. Whatever hangs holds up neither another page nor, for
 * long, its own.
 */
export interface TurnSlots {
  /** Whether any turn may begin. */
  hasRoom(): boolean;
  /** Whether a turn of this page may begin. */
  mayTake(page: string): boolean;
  /**
   * The turn holds its place until its `end`.
   *
   * @param startedAt by the clock for durations, in milliseconds
   */
  begin(page: string, startedAt: number): RunningTurn;
  /** Looks at the clock. Answers whether that made room. */
  tick(): boolean;
  readonly running: number;
  state(): TurnSlotState;
}

export interface RunningTurn {
  /**
   * The work, or a rejection with {@link TurnTimedOut} when its time is up. What is left of it then goes on with nobody waiting for it.
   *
   * @param more how much longer than a turn it may take, in milliseconds
   */
  limit<T>(work: Promise<T>, more?: number): Promise<T>;
  end(): void;
}

interface Entry {
  page: string;
  startedAt: number;
  isSlow: boolean;
  /** What happens at which age, the youngest first. */
  alarms: { atMs: number; ring: () => void }[];
}

/** After this time a turn counts no longer among those that hold others up, in milliseconds. */
const slowAfterMs = 10_000;

/** How many pages may use up all that is theirs at the same time. */
const pagesAtOnce = 4;

/** How many slow turns there may be for each turn of a page: a bound for memory. */
const slowForEach = 16;

export function createTurnSlots({ ofPage, timeoutMs, monotonicNow }: TurnSlotsOptions): TurnSlots {
  const running = new Set<Entry>();
  const quick = new Map<string, number>();
  let quickOfAll = 0;
  const slots = ofPage * pagesAtOnce;

  function count(page: string, more: 1 | -1): void {
    quickOfAll += more;
    const left = (quick.get(page) ?? 0) + more;
    if (left > 0) quick.set(page, left);
    else quick.delete(page);
  }

  function begin(page: string, startedAt: number): RunningTurn {
    const entry: Entry = { page, startedAt, isSlow: false, alarms: [] };
    running.add(entry);
    count(page, 1);
    return {
      limit: (work, more = 0) => {
        const { promise, reject } = Promise.withResolvers<never>();
        entry.alarms.push({ atMs: timeoutMs + more, ring: () => reject(new TurnTimedOut(timeoutMs)) });
        return Promise.race([work, promise]);
      },
      end: () => {
        if (running.delete(entry) && !entry.isSlow) count(page, -1);
      },
    };
  }

  /** The set keeps the order in which turns began, so the first that is young enough ends the search. */
  function tick(): boolean {
    const now = monotonicNow();
    let madeRoom = false;
    for (const entry of running) {
      const ageMs = now - entry.startedAt;
      if (ageMs < Math.min(slowAfterMs, timeoutMs)) break;
      if (!entry.isSlow && ageMs >= slowAfterMs) {
        entry.isSlow = true;
        count(entry.page, -1);
        madeRoom = true;
      }
      for (let [next] = entry.alarms; next !== undefined && ageMs >= next.atMs; [next] = entry.alarms) {
        entry.alarms.shift();
        next.ring();
      }
    }
    return madeRoom;
  }

  return {
    hasRoom: () => quickOfAll < slots && running.size - quickOfAll < ofPage * slowForEach,
    mayTake: (page) => (quick.get(page) ?? 0) < ofPage,
    begin,
    tick,
    get running() {
      return running.size;
    },
    state: () => {
      const [oldest] = running;
      const oldestMs = oldest === undefined ? 0 : monotonicNow() - oldest.startedAt;
      return { running: running.size, slow: running.size - quickOfAll, slots, oldestMs };
    },
  };
}
