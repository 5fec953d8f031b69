import { pageOf } from './schedule.ts';
import type { Acceptance, Store } from './store.ts';

/**
 * The same store, to which each page of a request is a request of its own: Meta puts events of several pages into one body, and those of a page for
 * which there is no room must not keep the others out. What was accepted is a duplicate when the whole body comes again.
 *
 * It rejects when any of them was refused.
 */
export function acceptByPage(store: Pick<Store, 'accept'>): Pick<Store, 'accept'> {
  return {
    accept: async (deliveries) => {
      const groups = [...Map.groupBy(deliveries, ({ conversation }) => pageOf(conversation)).values()];
      if (groups.length < 2) return store.accept(deliveries);
      const outcomes = await Promise.allSettled(groups.map((group) => store.accept(group)));
      const acceptances = outcomes.map((outcome) => {
        if (outcome.status === 'rejected') throw outcome.reason;
        return outcome.value;
      });
      return acceptances.reduce(sumOf);
    },
  };
}

function sumOf(one: Acceptance, other: Acceptance): Acceptance {
  const quarantined = (one.quarantined ?? 0) + (other.quarantined ?? 0);
  return {
    accepted: one.accepted + other.accepted,
    duplicates: one.duplicates + other.duplicates,
    ...(quarantined > 0 && { quarantined }),
  };
}
