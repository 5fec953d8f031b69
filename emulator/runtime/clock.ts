import type { Clock } from './hooks.ts';

/** A clock that runs with another one and can be put forward, never back. */
export interface AdvanceableClock {
  readonly now: Clock;
  /** @param ms how far, in milliseconds; a negative or unsafe number is a RangeError */
  advance(ms: number): void;
  /** Goes on from another time, which may be earlier. What waits keeps waiting as long as it had to. */
  continueFrom(at: number): void;
  /**
   * Calls `work` once after a time, which may pass or be skipped by putting the clock forward. Returns a function that cancels. Does
   * not keep the process running.
   */
  after(ms: number, call: () => void): () => void;
  /** When the next of those calls is due, by this clock. Undefined when none is. */
  nextDue(): number | undefined;
  /** Resolves as `after` calls, and early when the signal aborts. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

interface Alarm {
  at: number;
  readonly call: () => void;
  timer: NodeJS.Timeout;
}

/** The longest delay that Node's timers take. */
const longestTimer = 2 ** 31 - 1;

/** @param base the clock it runs with; default: the machine's */
export function createClock(base: Clock = Date.now): AdvanceableClock {
  let offset = 0;
  const alarms = new Set<Alarm>();
  const now = (): number => base() + offset;

  const ring = (alarm: Alarm): void => {
    clearTimeout(alarm.timer);
    if (alarms.delete(alarm)) alarm.call();
  };
  const startTimer = (ms: number, ringing: () => void): NodeJS.Timeout =>
    setTimeout(ringing, Math.min(Math.max(ms, 0), longestTimer)).unref();

  const after = (ms: number, call: () => void): (() => void) => {
    const alarm: Alarm = { at: now() + ms, call, timer: startTimer(ms, () => ring(alarm)) };
    alarms.add(alarm);
    return () => {
      clearTimeout(alarm.timer);
      alarms.delete(alarm);
    };
  };

  return {
    now,
    advance(ms) {
      if (!Number.isSafeInteger(ms) || ms < 0) throw new RangeError('The clock goes forward by whole milliseconds.');
      offset += ms;
      for (const alarm of [...alarms].sort((one, other) => one.at - other.at)) {
        if (alarm.at <= now()) {
          ring(alarm);
          continue;
        }
        clearTimeout(alarm.timer);
        alarm.timer = startTimer(alarm.at - now(), () => ring(alarm));
      }
    },
    continueFrom(at) {
      const moved = at - now();
      offset += moved;
      for (const alarm of alarms) alarm.at += moved;
    },
    after,
    nextDue: () => (alarms.size === 0 ? undefined : Math.min(...[...alarms].map(({ at }) => at))),
    wait: (ms, signal) =>
      new Promise((resolve) => {
        if (signal.aborted) {
          resolve();
          return;
        }
        const end = (): void => {
          cancel();
          signal.removeEventListener('abort', end);
          resolve();
        };
        const cancel = after(ms, end);
        signal.addEventListener('abort', end);
      }),
  };
}
