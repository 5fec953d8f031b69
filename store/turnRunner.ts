import { setImmediate as nextTask } from 'node:timers/promises';
import type { Logger } from '../helpers/logger.ts';
import { createKeyedLock } from './keyedLock.ts';
import type { Claim, Delivery, Store } from './store.ts';

export interface TurnRunnerOptions {
  store: Store;
  /** Runs one turn. It must reject when the turn failed. */
  run: (delivery: Delivery) => Promise<void>;
  logger: Logger;
  /** How many conversations are worked on at once. Default: 64; a turn mostly waits for the network. */
  concurrency?: number;
  /** A clock for durations, in milliseconds. */
  monotonicNow?: () => number;
}

export interface TurnRunner {
  /** Tells that something was accepted. */
  wake(): void;
  /** Runs work that needs its answer at once as a turn of its conversation: after what is running there, never beside it. */
  inline<T>(conversation: string, work: () => Promise<T>): Promise<T>;
  /** Resolves once nothing is waiting and nothing is running. */
  settled(): Promise<void>;
  /** Begins no further turn. Those running go on; `settled` does not wait for what is left waiting. */
  stop(): void;
}

/** Takes deliveries out of the store and runs them: one at a time per conversation, conversations side by side. */
export function createTurnRunner(options: TurnRunnerOptions): TurnRunner {
  const { store, run, logger, concurrency = 64, monotonicNow = () => performance.now() } = options;
  const lock = createKeyedLock();
  const idleWaiters: (() => void)[] = [];
  let running = 0;
  let pumping = false;
  let wokenWhilePumping = false;
  let stopped = false;

  function wake(): void {
    if (pumping) {
      wokenWhilePumping = true;
      return;
    }
    pumping = true;
    void pump().finally(() => {
      pumping = false;
      if (wokenWhilePumping) {
        wokenWhilePumping = false;
        wake();
      } else if (running === 0) {
        for (const resolve of idleWaiters.splice(0)) resolve();
      }
    });
  }

  async function pump(): Promise<void> {
    try {
      while (!stopped && running < concurrency) {
        const claim = await store.claim();
        if (claim === undefined) return;
        void execute(claim);
      }
    } catch (err) {
      logger.error({ err }, 'the store could not hand out the next turn');
    }
  }

  async function execute(claim: Claim): Promise<void> {
    const { conversation, kind, via } = claim.delivery;
    const startedAt = monotonicNow();
    const fields = () => ({ conversation, kind, via, durationMs: Math.round(monotonicNow() - startedAt) });
    running += 1;
    // Turns that wait for nothing would otherwise follow each other without a moment for requests and signals.
    await nextTask();
    try {
      const failure = await lock(conversation, () => run(claim.delivery)).then(
        () => undefined,
        (err: unknown) => ({ err }),
      );
      if (failure === undefined) {
        await store.complete(claim.id);
        logger.info({ ...fields(), outcome: 'done' }, 'turn');
      } else {
        await store.fail(claim.id);
        logger.error({ ...fields(), outcome: 'failed', ...failure }, 'turn');
      }
    } catch (err) {
      logger.error({ ...fields(), err }, 'the store could not note the end of a turn');
    } finally {
      running -= 1;
      wake();
    }
  }

  return {
    wake,
    inline: async (conversation, work) => {
      running += 1;
      try {
        return await lock(conversation, work);
      } finally {
        running -= 1;
        wake();
      }
    },
    settled: () => {
      const idle = new Promise<void>((resolve) => idleWaiters.push(resolve));
      wake();
      return idle;
    },
    stop: () => {
      stopped = true;
    },
  };
}
