import type { Emulator } from '../emulator/emulator.ts';
import type { PlatformBot } from '../emulator/startPlatform.ts';
import { readSettings } from '../helpers/settings/settings.ts';
import {
  createBotServer,
  createRetryPolicy,
  openStore,
  type BotServer,
  type BotServerOptions,
  type DeadLetter,
  type RetryPolicy,
} from '../server.ts';
import { createRecordedLog, type LogLine } from './recordedLog.ts';

/** Makes a bot, as `createBot` in `bots/createBot.ts` does. */
export type CreateBot = NonNullable<BotServerOptions['createBot']>;

type Bot = Awaited<ReturnType<CreateBot>>;

/** A module of a bot, as `import * as myBot from './myBot.ts'` gives it. */
export interface StageBotModule {
  readonly createBot: CreateBot;
  /** The bot's own settings. */
  readonly ownSettings?: unknown;
  /** What `BotRole` may be. */
  readonly roles?: object;
}

/** Something that a bot threw in a turn. */
export interface StageFailure {
  /** Which bot: `primary` or `secondary`. */
  readonly bot: string;
  readonly error: unknown;
  /** The customer's words that the turn was about; undefined for other events. */
  readonly text: string | undefined;
}

export interface StageBotOptions {
  readonly emulator: Emulator;
  readonly platformBot: PlatformBot;
  readonly bot: CreateBot | StageBotModule;
  /** Beside those that the emulator gives. */
  readonly settings: Readonly<Record<string, string>>;
  readonly log: LogLine[];
  readonly failures: StageFailure[];
}

/** A bot server in this process. */
export interface StageBot {
  readonly name: string;
  /** Resolves once no turn is running and none may begin now. */
  drained(): Promise<void>;
  deadLetters(): Promise<readonly DeadLetter[]>;
  /** A new bot on the store of the old one. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** A turn of a bot under test should be over at once, so whoever does not come to an end is not waited for. */
const drainMs = 1_000;

/** How often a failed turn runs again before the next attempt waits for its time. */
const attemptsAtOnce = 5;

export async function startStageBot(options: StageBotOptions): Promise<StageBot> {
  const { emulator, platformBot, log, failures } = options;
  const { createBot, ownSettings, roles }: StageBotModule =
    typeof options.bot === 'function' ? { createBot: options.bot } : options.bot;
  const { name } = platformBot.app;
  const clock = { now: emulator.clock, monotonicNow: emulator.clock, after: emulator.after.bind(emulator) };
  const logger = createRecordedLog(name, emulator.clock, log);
  const settings = readSettings({
    env: {
      ...{ Host: '127.0.0.1', Port: '0', StorePath: ':memory:', EventTimes: 'unchecked' },
      ...platformBot.settings,
      ...options.settings,
    },
    readFile: noFile,
    ...(ownSettings !== undefined && { ownSettings }),
    ...(roles !== undefined && { roles: Object.keys(roles) }),
  });
  const store = await openStore(settings, logger, undefined, clock);
  const start = async (): Promise<BotServer> => {
    const server = await createBotServer(settings, {
      ...{ logger, clock, drainMs },
      // One store for all bots that follow each other.
      store: { ...store, close: () => Promise.resolve() },
      createBot: async (parts) => watched(await createBot(parts), name, failures),
      retries: retriesAtOnce(clock),
      // What is waited for in the middle of a turn is what Messenger has under way.
      turnWork: { sleep: () => emulator.settled() },
    });
    try {
      await platformBot.connect(server.url);
    } catch (error) {
      await server.close();
      throw error;
    }
    return server;
  };
  let server = await start();
  return {
    name,
    drained: () => server.drained(),
    deadLetters: () => store.deadLetters.list(),
    restart: async () => {
      await server.close();
      server = await start();
    },
    close: async () => {
      await server.close();
      await store.close();
    },
  };
}

/** Notes what the bot throws, and lets it through. */
function watched(bot: Bot, name: string, failures: StageFailure[]): Bot {
  return {
    run: async (context) => {
      try {
        await bot.run(context);
      } catch (error) {
        const { type, text } = context.activity;
        failures.push({ bot: name, error, text: type === 'message' ? text : undefined });
        throw error;
      }
    },
  };
}

/** The policy that ships, without its first waits. */
function retriesAtOnce(clock: { now: () => number; monotonicNow: () => number }): RetryPolicy {
  const policy = createRetryPolicy({ ...clock, random: () => 1 });
  return {
    ...policy,
    decide: (failure, claim, page) => {
      const decision = policy.decide(failure, claim, page);
      if (decision.action === 'giveUp') return decision;
      const tries = decision.action === 'retry' ? claim.attempts : page.pauses;
      return tries < attemptsAtOnce ? { ...decision, delayMs: 0 } : decision;
    },
  };
}

/** The files of the folder that the tests run in are for the real bot. */
function noFile(): never {
  throw Object.assign(new Error('A stage reads no file.'), { code: 'ENOENT' });
}
