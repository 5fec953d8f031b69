import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Store } from '../../store/store.ts';
import { StoreUnavailableError } from '../../store/storeErrors.ts';
import type { TurnRunner } from '../../turns/turnRunner.ts';
import { isLoopbackAuthority, isLoopbackHost } from '../../helpers/loopback.ts';
import { answerJson } from './answer.ts';
import type { RequestGate } from './requestGate.ts';
import type { Route } from './route.ts';

export interface HealthRoutesOptions {
  runner: Pick<TurnRunner, 'state'>;
  store: Pick<Store, 'counts' | 'health' | 'timers' | 'deadLetters' | 'quarantine'>;
  gate: Pick<RequestGate, 'isClosing'>;
  /** How long a turn may take, in milliseconds. */
  turnTimeoutMs: number;
}

/** How long turns may be stuck before `/readyz` fails, so that the bot gets no more events, in milliseconds. */
const stuckAfterMs = 60_000;

/** The shortest time that turns are stuck before `/healthz` fails and a supervisor restarts the bot, in milliseconds. */
const deadAfterMs = 300_000;

/**
 * `GET /healthz`: is the process worth keeping? `GET /readyz`: should it get events? Anybody may ask, so the answer is one word. From this machine,
 * `/readyz?verbose` also tells how much there is to do. More, such as for which Pages, is in the metrics.
 */
export function healthRoutes({ runner, store, gate, turnTimeoutMs }: HealthRoutesOptions): readonly Route[] {
  async function healthz(_request: IncomingMessage, response: ServerResponse): Promise<void> {
    const isAlive = runner.state().standingMs < Math.max(deadAfterMs, 2 * turnTimeoutMs);
    answerJson(response, isAlive ? 200 : 503, { status: isAlive ? 'alive' : 'stuck' });
    await Promise.resolve();
  }

  async function readyz(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const isStuck = runner.state().standingMs >= stuckAfterMs;
    const status = gate.isClosing() ? 'closing' : isStuck ? 'stuck' : await statusOf(store);
    const counts = isVerbose(request) ? await countsOf(store).catch(() => undefined) : undefined;
    answerJson(response, status === 'ready' ? 200 : 503, { status, ...counts });
  }

  return [
    { method: 'get', path: '/healthz', handle: healthz },
    { method: 'get', path: '/readyz', handle: readyz },
  ];
}

/** Whether somebody on this machine asks for more than a word. What a proxy hands on comes from elsewhere, wherever the proxy is. */
function isVerbose({ url, headers, socket }: IncomingMessage): boolean {
  if (!URL.parse(url ?? '', 'http://localhost')?.searchParams.has('verbose')) return false;
  const isFromHere = isLoopbackHost((socket.remoteAddress ?? '').replace(/^::ffff:/, ''));
  const isHandedOn = headers['x-forwarded-for'] !== undefined || headers.forwarded !== undefined;
  return isFromHere && !isHandedOn && isLoopbackAuthority(headers.host);
}

async function countsOf(store: HealthRoutesOptions['store']): Promise<Record<string, number>> {
  const [{ waiting, claimed }, timers, deadLetters, quarantined] = await Promise.all([
    ...([store.counts(), store.timers.counts(), store.deadLetters.count(), store.quarantine.count()] as const),
  ]);
  return { waiting, running: claimed, timers: timers.waiting, deadLetters, quarantined };
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
