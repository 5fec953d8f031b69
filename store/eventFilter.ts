import { hasPart, pageKey, pageOf } from '../models/conversationKey.ts';

/** Selects dead letters or quarantined events: all that match every field given. */
export interface EventFilter {
  /** Why it is there, see `FailureNote`. */
  reason?: string | undefined;
  kind?: string | undefined;
  /** The id of the Page. */
  page?: string | undefined;
  /** It was put there at or after this time, in milliseconds since 1970. */
  since?: number | undefined;
  /** It was put there before this time, in milliseconds since 1970. */
  before?: number | undefined;
  /** The id of a message or a customer that its content names. */
  about?: string | undefined;
}

/** The fields of an event that a filter looks at. */
interface Filtered {
  key: string;
  conversation: string;
  kind: string;
  payload: string;
}

export interface FilteredEvent {
  event: Filtered;
  reason: string;
  /** When it was put there, in milliseconds since 1970. */
  at: number;
}

export function matches(filter: EventFilter, { event, reason, at }: FilteredEvent): boolean {
  const { page, since = -Infinity, before = Infinity, about } = filter;
  return (
    (filter.reason ?? reason) === reason &&
    (filter.kind ?? event.kind) === event.kind &&
    (page === undefined || pageOf(event.conversation) === pageKey(page)) &&
    at >= since &&
    at < before &&
    (about === undefined || mentions(event, about))
  );
}

/** Whether an event contains an id as a whole: as a value in its JSON, or as a part of its conversation key. */
function mentions({ payload, key, conversation }: Omit<Filtered, 'kind'>, id: string): boolean {
  const quoted = JSON.stringify(id);
  return payload.includes(quoted) || key.includes(quoted) || hasPart(conversation, id);
}
