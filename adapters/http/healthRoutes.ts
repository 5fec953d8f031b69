import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Store } from '../../store/store.ts';
import { StoreUnavailableError } from '../../store/storeErrors.ts';
import type { TurnRunner } from '../../turns/turnRunner.ts';
import { answerJson } from './answer.ts';
import type { RequestGate } from './requestGate.ts';
import type { Route } from './route.ts';

export interface HealthRoutesOptions {
  runner: Pick<TurnRunner, 'state'>;
  store: Pick<Store, 'counts' | 'health'>;
  gate: Pick<RequestGate, 'isClosing'>;
  /** How long a turn may take, in milliseconds. */
  turnTimeoutMs: number;
}

/** How long turns may be stuck before `/readyz` fails, so that the bot gets no more events, in milliseconds. */
const stuckAfterMs = 60_000;

/** The shortest time that turns are stuck before `/healthz` fails and a supervisor restarts the bot, in milliseconds. */
const deadAfterMs = 300_000;

/**
 * `GET /healthz`: is the process worth keeping? `GET /readyz`: should it get events? Anybody may ask, so the answer is one word; how much is
 * waiting, and for which Pages, is in the metrics.
 */
export function healthRoutes({ runner, store, gate, turnTimeoutMs }: HealthRoutesOptions): readonly Route[] {
  async function healthz(_request: IncomingMessage, response: ServerResponse): Promise<void> {
    const isAlive = runner.state().standingMs < Math.max(deadAfterMs, 2 * turnTimeoutMs);
    answerJson(response, isAlive ? 200 : 503, { status: isAlive ? 'alive' : 'stuck' });
    await Promise.resolve();
  }

  async function readyz(_request: IncomingMessage, response: ServerResponse): Promise<void> {
    const isStuck = runner.state().standingMs >= stuckAfterMs;
    const status = gate.isClosing() ? 'closing' : isStuck ? 'stuck' : await statusOf(store);
    answerJson(response, status === 'ready' ? 200 : 503, { status });
  }

  return [
    { method: 'get', path: '/healthz', handle: healthz },
    { method: 'get', path: '/readyz', handle: readyz },
  ];
}

/** `ready`, or why the store cannot commit. */
async function statusOf(store: HealthRoutesOptions['store']): Promise<string> {
  try {
    await store.counts();
    const health = store.health();
    return health.state === 'ok' ? 'ready' : `store ${health.reason}`;
  } catch (error) {
    return `store ${error instanceof StoreUnavailableError ? error.reason : 'failed'}`;
  }
}
