import './compileCache.ts';
import type { Emulator, EmulatorOptions } from '../emulator/emulator.ts';
import { startDirectPlatform } from '../emulator/startDirectPlatform.ts';
import { startPlatform, type Platform } from '../emulator/startPlatform.ts';
import type { DeadLetter } from '../server.ts';
import { createConversation, type Conversation } from './conversation.ts';
import { durationOf, type Duration } from '../helpers/duration.ts';
import { createStageGraph, type StageGraph } from './graphFaults.ts';
import { LeftOpen } from './leftOpen.ts';
import type { LogLine } from './recordedLog.ts';
import { startStageBot, type CreateBot, type StageBot, type StageBotModule, type StageFailure } from './stageBot.ts';
import { createSettling } from './settling.ts';
import { timelineOf } from './stageTimeline.ts';

export type { Conversation, Plans, StageCustomer, StageInbox, StageMetaAi } from './conversation.ts';
export type { Duration } from '../helpers/duration.ts';
export type { StageCall, StageGraph } from './graphFaults.ts';
export type { LogLine } from './recordedLog.ts';
export type { Card, Reply } from './replies.ts';
export type { CreateBot, StageBotModule, StageFailure } from './stageBot.ts';

/** The ways in which a bot can be reached. */
export const endpoints = ['direct', 'azure'] as const;
export type StageEndpoint = (typeof endpoints)[number];

export interface StageOptions {
  /** Makes the bot under test, or the module that does. */
  readonly bot: CreateBot | StageBotModule;
  /** `direct`: Messenger calls the bot's webhook. `azure`: Azure's Facebook channel stands between. Default: `direct`. */
  readonly endpoint?: StageEndpoint;
  /** The rules of the Page. Default: `routing`, those of today. */
  readonly mode?: EmulatorOptions['mode'];
  /** `BotRole` of the bot under test. It is the Page's primary app, unless the role is `secondary`. Default: `primary`. */
  readonly role?: string;
  /** More settings, by their names in `appsettings.json`, the bot's own (`My...`) among them. Neither that file nor the environment is read. */
  readonly settings?: Readonly<Record<string, string>>;
  /** The bot of the Page's other app. Default: nobody is there. */
  readonly otherBot?: CreateBot | StageBotModule;
  /** How Messenger is where it can be one way or another, such as `appSecretProof: 'required'`. */
  readonly messenger?: Pick<EmulatorOptions, 'appSecretProof' | 'batching' | 'switches'>;
  /** Whether Meta's AI takes part. Default: `off`. */
  readonly metaAi?: 'on' | 'off';
  /** How long everything that follows from an action may take, in milliseconds of real time. Default: 10 seconds. */
  readonly settleMs?: number;
}

/** A Page on Messenger with the bot under test behind it, in this process. */
export interface Stage extends Conversation, AsyncDisposable {
  /** One more customer, in a conversation of his own. */
  anotherCustomer(name: string): Conversation;
  readonly clock: {
    /** Milliseconds since 1970. */
    now(): number;
    /**
     * Lets time go by for Messenger and for the bot's server: what is due happens at its time, in order, with all that follows from it.
     * `Date` and `setTimeout` stay as they are.
     */
    advance(time: Duration): Promise<void>;
  };
  readonly graph: StageGraph;
  /** Turns that were given up. */
  deadLetters(): Promise<readonly DeadLetter[]>;
  /** What the bots threw, each attempt of a turn by itself. */
  failures(): readonly StageFailure[];
  /** What the bots and their servers logged. Nothing of it is printed. */
  log(): readonly LogLine[];
  /**
   * Kills the bot under test in the middle of whatever it does: what is not in its store yet never gets there, and Messenger finds nobody
   * until `restart`. The bot itself may call it, and so may a listener of the emulator's events. What its code waits for then never comes.
   */
  kill(): void;
  /** Ends the bot under test and starts it again on the same store. What a bot kept in its own memory is gone. */
  restart(): Promise<void>;
  /** All that happened, a line each, for people. */
  timeline(): string;
  /** Resolves when nothing is under way any more. Whatever is done through the stage has waited for it already. */
  settled(): Promise<void>;
  /** Everything else: see `emulator/emulator.ts`. */
  readonly emulator: Emulator;
  close(): Promise<void>;
}

/**
 * Opens a stage for a bot. Everything runs in this process, on free ports of 127.0.0.1, and is gone after `close`.
 *
 * A turn that fails runs again at once. It becomes a dead letter as it would anywhere; trouble of Messenger's that goes on waits for
 * `clock.advance` after a few attempts.
 *
 * @throws SettingsError when `settings` are wrong, and what the bot throws when it is made
 */
