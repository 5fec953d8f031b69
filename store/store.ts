/**
 * What stands between the entrances and the bots: an entrance is answered when `accept` has committed, and only then does
 * the turn run. One event is one delivery, one key, one turn.
 */

/** One event on its way to the bot. It is plain JSON throughout, so that a durable engine can keep it. */
export interface Delivery {
  /** Two deliveries with the same key are the same event; only the first is kept. */
  key: string;
  /** Deliveries of one conversation are worked on one at a time, in the order in which they were accepted. */
  conversation: string;
  /** What it is, for logs: the Facebook event's kind or the activity's type. */
  kind: string;
  /** How it came, for logs: `messaging`, `standby`, or the channel's name where it is not Facebook's. */
  via: string;
  /** The turn as JSON text; only the entrance that wrote it reads it. */
  turn: string;
}

/** A delivery that a runner is working on. */
export interface Claim {
  /** Names this delivery in `complete` and `fail`. Ids grow in the order of acceptance. */
  id: number;
  delivery: Delivery;
}

/** What became of the deliveries handed to `accept`. */
export interface Acceptance {
  accepted: number;
  duplicates: number;
}

export interface StoreCounts {
  /** Accepted and not begun. */
  waiting: number;
  /** Begun and not ended. */
  claimed: number;
  /** Ended by `fail` since the engine was opened. */
  failed: number;
}

/**
 * A store engine. Every method may reject when the engine cannot do its work; a rejected `accept` has committed nothing,
 * so the entrance must not acknowledge.
 */
export interface Store {
  /** Commits all of them, or none. */
  accept(deliveries: readonly Delivery[]): Promise<Acceptance>;
  /** The oldest waiting delivery of a conversation that has none in work, or undefined when there is none. */
  claim(): Promise<Claim | undefined>;
  /** The turn has run. */
  complete(id: number): Promise<void>;
  /** The turn has failed for good; its conversation goes on with the next delivery. */
  fail(id: number): Promise<void>;
  counts(): Promise<StoreCounts>;
  close(): Promise<void>;
}
