import type { ServerResponse } from 'node:http';
import type { Store } from '../../store/store.ts';
import { StoreUnavailableError } from '../../store/storeErrors.ts';
import { answerJson, type Handler } from './answer.ts';

/**
 * Counts requests under way, and lets none in once closed. Earlier requests are never cut off: they are stored and acknowledged, or refused
 * with 503.
 */
export interface RequestGate {
  /** A route that keeps answering, closed or not. */
  open(handler: Handler): Handler;
  /** A route that answers 503 once the gate is closed. */
  guarded(handler: Handler): Handler;
  /** The store for the endpoints. Once the gate is closed it accepts nothing, not even from earlier requests. */
  guardedStore(store: Pick<Store, 'accept'>): Pick<Store, 'accept'>;
  /** From now on each response ends its connection, so that the client's next request can reach another process. */
  beginClosing(): void;
  close(): void;
  isClosing(): boolean;
  /** Resolves once no request is under way. */
  ended(): Promise<void>;
}

export function createRequestGate(): RequestGate {
  /** How many parts of each request are unfinished: its handler and its response, which may end in either order. */
  const underWay = new Map<ServerResponse, number>();
  let waiters: (() => void)[] = [];
  let closing = false;
  let closed = false;

  function endPart(response: ServerResponse): void {
    const left = (underWay.get(response) ?? 0) - 1;
    if (left > 0) underWay.set(response, left);
    else underWay.delete(response);
    if (underWay.size > 0) return;
    for (const resolve of waiters) resolve();
    waiters = [];
  }

  const open =
    (handler: Handler): Handler =>
    async (request, response) => {
      underWay.set(response, 2);
      response.once('close', () => endPart(response));
      if (closing) endConnectionAfter(response);
      try {
        await handler(request, response);
      } finally {
        endPart(response);
      }
    };

  function beginClosing(): void {
    closing = true;
    for (const response of underWay.keys()) endConnectionAfter(response);
  }

  return {
    open,
    guarded: (handler) =>
      open(async (request, response) => {
        if (!closed) return handler(request, response);
        answerJson(response, 503, { error: 'The bot is closing. The request may be sent again later.' });
      }),
    guardedStore: (store) => ({
      accept: (events) => (closed ? Promise.reject(new StoreUnavailableError('closed')) : store.accept(events)),
    }),
    beginClosing,
    close: () => {
      beginClosing();
      closed = true;
    },
    isClosing: () => closing,
    ended: () => (underWay.size === 0 ? Promise.resolve() : new Promise((resolve) => waiters.push(resolve))),
  };
}

/** A connection that stays open would bring more requests. */
function endConnectionAfter(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('connection', 'close');
}
