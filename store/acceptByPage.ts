import { pageOf } from '../models/conversationKey.ts';
import type { Acceptance, InboxEvent, Store } from './store.ts';

/**
 * Accepts the pages of a request separately: Meta puts events of several pages into one body, and a page without room must not keep the others
 * out. Rejects if any page was refused. What was accepted is a duplicate when the whole body comes again.
 *
 * @param tookSome called before it rejects if another page's events were accepted, since the caller does not learn of them
 */
export function acceptByPage(store: Pick<Store, 'accept'>, tookSome: () => void): Pick<Store, 'accept'> {
  return {
    accept: async (events) => {
      const outcomes = await Promise.allSettled(groupsOf(events).map((group) => store.accept(group)));
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

function groupsOf(events: readonly InboxEvent[]): (readonly InboxEvent[])[] {
  const pages = [...new Set(events.flatMap((one) => pageWith(one) ?? []))];
  if (pages.length < 2) return [events];
  return pages.map((page) => events.filter((one) => (pageWith(one) ?? pages[0]) === page));
}

/** Quarantined events need no room, and events of no conversation have no page: both go with the first page. */
function pageWith({ conversation, key, quarantine }: InboxEvent): string | undefined {
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
