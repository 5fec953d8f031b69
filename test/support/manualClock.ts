/** A clock that stands until the test moves it, with the alarms that were set on it. */
export function createManualClock() {
  let now = 0;
  const alarms = new Set<{ at: number; work: () => void }>();

  function pass(ms: number): void {
    const end = now + ms;
    for (;;) {
      const [next] = [...alarms].sort((one, other) => one.at - other.at);
      if (next === undefined || next.at > end) break;
      alarms.delete(next);
      now = Math.max(now, next.at);
      next.work();
    }
    now = end;
  }

  return {
    monotonicNow: () => now,
    after: (ms: number, work: () => void) => {
      const alarm = { at: now + ms, work };
      alarms.add(alarm);
      return () => void alarms.delete(alarm);
    },
    /** Lets time go by, with all alarms in it, each at its time. */
    pass,
    /** Lets a tenth of a second after the other go by until the work is done. */
    passUntil: async (work: Promise<unknown>) => {
      const nextTurn = () => new Promise<'waiting'>((resolve) => setImmediate(resolve, 'waiting'));
      for (let turns = 0; turns < 100_000; turns += 1) {
        pass(100);
        if ((await Promise.race([work, nextTurn()])) !== 'waiting') return;
      }
      throw new Error('However much time goes by, the work is not done.');
    },
  };
}

export type ManualClock = ReturnType<typeof createManualClock>;
