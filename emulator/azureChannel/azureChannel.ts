import { defaultConversion, type ConversionOptions } from './activityToMessenger.ts';
import { createBusyTracker } from '../runtime/busy.ts';
import { microsoftHosts } from '../redirect/hosts.js';
import { newestGraphVersion } from '../graph/graphVersions.ts';
import type { IfTaken } from '../http/listen.ts';
import { tellRefusedHosts } from '../http/refusedHosts.ts';
import type { EmulatorHooks, WebhookCallback } from '../runtime/hooks.ts';
import { createAzureRoutes, servicePath } from './azureRoutes.ts';
import { deliverToBot } from './botDelivery.ts';
import { startHttpServer } from './httpServer.ts';
import { createMessengerWebhook } from './messengerWebhook.ts';
import type { Outbound } from './outbound.ts';
import { settingsOf } from './registration.ts';
import type { AzureBotSettings, AzureRegistration } from './registration.ts';
import { createSigningKeys } from './signingKeys.ts';
import type { ClaimOverrides } from './signingKeys.ts';
import { defaultTranslation, type TranslationOptions } from './translationOptions.ts';

export interface AzureChannelOptions {
  readonly registrations: readonly AzureRegistration[];
  /** The emulated Messenger beside which the channel lives. The channel registers its webhooks there. */
  readonly hooks: EmulatorHooks;
  /** Default 0: any free port. */
  readonly port?: number;
  /** What to do if the port is taken. Default `reject`: the start fails. */
  readonly portTaken?: IfTaken | undefined;
  /** The Graph version that the channel calls. Default: the newest; which one Azure calls is not published. */
  readonly graphVersion?: string;
  readonly translation?: Partial<TranslationOptions>;
  /** A word in the ids of activities, which are the same from run to run then. Default: the time of the start. */
  readonly ids?: string;
  /** Whether a bot's `metadata` gets to Messenger. Default `drop`: Azure is not known to forward it. */
  readonly metadata?: ConversionOptions['metadata'];
  /** What becomes of animation, audio and video cards. Default `fileAndCard`. */
  readonly mediaCards?: ConversionOptions['mediaCards'];
  readonly fetch?: Outbound['fetch'];
  readonly deadline?: Outbound['deadline'];
}

/** Azure Bot Service's Facebook channel, running. */
export interface AzureChannel {
  /** `http://127.0.0.1:<port>`. */
  readonly url: string;
  /** What activities carry as `serviceUrl`; the Connector API is below it. */
  readonly serviceUrl: string;
  /** What the Facebook app of this bot has registered as its webhook. */
  webhookOf(botAppId: string): WebhookCallback;
  /** What a bot must be set to, to work here. It holds the bot's password. */
  settingsFor(botAppId: string): AzureBotSettings;
  /** Where activities go from now on; `undefined` takes the endpoint away. */
  setBotEndpoint(botAppId: string, endpoint: string | undefined): void;
  /** A token as the channel sends it to this bot, or with other claims: to see a bot refuse it. */
  signToken(botAppId: string, claims?: ClaimOverrides): Promise<string>;
  /** Resolves when no webhook, no activity for a bot and no call of a bot is under way. */
  settled(): Promise<void>;
  /** Stops and aborts calls that are under way. */
  close(): Promise<void>;
}

/**
 * Starts the channel on 127.0.0.1 and registers it as the webhook of every registration's Facebook app.
 * Rejects when the port is taken, when two registrations share a bot or a Facebook app, or when Messenger refuses a webhook.
 */
export async function startAzureChannel(options: AzureChannelOptions): Promise<AzureChannel> {
  const { registrations, hooks } = options;
  const { trace } = hooks;
  const byBot = new Map(registrations.map((registration) => [registration.botAppId, registration]));
  const facebookApps = new Set(registrations.map(({ facebookAppId }) => facebookAppId));
  if (byBot.size < registrations.length || facebookApps.size < registrations.length) {
    throw new Error('Each registration needs a bot and a Facebook app of its own.');
  }
  const endpoints = new Map(registrations.map(({ botAppId, botEndpoint }) => [botAppId, botEndpoint]));

  const keys = await createSigningKeys(hooks.clock);
  const closing = new AbortController();
  const outbound: Outbound = {
    fetch: options.fetch ?? fetch,
    deadline: options.deadline ?? ((ms) => AbortSignal.timeout(ms)),
    closing: closing.signal,
  };
  const busy = createBusyTracker();
  let ids = 0;
  // Without a word of their own, ids differ from those of earlier runs, which a bot may remember.
  const epoch = options.ids ?? hooks.clock().toString(36);
  const nextId = (): string => `azure-${epoch}-${(ids += 1)}`;

  const webhook = createMessengerWebhook({
    busy,
    clock: hooks.clock,
    trace,
    translation: { ...defaultTranslation, ...options.translation },
    serviceUrl: () => `${url}${servicePath}/`,
    nextId,
    deliver: (translated, registration) =>
      deliverToBot(translated, registration, endpoints.get(registration.botAppId), keys, outbound, trace),
  });

  const connector = {
    registrations,
    keys,
    outbound,
    trace,
    graphUrl: `${hooks.graphBaseUrl}/${options.graphVersion ?? newestGraphVersion}`,
    conversion: {
      metadata: options.metadata ?? defaultConversion.metadata,
      mediaCards: options.mediaCards ?? defaultConversion.mediaCards,
    },
    nextId,
    serviceUrl: () => `${url}${servicePath}/`,
  };

  const handle = createAzureRoutes({ connector, webhook, busy, hooks, url: () => url });
  const server = await startHttpServer(options.port ?? 0, handle, {
    portTaken: options.portTaken,
    clock: hooks.clock,
    alsoFor: microsoftHosts,
    refused: tellRefusedHosts((refused) => trace({ type: 'azureChannel.hostRefused', ...refused })),
    failed: (error) =>
      trace({ type: 'azureChannel.internalError', because: error instanceof Error ? error.message : 'unknown' }),
  });
  const url = `http://127.0.0.1:${server.port}`;
  const removeBusySource = hooks.addBusySource(busy);

  const close = async (): Promise<void> => {
    closing.abort();
    await server.close();
    await busy.idle();
    removeBusySource();
  };
  const registrationOf = (botAppId: string): AzureRegistration => {
    const registration = byBot.get(botAppId);
    if (registration === undefined) throw new Error('No bot of this id is registered.');
    return registration;
  };
  const webhookOf = (botAppId: string): WebhookCallback => ({
    callbackUrl: `${url}${servicePath}/${registrationOf(botAppId).botAppId}/webhook`,
    verifyToken: registrationOf(botAppId).verifyToken,
  });

  try {
    for (const { botAppId, botPassword, facebookAppId } of registrations) {
      hooks.hideSecret(botPassword);
      await hooks.registerWebhook(facebookAppId, webhookOf(botAppId));
    }
  } catch (error) {
    await close();
    throw error;
  }

  return {
    url,
    serviceUrl: `${url}${servicePath}/`,
    webhookOf,
    settingsFor: (botAppId) => settingsOf(registrationOf(botAppId), url),
    setBotEndpoint: (botAppId, endpoint) => void endpoints.set(registrationOf(botAppId).botAppId, endpoint),
    signToken: (botAppId, claims) => keys.signChannelToken(botAppId, `${url}${servicePath}/`, claims),
    settled: () => busy.idle(),
    close,
  };
}
