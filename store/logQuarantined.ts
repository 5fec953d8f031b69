import type { Logger } from '../helpers/logging/logger.ts';
import type { Delivery } from './store.ts';

const minuteMs = 60_000;
/** So that nothing a sender writes can ever become ever more kinds of lines. */
const maxKinds = 100;

/**
 * Says that events went into quarantine, and why, without what they hold. The first of a kind is said at once; what follows within a
 * minute is counted, and said with the next one after it: a Page that is not this bot's may have many customers.
 */
export function createQuarantineLog(logger: Logger | undefined, now: () => number) {
  const said = new Map<string, { at: number; count: number }>();
  return (deliveries: readonly Delivery[]): void => {
    for (const { kind, via, quarantine } of deliveries) {
      const why = quarantine?.sentence;
      const name = `${quarantine?.reason} ${why}`;
      const line = said.has(name) || said.size < maxKinds ? name : 'other';
      const last = said.get(line);
      if (last !== undefined && now() - last.at < minuteMs) {
        last.count += 1;
        continue;
      }
      const more = last === undefined || last.count === 0 ? {} : { alsoBefore: last.count };
      said.set(line, { at: now(), count: 0 });
      logger?.warn({ kind, via, reason: quarantine?.reason, why, ...more }, 'an event went into quarantine');
    }
  };
}
