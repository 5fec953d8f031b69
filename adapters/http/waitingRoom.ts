import type { IncomingMessage, ServerResponse } from 'node:http';
import { answerJson } from './answer.ts';

export interface WaitingRoomOptions {
  /** How many requests may wait. Default: 256. */
  limit?: number;
  /** How long each may wait, in milliseconds. Default: 8 seconds; Node gives a request 10 to arrive. */
  limitMs?: number;
  /** Like `setTimeout`; returns a function that cancels. */
  after?: (ms: number, work: () => void) => () => void;
}

/** restify's: continues with the request, or ends its handling. */
type Next = (goOn?: false) => void;

export interface WaitingRoom {
  /** A handler for restify's `pre`. */
  enter: (request: IncomingMessage, response: ServerResponse, next: Next) => void;
  /** Lets in all waiting requests, and all later ones. */
  open(): void;
}

/**
 * Where requests wait, unread, while the bot listens but cannot handle them yet because the process before it still holds the store. A
 * request that waits too long, or is one too many, gets 503.
 */
export function createWaitingRoom(options: WaitingRoomOptions = {}): WaitingRoom {
  const { limit = 256, limitMs = 8_000, after = afterTimeout } = options;
  const waiting = new Set<() => void>();
  let isOpen = false;

  function refuse(response: ServerResponse, next: Next): void {
    answerJson(response, 503, { error: 'The bot is starting. The request may be sent again later.' });
    next(false);
  }

  function wait(response: ServerResponse, next: Next): void {
    const leave = (): void => {
      waiting.delete(letIn);
      cancel();
      response.off('close', leave);
    };
    const letIn = (): void => {
      leave();
      next();
    };
    const cancel = after(limitMs, () => {
      leave();
      refuse(response, next);
    });
    waiting.add(letIn);
    response.once('close', leave);
  }

  return {
    enter: (request, response, next) => {
      const path = request.url?.split('?', 1)[0];
      if (isOpen) {
        next();
      } else if (path === '/healthz' || path === '/readyz') {
        const isAlive = path === '/healthz';
        answerJson(response, isAlive ? 200 : 503, { status: isAlive ? 'alive' : 'starting' });
        next(false);
      } else if (waiting.size < limit) {
        wait(response, next);
      } else {
        refuse(response, next);
      }
    },
    open: () => {
      isOpen = true;
      for (const letIn of [...waiting]) letIn();
    },
  };
}

function afterTimeout(ms: number, work: () => void): () => void {
  const timer = setTimeout(work, ms).unref();
  return () => clearTimeout(timer);
}
