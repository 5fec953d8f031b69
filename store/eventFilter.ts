import { hasPart, pageKey, pageOf } from '../models/conversationKey.ts';

/** Which dead letters or quarantined events are meant. What is left out does not matter; what is given must all be so. */
export interface EventFilter {
  /** The word that says why. */
  reason?: string | undefined;
  kind?: string | undefined;
  /** The id of the Page. */
  page?: string | undefined;
  /** It was put there at or after this time, in milliseconds since 1970. */
  since?: number | undefined;
  /** It was put there before this time, in milliseconds since 1970. */
  before?: number | undefined;
  /** The content names this id: of a message, or of a customer. */
  about?: string | undefined;
}

/** What of a delivery a filter looks at. */
interface Filtered {
  key: string;
  conversation: string;
  kind: string;
  turn: string;
}

export interface FilteredEvent {
  delivery: Filtered;
  reason: string;
  /** When it was put there, in milliseconds since 1970. */
  at: number;
}

export function matches(filter: EventFilter, { delivery, reason, at }: FilteredEvent): boolean {
  const { page, since = -Infinity, before = Infinity, about } = filter;
  return (
    (filter.reason ?? reason) === reason &&
    (filter.kind ?? delivery.kind) === delivery.kind &&
    (page === undefined || pageOf(delivery.conversation) === pageKey(page)) &&
    at >= since &&
    at < before &&
    (about === undefined || mentions(delivery, about))
  );
}

/** Whether an id stands in a delivery as a whole: as a value of its JSON, or as a part of the name of its conversation. */
export function mentions({ turn, key, conversation }: Omit<Filtered, 'kind'>, id: string): boolean {
  const quoted = JSON.stringify(id);
  return turn.includes(quoted) || key.includes(quoted) || hasPart(conversation, id);
}
