import type { Logger } from '../helpers/logging/logger.ts';
import type { InboxEvent } from './store.ts';

const minuteMs = 60_000;
/** Senders can make up reasons without end; beyond this many, they share one line. */
const maxKinds = 100;

/**
 * Logs that events went into quarantine, and why, without their content. The first of a kind is logged at once; what follows within a minute is
 * counted and logged with the next one: a Page that is not this bot's may have many customers.
 */
export function createQuarantineLog(logger: Logger | undefined, now: () => number) {
  const logged = new Map<string, { at: number; count: number }>();
  return (events: readonly InboxEvent[]): void => {
    for (const { kind, via, quarantine } of events) {
      const why = quarantine?.sentence;
      const name = `${quarantine?.reason} ${why}`;
      const line = logged.has(name) || logged.size < maxKinds ? name : 'other';
      const last = logged.get(line);
      if (last !== undefined && now() - last.at < minuteMs) {
        last.count += 1;
        continue;
      }
      const more = last === undefined || last.count === 0 ? {} : { alsoBefore: last.count };
      logged.set(line, { at: now(), count: 0 });
      logger?.warn({ kind, via, reason: quarantine?.reason, why, ...more }, 'an event went into quarantine');
    }
  };
}
