import type { Emulator } from '../emulator/emulator.ts';
import type { PlatformBot } from '../emulator/startPlatform.ts';
import { readSettings } from '../helpers/settings/settings.ts';
import {
  checkedBot,
  createRetryPolicy,
  openStore,
  type BotServerOptions,
  type DeadLetter,
  type RetryPolicy,
  type Store,
} from '../server.ts';
import { startBotProcess, type BotProcess } from './botProcess.ts';
import { inTime } from './inTime.ts';
import { createRecordedLog, type LogLine } from './recordedLog.ts';

/** Makes a bot, as `createBot` in `bots/createBot.ts` does. */
export type CreateBot = NonNullable<BotServerOptions['createBot']>;

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
  /** How long the bot may take to be made, in milliseconds of real time. */
  readonly limitMs: number;
}

/** A bot server in this process. */
export interface StageBot extends Pick<BotProcess, 'plansOf'> {
  readonly name: string;
  /** Resolves once no turn is running and none may begin now. */
  drained(): Promise<void>;
  deadLetters(): Promise<readonly DeadLetter[]>;
  /** Ends the bot in the middle of whatever it does. Until `restart` nobody is there. */
  kill(): void;
  /** A new bot on the store of the old one. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** How often a failed turn runs again before the next attempt waits for its time. */
const attemptsAtOnce = 5;

export async function startStageBot(options: StageBotOptions): Promise<StageBot> {
  const { emulator, platformBot, log, failures, limitMs } = options;
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
  const open = (): Promise<Store> => openStore(settings, logger, undefined, clock);
  let store = await open();
  const start = (): Promise<BotProcess> =>
    startBotProcess({
      ...{ settings, store, logger, clock, retries: retriesAtOnce(clock) },
      createBot: async (parts) => {
        const bot = await inTime(Promise.resolve(createBot(parts)), limitMs, () => notMade(name, limitMs));
        return checkedBot(bot, `the ${name} bot`);
      },
      connect: platformBot.connect,
      threw: (error, { type, text }) =>
        failures.push({ bot: name, error, text: type === 'message' ? text : undefined }),
      // What is waited for in the middle of a turn is what Messenger has under way.
      turnWork: { sleep: () => emulator.settled() },
    });
  let running = await start();
  return {
    name,
    plansOf: (thread) => running.plansOf(thread),
    drained: () => running.drained(),
    deadLetters: () => store.deadLetters.list(),
    kill: () => running.kill(),
    restart: async () => {
      await running.close();
      if (store.durable) {
        await store.close();
        store = await open();
      }
      running = await start();
    },
    close: async () => {
      await running.close();
      await store.close();
    },
  };
}

const notMade = (name: string, limitMs: number): string =>
  `createBot of the ${name} bot has not returned within ${limitMs / 1000} s: look for a promise that nobody resolves, or a service that does not answer.`;

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
