import type { Logger } from '../helpers/logger.ts';
import type { StoreHealth } from './store.ts';
import { StoreUnavailable } from './storeErrors.ts';

export interface BacklogOptions {
  /** How many deliveries may wait. Default: 100,000. */
  maxWaiting?: number | undefined;
  /** Milliseconds since 1970. */
  now: () => number;
  logger?: Logger | undefined;
}

/**
 * The high-water mark of an engine. What would go beyond it is refused, and then everything, until a tenth has been worked off: a store that
 * is full now and not a moment later would be asked, and would say so, for every event.
 */
export interface Backlog {
  hasRoom(waiting: number, more: number): boolean;
  /** @throws StoreUnavailable when so many more may not wait */
  admit(waiting: number, more: number): void;
  health(waiting: number): StoreHealth;
}

export function createBacklog({ maxWaiting = 100_000, now, logger }: BacklogOptions): Backlog {
  let fullSince: number | undefined;

  function beFull(waiting: number): number {
    logger?.error({ waiting, maxWaiting }, 'too many events are waiting: no more are accepted');
    fullSince = now();
    return fullSince;
  }

  function health(waiting: number): StoreHealth {
    if (fullSince !== undefined && waiting <= 0.9 * maxWaiting) {
      logger?.info({ waiting, forMs: now() - fullSince }, 'events are accepted again');
      fullSince = undefined;
    }
    if (fullSince === undefined && waiting < maxWaiting) return { state: 'ok' };
    return { state: 'unavailable', reason: 'backlog', since: fullSince ?? beFull(waiting) };
  }

  // A request that is larger than all that may wait would come again for ever, so it is taken when nothing waits.
  const hasRoom = (waiting: number, more: number) =>
    health(waiting).state === 'ok' && (waiting === 0 || waiting + more <= maxWaiting);

  return {
    hasRoom,
    health,
    admit: (waiting, more) => {
      if (hasRoom(waiting, more)) return;
      if (fullSince === undefined) beFull(waiting);
      throw new StoreUnavailable('backlog');
    },
  };
}
