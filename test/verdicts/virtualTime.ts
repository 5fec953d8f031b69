/** Time that goes on when everybody waits. Times are in milliseconds. */
export interface VirtualTime {
  now: () => number;
  sleep: (ms: number) => Promise<void>;
  /** Calls at a time that is to come. */
  at(time: number, call: () => void): void;
  /** Runs these side by side, and resolves when all have ended. */
  run(tasks: readonly (() => Promise<void>)[]): Promise<void>;
}

interface Alarm {
  time: number;
  call: () => void;
  /** Whether a task goes on with it. */
  wakes: boolean;
}

export function createVirtualTime(start: number): VirtualTime {
  let now = start;
  let running = 0;
  let alarms: Alarm[] = [];

  function add(alarm: Alarm): void {
    let place = alarms.length;
    while (place > 0 && (alarms[place - 1]?.time ?? 0) > alarm.time) place -= 1;
    alarms.splice(place, 0, alarm);
  }

  /** On to the next moment at which a task goes on. */
  function advance(): void {
    while (running === 0) {
      const next = alarms.shift();
      if (next === undefined) return;
      now = Math.max(now, next.time);
      if (next.wakes) running += 1;
      next.call();
    }
  }

  return {
    now: () => now,
    sleep: (ms) =>
      new Promise((resolve) => {
        add({ time: now + ms, call: resolve, wakes: true });
        running -= 1;
        advance();
      }),
    at: (time, call) => add({ time, call, wakes: false }),
    run: async (tasks) => {
      running += tasks.length;
      await Promise.all(
        tasks.map(async (task) => {
          await task();
          running -= 1;
          advance();
        }),
      );
      alarms = alarms.filter(({ wakes }) => !wakes);
    },
  };
}
