import type { Logger } from '../helpers/logging/logger.ts';
import type { Dropped } from './store.ts';

export interface DropCount {
  add: (more: Dropped) => void;
  total: () => Dropped;
}

/** Counts and logs what is dropped before anybody decided on it. */
export function createDropCount(logger: Logger | undefined): DropCount {
  let [deadLetters, quarantined] = [0, 0];
  return {
    add: (more) => {
      if (more.deadLetters + more.quarantined === 0) return;
      deadLetters += more.deadLetters;
      quarantined += more.quarantined;
      logger?.warn(
        { ...more },
        'dead letters or quarantined events that nobody had decided on were too old or too many, and were dropped',
      );
    },
    total: () => ({ deadLetters, quarantined }),
  };
}
