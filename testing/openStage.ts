import './compileCache.ts';
import type { EmulatorOptions } from '../emulator/emulator.ts';
import { startDirectPlatform } from '../emulator/startDirectPlatform.ts';
import { startPlatform, type Platform } from '../emulator/startPlatform.ts';
import { LeftOpen } from './leftOpen.ts';
import type { LogLine } from './recordedLog.ts';
import { startStageBot, type CreateBot, type StageBot, type StageBotModule, type StageFailure } from './stageBot.ts';
import { createStage, type Stage } from './stage.ts';

export type { Conversation, Plans, StageCustomer, StageInbox, StageMetaAi } from './conversation.ts';
export type { Duration } from '../helpers/duration.ts';
export type { StageCall, StageGraph } from './graphFaults.ts';
export type { LogLine } from './recordedLog.ts';
export type { Card, Reply } from './replies.ts';
export type { Stage } from './stage.ts';
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
  /** How long the start of a bot, and everything that follows from an action, may take, in milliseconds of real time. Default: 10 seconds. */
  readonly settleMs?: number;
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
  const { settleMs = 10_000 } = options;
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
      ...{ emulator, bot, log, failures, limitMs: settleMs },
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
    return createStage({
      ...{ endpoint, settleMs, emulator, platformBot: botOf(platform, app) },
      ...{ bot, bots, log, failures, leftOpen, close },
    });
  } catch (error) {
    await close();
    throw error;
  }
}

function botOf({ bots }: Platform, role: 'primary' | 'secondary'): Platform['bots'][number] {
  // On a Page without default app all are secondary receivers.
  const bot = bots.find(({ app }) => app.name === role);
  if (bot === undefined) throw new Error(`The emulated Page has no ${role} app.`);
  return bot;
}

/** The machine's time in ms since 1970 without its jumps, since waits are measured by it. */
const steadyNow = (): number => Math.round(performance.timeOrigin + performance.now());