export async function openStage(options: StageOptions): Promise<Stage> {
  const leftOpen = new LeftOpen();
  const { endpoint = 'direct', mode = 'routing', role = 'primary', settings = {}, metaAi = 'off' } = options;
  const start = endpoint === 'azure' ? startPlatform : startDirectPlatform;
  const platform = await start({ ...options.messenger, mode, fields: 'all', clock: steadyNow });
  const { emulator } = platform;
  const [log, failures, bots]: [LogLine[], StageFailure[], StageBot[]] = [[], [], []];
  const close = async (): Promise<void> => {
    for (const bot of bots) await bot.close();
    await platform.close();
  };
  const openBot = async (
    app: 'primary' | 'secondary',
    bot: StageOptions['bot'],
    more: Readonly<Record<string, string>>,
  ) => {
    const started = await startStageBot({
      ...{ emulator, bot, log, failures },
      platformBot: botOf(platform, app),
      settings: { BotRole: app, ...more },
    });
    bots.push(started);
    return started;
  };
  const app = role === 'secondary' ? 'secondary' : 'primary';
  try {
    emulator.setMetaAi(metaAi);
    const bot = await openBot(app, options.bot, { ...settings, BotRole: role });
    if (options.otherBot !== undefined) {
      await openBot(app === 'primary' ? 'secondary' : 'primary', options.otherBot, settings);
    }
    await emulator.settled();
    return createStage(
      { ...options, endpoint },
      { emulator, platformBot: botOf(platform, app), bot, bots, log, failures, leftOpen, close },
    );
  } catch (error) {
    await close();
    throw error;
  }
}

interface StageParts {
  readonly emulator: Emulator;
  readonly platformBot: Platform['bots'][number];
  readonly bot: StageBot;
  readonly bots: readonly StageBot[];
  readonly log: readonly LogLine[];
  readonly failures: readonly StageFailure[];
  readonly leftOpen: LeftOpen;
  readonly close: () => Promise<void>;
}

function createStage({ endpoint = 'direct', settleMs }: StageOptions, parts: StageParts): Stage {
  const { emulator, platformBot, bot, bots, log, failures, leftOpen } = parts;
  const opened = { at: emulator.clock(), eventId: emulator.events().at(-1)?.id ?? 0 };
  const timeline = (): string => timelineOf(emulator, log, opened);
  const rest = createSettling({ emulator, bots, timeline, ...(settleMs !== undefined && { limitMs: settleMs }) });
  const [psid = ''] = emulator.customers;
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    leftOpen.stop();
    return (closing ??= parts.close());
  };
  const refuseIfClosed = (): void => {
    if (closing !== undefined) throw new Error('This stage is closed, perhaps because an await is missing before.');
  };
  const settled = async (): Promise<void> => {
    refuseIfClosed();
    leftOpen.stop();
    await rest().finally(() => {
      if (closing === undefined) leftOpen.start();
    });
    refuseIfClosed();
  };
  leftOpen.start();
  const conversationOf = (customer: string): Conversation => ({
    ...createConversation(emulator, customer, settled),
    plans: () => bot.plansOf({ pageId: emulator.pageId, psid: customer }),
  });
  return {
    ...conversationOf(psid),
    anotherCustomer: (name) => conversationOf(emulator.addCustomer({ name })),
    clock: {
      now: emulator.clock,
      advance: async (time) => {
        const end = emulator.clock() + lengthOf(time);
        await settled();
        for (let now = emulator.clock(); now < end; now = emulator.clock()) {
          // Never in one leap, so that what is done at a time may ask for something at a later one.
          emulator.advanceClock(Math.max(1, Math.min(end, emulator.nextDue() ?? end) - now));
          await settled();
        }
      },
    },
    graph: createStageGraph(emulator, platformBot, endpoint),
    deadLetters: async () => (await Promise.all(bots.map((each) => each.deadLetters()))).flat(),
    failures: () => [...failures],
    log: () => [...log],
    kill: () => bot.kill(),
    restart: async () => {
      await settled();
      await bot.restart();
      await settled();
    },
    timeline,
    settled,
    emulator,
    close,
    [Symbol.asyncDispose]: close,
  };
}

function botOf({ bots }: Platform, role: 'primary' | 'secondary'): Platform['bots'][number] {
  // On a Page without default app all are secondary receivers.
  const bot = bots.find(({ app }) => app.name === role);
  if (bot === undefined) throw new Error(`The emulated Page has no ${role} app.`);
  return bot;
}

/** @throws RangeError when it is no whole number of milliseconds */
function lengthOf(time: Duration): number {
  const ms = durationOf(time);
  if (Number.isSafeInteger(ms) && ms >= 0) return ms;
  throw new RangeError(`${JSON.stringify(time)} is no time. Write milliseconds, or one of '90s', '20m', '2h', '1d'.`);
}

/** The machine's time in ms since 1970 without its jumps, since waits are measured by it. */
const steadyNow = (): number => Math.round(performance.timeOrigin + performance.now());
