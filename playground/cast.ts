import { defaultSeed, type Seed } from '../emulator/seed.ts';

/** Which bots the Page has: the two of the handover sample, or the one of Facebook's live-chat tutorial. */
export type ScenarioName = 'twoBots' | 'liveChat';

/** Which way Messenger's events come to the bots: through Azure's Facebook channel, or to a webhook of their own. */
export type Endpoint = 'azure' | 'direct';

/**
 * After how many minutes without a word of the people in the inbox the live-chat bot takes the thread back. It counts by the
 * times in Messenger's events, so moving the emulator's clock is enough to see it.
 */
export const takeBackMinutes = 60;

/** The bot of one app of the Page. */
export interface BotSpec {
  /** Whose port it takes. */
  readonly port: 'primary' | 'secondary';
  readonly settings: Readonly<Record<string, string>>;
}

export interface Scenario {
  readonly seed: Partial<Seed>;
  /** By the name of the app. */
  readonly parts: Readonly<Record<string, BotSpec>>;
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
    parts: {
      primary: { port: 'primary', settings: { BotRole: 'primary' } },
      secondary: { port: 'secondary', settings: { BotRole: 'secondary' } },
    },
  },
  liveChat: {
    seed: { apps: [liveChatApp], primaryAppId: liveChatApp.id },
    parts: {
      [liveChatApp.name]: {
        port: 'primary',
        settings: { BotRole: 'liveChat', LiveChatTakeBackMinutes: String(takeBackMinutes) },
      },
    },
  },
};
