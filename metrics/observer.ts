import type { IncomingMessage, ServerResponse } from 'node:http';
import type { GraphCallEnd } from '../helpers/graph/graphClient.ts';
import type { Store } from '../store/store.ts';
import type { TurnObserver } from '../turns/turnServices.ts';
import type { TurnEnd } from '../turns/turnLog.ts';

/** The two ways in: `/api/messages` and `/webhook`. */
export type Endpoint = 'messages' | 'webhook';

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** Whoever counts what the bot does. It changes nothing and never throws. */
export interface Observer extends TurnObserver {
  /** The same store; what it accepts counts for this endpoint. */
  store(endpoint: Endpoint, store: Pick<Store, 'accept'>): Pick<Store, 'accept'>;
  /** The same handler; how long it takes to answer counts for this endpoint. */
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
};
