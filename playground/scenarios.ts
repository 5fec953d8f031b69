import { fileURLToPath } from 'node:url';
import { defaultSeed, type Seed } from '../emulator/seed.ts';

/** Which bots the Page has: the two of the handover sample, or the one of Facebook's live-chat tutorial. */
export type ScenarioName = 'twoBots' | 'liveChat';

/** The module of the bots that come with the project, which the tours are written for. `bots/createBot.ts` may make others. */
export const sampleBots = fileURLToPath(new URL('../bots/samples/createBot.ts', import.meta.url));

/** How Messenger's events reach the bots: through Azure's Facebook channel, or by a webhook of their own. */
export type Endpoint = 'azure' | 'direct';

/**
 * How many minutes the people in the inbox may be silent before the live-chat bot takes the thread back. The bot goes by the
 * timestamps of Messenger's events, so advancing the emulator's clock is enough to see it.
 */
export const takeBackMinutes = 60;

/**
 * How the bots are set up. `takeover`: the one who answers first hands over to people by the rules of {@link takeoverSettings}, which the last
 * chapter of each tour is about.
 */
export type BotSetup = 'usual' | 'takeover';

/** Short times, so that all of it can be seen in a few steps of the emulator's clock, whose prompt is in UTC too. */
export const takeoverSettings = {
  TakeoverPhrases: 'standard',
  TakeoverNoticeMinutes: '10',
  TakeoverSilenceMinutes: '30',
  TakeoverReturn: 'atOnce',
  TakeoverHours: 'Mo-Su 09:00-17:00',
  TakeoverTimeZone: 'UTC',
  TakeoverOutsideHours: 'keep',
} as const;

/** The bot of one app of the Page. */
export interface BotSpec {
  /** Whose configured port it uses. */
  readonly port: 'primary' | 'secondary';
  readonly settings: Readonly<Record<string, string>>;
}

export interface Scenario {
  readonly seed: Partial<Seed>;
  /** By app name. */
  readonly bots: Readonly<Record<string, BotSpec>>;
}

const liveChatApp = {
  id: '1284000000000003',
  name: 'live chat',
  pageToken: 'emulated-page-token-of-live-chat',
  appSecret: 'emulated-app-secret-of-live-chat',
  verifyToken: 'emulated-verify-token-of-live-chat',
};

export const scenarios: Readonly<Record<ScenarioName, Scenario>> = {
  twoBots: {
    seed: defaultSeed,
    bots: {
      primary: { port: 'primary', settings: { BotRole: 'primary' } },
      secondary: { port: 'secondary', settings: { BotRole: 'secondary' } },
    },
  },
  liveChat: {
    seed: { apps: [liveChatApp], primaryAppId: liveChatApp.id },
    bots: {
      [liveChatApp.name]: {
        port: 'primary',
        settings: { BotRole: 'liveChat', LiveChatTakeBackMinutes: String(takeBackMinutes) },
      },
    },
  },
};
