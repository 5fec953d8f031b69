import { pageOf } from '../models/conversationKey.ts';
import type { Acceptance, Delivery, Store } from './store.ts';

/**
 * The same store, to which each page of a request is a request of its own: Meta puts events of several pages into one body, and those of a page for
 * which there is no room must not keep the others out. What was accepted is a duplicate when the whole body comes again.
 *
 * It rejects when any of them was refused.
 *
 * @param tookSome is called before it rejects when those of another page were accepted: whoever called it does not know of them
 */
export function acceptByPage(store: Pick<Store, 'accept'>, tookSome: () => void): Pick<Store, 'accept'> {
  return {
    accept: async (deliveries) => {
      const outcomes = await Promise.allSettled(groupsOf(deliveries).map((group) => store.accept(group)));
      const statuses = new Set(outcomes.map(({ status }) => status));
      if (statuses.size === 2) tookSome();
      const acceptances = outcomes.map((outcome) => {
        if (outcome.status === 'rejected') throw outcome.reason;
        return outcome.value;
      });
      return acceptances.reduce(sumOf, { accepted: 0, duplicates: 0 });
    },
  };
}

function groupsOf(deliveries: readonly Delivery[]): (readonly Delivery[])[] {
  const pages = [...new Set(deliveries.flatMap((one) => pageWith(one) ?? []))];
  if (pages.length < 2) return [deliveries];
  return pages.map((page) => deliveries.filter((one) => (pageWith(one) ?? pages[0]) === page));
}

/** What goes into quarantine waits for no turn, and what belongs to no conversation has no page: both go along with the first one. */
function pageWith({ conversation, key, quarantine }: Delivery): string | undefined {
  return quarantine === undefined && conversation !== key ? pageOf(conversation) : undefined;
}

function sumOf(one: Acceptance, other: Acceptance): Acceptance {
  const quarantined = (one.quarantined ?? 0) + (other.quarantined ?? 0);
  return {
    accepted: one.accepted + other.accepted,
    duplicates: one.duplicates + other.duplicates,
    ...(quarantined > 0 && { quarantined }),
  };
}
