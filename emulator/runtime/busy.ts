import type { AddBusySource, BusySource } from './hooks.ts';

/** Counts work in progress. */
export interface BusyTracker extends BusySource {
  /** Marks the start of some work. Call the returned function when it ends. */
  begin(): () => void;
}

export function createBusyTracker(): BusyTracker {
  let underWay = 0;
  let waiting: (() => void)[] = [];
  return {
    begin() {
      let ended = false;
      underWay += 1;
      return () => {
        if (ended) return;
        ended = true;
        underWay -= 1;
        if (underWay > 0) return;
        const released = waiting;
        waiting = [];
        for (const release of released) release();
      };
    },
    busy: () => underWay > 0,
    idle: () => (underWay === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
  };
}

/** Several sources as one. */
export interface BusySources {
  readonly add: AddBusySource;
  /** Resolves when none of the sources is busy. */
  settled(): Promise<void>;
}

export function createBusySources(): BusySources {
  const sources = new Set<BusySource>();
  return {
    add(source) {
      sources.add(source);
      return () => void sources.delete(source);
    },
    async settled() {
      // One source may start work in another, so waiting for each in turn is not enough: all have to be idle at the
      // same moment.
      for (;;) {
        const busy = [...sources].filter((source) => source.busy());
        if (busy.length === 0) return;
        await Promise.all(busy.map((source) => source.idle()));
      }
    },
  };
}
