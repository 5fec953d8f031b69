import type { AddBusySource, BusySource } from './hooks.ts';

/** Counts work under way. */
export interface BusyTracker extends BusySource {
  /** Work begins; the answer ends it, once. */
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
  /** Resolves at a moment at which none of the sources is busy. */
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
      // Work of one source starts work of another, so one round of waiting is not enough: only a look at all of them
      // in the same moment tells.
      for (;;) {
        const busy = [...sources].filter((source) => source.busy());
        if (busy.length === 0) return;
        await Promise.all(busy.map((source) => source.idle()));
      }
    },
  };
}
