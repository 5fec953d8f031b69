import type { Handler } from '../adapters/http/answer.ts';
import type { GraphCallEnd } from '../helpers/graph/graphClient.ts';
import type { Endpoint, Store } from '../store/store.ts';
import type { TurnObserver } from '../turns/turnServices.ts';
import type { HandoverObserver } from './handoverMetrics.ts';
import type { TurnEnd } from '../turns/turnLog.ts';

/** Observes requests, turns and Graph calls. Must not throw or change anything. */
export interface Observer extends TurnObserver, HandoverObserver {
  /** Wraps a store to count what it accepts for this endpoint. */
  store(endpoint: Endpoint, store: Pick<Store, 'accept'>): Pick<Store, 'accept'>;
  /** Wraps a handler to time its responses for this endpoint. */
  handler(endpoint: Endpoint, handler: Handler): Handler;
  readonly turnEnded: (end: TurnEnd) => void;
  readonly graphCallEnded: (end: GraphCallEnd) => void;
}

/** Counts nothing. */
export const noopObserver: Observer = {
  store: (_endpoint, store) => store,
  handler: (_endpoint, handler) => handler,
  turnEnded: () => undefined,
  graphCallEnded: () => undefined,
  messageSent: () => undefined,
  reconciled: () => undefined,
  handoverBegan: () => undefined,
  firstAnswer: () => undefined,
  handoverEnded: () => undefined,
  deskHeard: () => undefined,
};
