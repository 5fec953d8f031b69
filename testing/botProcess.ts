import { setTimeout as delay } from 'node:timers/promises';
import type { PlatformBot } from '../emulator/startPlatform.ts';
import type { Logger } from '../helpers/logging/logger.ts';
import { createBotServer, type BotServer, type BotServerOptions, type Store } from '../server.ts';
import { mortalStore } from './mortalStore.ts';

type CreateBot = NonNullable<BotServerOptions['createBot']>;
type Bot = Awaited<ReturnType<CreateBot>>;

export interface BotProcessOptions extends Pick<BotServerOptions, 'clock' | 'retries' | 'turnWork'> {
  readonly settings: Parameters<typeof createBotServer>[0];
  readonly connect: PlatformBot['connect'];
  /** It outlives the process. */
  readonly store: Store;
  readonly logger: Logger;
  readonly createBot: CreateBot;
  /** Called with what the bot throws in a turn. */
  readonly threw: (error: unknown, activity: Parameters<Bot['run']>[0]['activity']) => void;
}

/** What would be a process of the bot elsewhere: its server and its memory. */
export interface BotProcess extends Pick<BotServer, 'plansOf'> {
  /** Resolves once no turn is running and none may begin now. */
  drained(): Promise<void>;
  /** Ends it at once. What it is in the middle of is neither written down nor told to anybody. */
  kill(): void;
  /** Resolves once it has ended, by itself or killed before. */
  close(): Promise<void>;
}

/** A turn of a bot under test should be over at once, so whoever does not come to an end is not waited for for longer, in milliseconds. */
const patienceMs = 1_000;

export async function startBotProcess(options: BotProcessOptions): Promise<BotProcess> {
  const { settings, connect, store, logger, createBot, threw, ...others } = options;
  const life = mortalStore(store);
  const server = await createBotServer(settings, {
    ...others,
    // Whoever was killed tells nothing any more.
    logger: unless(life.isDead, logger),
    drainMs: 0,
    store: life.store,
    createBot: async (parts) => {
      const bot = await createBot(parts);
      return {
        run: async (context) => {
          try {
            await bot.run(context);
          } catch (error) {
            if (!life.isDead()) threw(error, context.activity);
            throw error;
          }
        },
      };
    },
  });
  try {
    await connect(server.url);
  } catch (error) {
    await server.close();
    throw error;
  }
  const drained = (): Promise<void> => Promise.race([server.drained(), life.death]);
  let ended: Promise<void> | undefined;
  const end = (): Promise<void> => (ended ??= server.close().then(() => life.handOn()));
  return {
    plansOf: (thread) => Promise.race([server.plansOf(thread), life.death.then(refuse)]),
    drained,
    kill: () => {
      life.kill();
      void end();
    },
    close: async () => {
      await Promise.race([drained(), delay(patienceMs, undefined, { ref: false })]);
      await end();
    },
  };
}

function refuse(): never {
  throw new Error('The bot was killed. Restart it before you ask what it is going to do.');
}

function unless(isDead: () => boolean, logger: Logger): Logger {
  const alive = (level: keyof Logger) => (fields: object, message: string) => {
    if (!isDead()) logger[level](fields, message);
  };
  return { debug: alive('debug'), info: alive('info'), warn: alive('warn'), error: alive('error') };
}
