import type restify from 'restify';
import { once } from 'node:events';
import { setImmediate as nextTask } from 'node:timers/promises';
import type { Logger } from '../../helpers/logging/logger.ts';
import type { Settings } from '../../helpers/settings/types.ts';
import type { Store } from '../../store/store.ts';
import type { TurnRunner } from '../../turns/turnRunner.ts';
import type { RefusalLog } from './refusalLog.ts';
import type { RequestGate } from './requestGate.ts';

export interface CloseInOrderOptions {
  server: restify.Server;
  gate: RequestGate;
  runner: Pick<TurnRunner, 'drained' | 'finish' | 'stop'>;
  store: Pick<Store, 'durable' | 'successorWaits' | 'counts' | 'close'>;
  logger: Logger;
  refusals: Pick<RefusalLog, 'flush'>;
  /** An `inherited` one outlives this process: new connections wait in it for the next process. */
  listenSocket: Settings['listenSocket'];
  /** How long to wait for turns that are running or could start at once, in milliseconds. */
  limitMs: number;
  /** Closes what must last until the very end, such as the metrics port. */
  last?: (() => Promise<void>) | undefined;
}

/** How much longer to serve connections that are already open, in milliseconds. */
const lastRequestsMs = 2_000;

/** How often to look for a successor, in milliseconds. */
const pollMs = 50;

/**
 * Closes a bot: first turns finish, as far as time allows, then connections close, then the store. Refuses as few requests as possible.
 */
export async function closeInOrder(options: CloseInOrderOptions): Promise<void> {
  const { server, runner, store, logger, refusals, last } = options;
  const closed = once(server.server, 'close');
  await endTurns(options, async () => {
    // Connections that were accepted but have no handler yet would be cut off.
    await nextTask();
    server.close();
    await closed;
  });
  const { waiting, claimed } = await store.counts().catch(() => ({ waiting: 0, claimed: 0 }));
  if (waiting + claimed > 0) {
    logger.warn({ waiting, running: claimed }, 'closed before every accepted event was handled');
  }
  runner.stop();
  server.server.closeAllConnections();
  await closed;
  refusals.flush();
  await last?.();
  await store.close();
}

/**
 * With a store on disk, requests are still stored and acknowledged while accepted turns run: the next process runs what they bring. Once
 * that process is waiting, or is sure to come, this one waits only for running turns and then hands over the store.
 *
 * @param stopListening refuses new connections, and resolves once there are none
 */
async function endTurns(options: CloseInOrderOptions, stopListening: () => Promise<void>): Promise<void> {
  const { gate, runner, store, listenSocket, limitMs } = options;
  const startedAt = performance.now();
  const left = (share: number): number => Math.max(0, limitMs * share - (performance.now() - startedAt));
  gate.beginClosing();
  if (store.durable) {
    const isFollowed = () => listenSocket === 'inherited' || store.successorWaits();
    const followed = watchFor(isFollowed);
    // Keep a quarter for the turns of the last requests.
    await within(left(0.75), Promise.race([runner.drained(), followed.happened]));
    followed.stop();
    if (isFollowed()) {
      await within(left(0.75), runner.finish());
      // New connections go to the successor, or wait for it. Open ones are still served.
      await within(lastRequestsMs, stopListening());
      gate.close();
      await within(left(1), gate.ended());
      return;
    }
  }
  gate.close();
  // Requests under way may bring turns, and later ones should get a refusal.
  const drained = gate
    .ended()
    .then(() => runner.drained())
    .then(() => gate.ended());
  await within(left(1), drained);
  await within(lastRequestsMs, stopListening());
}

function watchFor(isTrue: () => boolean): { happened: Promise<void>; stop: () => void } {
  let stop = (): void => undefined;
  const happened = new Promise<void>((resolve) => {
    const look = (): void => {
      if (isTrue()) resolve();
    };
    look();
    const timer = setInterval(look, pollMs);
    stop = () => clearInterval(timer);
  });
  return { happened, stop };
}

async function within(limitMs: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, limitMs);
  });
  try {
    await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}
