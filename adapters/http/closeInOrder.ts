import type { Settings } from '../../helpers/settings/types.ts';
import type { Store } from '../../store/store.ts';
import type { TurnRunner } from '../../turns/turnRunner.ts';
import type { RequestGate } from './requestGate.ts';

export interface CloseInOrderOptions {
  gate: RequestGate;
  runner: Pick<TurnRunner, 'drained' | 'finish'>;
  store: Pick<Store, 'durable' | 'successorWaits'>;
  /** An `inherited` one stays when this process lets go of it: who connects waits in it for the next process. */
  listenSocket: Settings['listenSocket'];
  /** Lets nobody connect any more, and resolves when nobody is connected. */
  stopListening: () => Promise<void>;
  /** How long all of it may take, in milliseconds. */
  limitMs: number;
}

/** How long those are heard who had connected before nobody could any more, in milliseconds. */
const lastRequestsMs = 2_000;

/** How often a successor is looked for, in milliseconds. */
const pollMs = 50;

/**
 * What a bot does between the word to end and its end, so that as little as can be is refused.
 *
 * With a store on a disk, requests are stored and acknowledged as long as accepted turns run: the next process runs what they
 * bring. When one waits already, or is sure to come, only turns that are running are waited for, and it gets the store as soon as they have
 * ended.
 */
export async function closeInOrder(options: CloseInOrderOptions): Promise<void> {
  const { gate, runner, store, listenSocket, stopListening, limitMs } = options;
  const startedAt = performance.now();
  const left = (share: number): number => Math.max(0, limitMs * share - (performance.now() - startedAt));
  gate.beginClosing();
  if (store.durable) {
    const isFollowed = () => listenSocket === 'inherited' || store.successorWaits();
    const followed = watchFor(isFollowed);
    // A quarter is kept for the turns of what comes last.
    await within(left(0.75), Promise.race([runner.drained(), followed.happened]));
    followed.stop();
    if (isFollowed()) {
      await within(left(0.75), runner.finish());
      // Whoever connects from now on comes to the successor, or waits for it. What has connected is still taken.
      await within(lastRequestsMs, stopListening());
      gate.close();
      await within(left(1), gate.ended());
      return;
    }
  }
  gate.close();
  // Requests that came before may bring turns, and refusals of later ones should be heard.
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
