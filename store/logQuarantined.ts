import type { Logger } from '../helpers/logger.ts';
import type { Delivery } from './store.ts';

/** Says that events went into quarantine, and why, without what they hold. */
export function logQuarantined(logger: Logger | undefined, deliveries: readonly Delivery[]): void {
  for (const { kind, via, quarantine } of deliveries) {
    logger?.warn({ kind, via, reason: quarantine?.reason, why: quarantine?.sentence }, 'an event went into quarantine');
  }
}
