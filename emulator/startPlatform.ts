import type { ConversionOptions } from './azureChannel/activityToMessenger.ts';
import type { AzureChannel } from './azureChannel/azureChannel.ts';
import type { TranslationOptions } from './azureChannel/translationOptions.ts';
import type { Mode } from './core/state.ts';
import type { EmulatedApp, Emulator, EmulatorOptions } from './emulator.ts';
import { startEmulator } from './startEmulator.ts';

export { metaAiAppId, pageInboxAppId } from './core/state.ts';
export type { Mode } from './core/state.ts';
export type { SetUpBots, Tour, TourAction, TourStep } from './tour.ts';
export type { EmulatorEvent } from './trace/emulatorEvent.ts';

/** The modes in which the conversation of Microsoft's handover post can be played. The emulator has more. */
export const modes = ['classic', 'routing'] as const satisfies readonly Mode[];

export interface PlatformOptions extends EmulatorOptions {
  /** The port of Azure's channel. 0 is any free port, the default. `portTaken` holds for it too. */
  readonly azurePort?: number;
  /** How Azure's channel converts Messenger's events where more than one way is known. */
  readonly azureTranslation?: Partial<TranslationOptions>;
  /** How Azure's channel converts what bots send. */
  readonly azureConversion?: Partial<ConversionOptions>;
  /** How Azure's channel calls Messenger and the bots. Default: the global `fetch`. */
  readonly azureFetch?: typeof fetch;
}

/** Connects the bot of one of the Page's apps. */
export interface PlatformBot {
  readonly app: EmulatedApp;
  /** Settings by the names that Bot Builder and the bots of this project read, secrets included. */
  readonly settings: Readonly<Record<string, string>>;
  /**
   * Tells where the bot is, such as `http://127.0.0.1:3978`: the activities of Azure's channel go to `/api/messages` there or,
   * without Azure, Messenger's webhooks to `/webhook`.
   */
  readonly connect: (botUrl: string) => Promise<void>;
}

/** Messenger and the way in which bots reach it. */
export interface Platform {
  readonly emulator: Emulator;
  /** Absent if the bots use Messenger's webhook themselves. */
  readonly azure?: AzureChannel;
  /** One for each app, in the order of the seed. */
  readonly bots: readonly PlatformBot[];
  /** Stops everything. */
  close(): Promise<void>;
}

/** Messenger and Azure's Facebook channel for its apps, joined. */
export interface AzurePlatform extends Platform {
  readonly azure: AzureChannel;
}

/** Made up, like every id here. */
const tenantId = '5e0a0000-0000-4000-8000-000000000001';
const botAppIdOf = (index: number): string => `b07a0000-0000-4000-8000-${String(index + 1).padStart(12, '0')}`;

/**
 * Starts an emulated Messenger and beside it an emulated Azure Bot Service whose Facebook channel serves every app of the
 * Page: registered as its webhook, with a bot app id and a password of its own.
 *
 * Rejects as `startEmulator` and `startAzureChannel` do; nothing is left running then.
 */
export async function startPlatform(options: PlatformOptions = {}): Promise<AzurePlatform> {
  const {
    azurePort = 0,
    azureFetch = fetch,
    azureTranslation = {},
    azureConversion = {},
    state,
    ...emulatorOptions
  } = options;
  const emulator = await startEmulator(emulatorOptions);
  const botAppIds = new Map(emulator.apps.map(({ id }, index) => [id, botAppIdOf(index)]));
  const registrations = emulator.apps.map((app, index) => ({
    botAppId: botAppIdOf(index),
    botPassword: `emulated-bot-password-of-${app.name}`,
    tenantId,
    facebookAppId: app.id,
    appSecret: app.appSecret,
    verifyToken: app.verifyToken,
    pageToken: app.pageToken,
    pageId: emulator.pageId,
  }));
  // Loaded when it is needed, since whoever plays Messenger alone imports this file too.
  const { startAzureChannel } = await import('./azureChannel/azureChannel.ts');
  const azure = await startAzureChannel({
    registrations,
    hooks: emulator,
    port: azurePort,
    portTaken: options.portTaken,
    translation: azureTranslation,
    ...azureConversion,
    ...(options.seed?.ids === undefined ? {} : { ids: options.seed.ids }),
    fetch: azureFetch,
  }).catch(async (error: unknown) => {
    await emulator.close();
    throw error;
  });
  const botOf = (app: EmulatedApp): PlatformBot => {
    const botAppId = botAppIds.get(app.id) ?? '';
    return {
      app,
      settings: { ...azure.settingsFor(botAppId), ...facebookSettings(emulator, app) },
      connect: (botUrl) => {
        azure.setBotEndpoint(botAppId, `${botUrl}/api/messages`);
        return Promise.resolve();
      },
    };
  };
  // What waits in it goes out at once, so the channel has to be there.
  if (state !== undefined) {
    try {
      emulator.importState(state);
    } catch (error) {
      await azure.close();
      await emulator.close();
      throw error;
    }
  }
  return {
    emulator,
    azure,
    bots: emulator.apps.map(botOf),
    async close() {
      await azure.close();
      await emulator.close();
    },
  };
}

/** What a bot of this app needs to know about Messenger, by the names that the bots of this project read. */
export function facebookSettings(emulator: Emulator, app: EmulatedApp): Readonly<Record<string, string>> {
  return {
    GraphApiBaseUrl: emulator.graphBaseUrl,
    FacebookAppId: app.id,
    FacebookPageToken: app.pageToken,
    FacebookAppSecret: app.appSecret,
    FacebookVerifyToken: app.verifyToken,
  };
}
