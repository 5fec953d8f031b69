import type { Logger } from '../helpers/logging/logger.ts';
import type { Dropped } from './store.ts';

/** Adds up what is dropped, and says so. */
export function createDropCount(logger: Logger | undefined): { add: (more: Dropped) => void; total: () => Dropped } {
  let [deadLetters, quarantined] = [0, 0];
  return {
    add: (more) => {
      if (more.deadLetters + more.quarantined === 0) return;
      deadLetters += more.deadLetters;
      quarantined += more.quarantined;
      logger?.warn(
        { ...more },
        'dead letters or quarantined events that nobody had decided on are too old or too many, and were dropped',
      );
    },
    total: () => ({ deadLetters, quarantined }),
  };
}
