import { matches } from '../eventFilter.ts';
import type { InboxEvent, Dropped, FailureNote, Quarantine, QuarantinedEvent } from '../store.ts';

/** The most quarantined events in memory; the oldest are dropped first. */
const maxEvents = 1000;

export interface MemoryQuarantine {
  add(event: InboxEvent, reason: FailureNote, acceptedAt: number): void;
  table: Quarantine;
}

/** @param released called with an event that goes to a turn after all */
export function createMemoryQuarantine(
  dropped: (dropped: Dropped) => void,
  released: (event: QuarantinedEvent) => void,
): MemoryQuarantine {
  const events = new Map<number, QuarantinedEvent>();
  let lastId = 0;

  return {
    add: (event, { reason, sentence }, acceptedAt) => {
      const id = ++lastId;
      events.set(id, { id, event, acceptedAt, reason, sentence });
      for (const oldest of events.keys()) {
        if (events.size <= maxEvents) break;
        events.delete(oldest);
        dropped({ deadLetters: 0, quarantined: 1 });
      }
    },
    table: {
      list: async (limit = 100, filter = {}) => {
        await Promise.resolve();
        return [...events.values()]
          .filter((event) => matches(filter, { ...event, at: event.acceptedAt }))
          .slice(0, limit);
      },
      get: (id) => Promise.resolve(events.get(id)),
      count: () => Promise.resolve(events.size),
      release: async (id) => {
        await Promise.resolve();
        const event = events.get(id);
        if (event === undefined) return false;
        events.delete(id);
        released(event);
        return true;
      },
      drop: (id) => Promise.resolve(events.delete(id)),
    },
  };
}
