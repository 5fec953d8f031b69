import type { IncomingMessage, ServerResponse } from 'node:http';
import type { GraphCallEnd } from '../helpers/graph/graphClient.ts';
import type { Store } from '../store/store.ts';
import type { TurnObserver } from '../turns/turnServices.ts';
import type { TurnEnd } from '../turns/turnRunner.ts';

/** The two ways in: `/api/messages` and `/webhook`. */
export type Entrance = 'messages' | 'webhook';

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** Whoever counts what the bot does. It changes nothing and never throws. */
export interface Watch extends TurnObserver {
  /** The same store; what it accepts counts for this entrance. */
  store(entrance: Entrance, store: Pick<Store, 'accept'>): Pick<Store, 'accept'>;
  /** The same handler; how long it takes to answer counts for this entrance. */
  handler(entrance: Entrance, handler: Handler): Handler;
  readonly turnEnded: (end: TurnEnd) => void;
  readonly graphCallEnded: (end: GraphCallEnd) => void;
}

/** Counts nothing. */
export const noWatch: Watch = {
  store: (_entrance, store) => store,
  handler: (_entrance, handler) => handler,
  turnEnded: () => undefined,
  graphCallEnded: () => undefined,
  messageSent: () => undefined,
  reconciled: () => undefined,
};
