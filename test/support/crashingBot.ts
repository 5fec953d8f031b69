import { createBotServer, openStore } from '../../server.ts';
import { readSettings } from '../../helpers/settings/settings.ts';
import type { InboxEvent } from '../../store/store.ts';

export type FromCrashingBot =
  /** A customer was answered, or could be again. */
  | { type: 'answered'; text: string }
  /** Nothing is left to do. */
  | { type: 'settled'; parked: { key: string; reason: string }[] };

/**
 * A bot in a process of its own, put together as `index.ts` does it, that ends its process at some words: at once (`exit`, `kill`), by an
 * error that nobody catches (`throw`), never giving the processor back (`loop`), or only when its neighbours have long begun (`late`).
 * `forget` rejects a promise for which nobody waits, which ends nothing. Whatever else it hears it answers after a while, which leaves time for that. It hears what stands in the environment, once.
 */
const settings = readSettings();
const silent = () => undefined;
const logger = { debug: silent, info: silent, warn: silent, error: silent };
const tell = (message: FromCrashingBot) => void process.send?.(message);
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function answer(text: string): Promise<void> {
  switch (text) {
    case 'exit':
      process.exit(3);
      break;
    case 'kill':
      process.kill(process.pid, 'SIGKILL');
      break;
    case 'throw':
      setTimeout(() => {
        throw new Error('thrown into nowhere');
      }, 1);
      break;
    case 'forget':
      void Promise.reject(new Error('nobody waits for this'));
      break;
    case 'loop':
      // As a supervisor would, had it noticed.
      process.send?.('loops', () => undefined);
      for (;;);
    case 'late':
      await wait(60);
      process.kill(process.pid, 'SIGKILL');
  }
  await wait(150);
  tell({ type: 'answered', text });
}

const store = await openStore(settings, logger, silent);
const server = await createBotServer(settings, {
  ...{ logger, store },
  createBot: () => ({ run: ({ activity }) => answer(activity.text) }),
});
process.on('unhandledRejection', (err) => void server.stray('rejection', err));
process.on('uncaughtException', (err) => void server.stray('exception', err).finally(() => process.exit(1)));
process.on('disconnect', () => process.exit());
await store.accept(JSON.parse(process.argv[2] ?? '[]') as InboxEvent[]);
void server.settled().then(async () => {
  const letters = await store.deadLetters.list();
  tell({ type: 'settled', parked: letters.map(({ event: { key }, reason }) => ({ key, reason })) });
});
