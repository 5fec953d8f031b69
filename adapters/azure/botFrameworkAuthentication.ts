import { ConfigurationBotFrameworkAuthentication } from 'botbuilder';
import {
  AuthenticationConstants,
  ClaimsIdentity,
  type AuthenticateRequestResult,
  type BotFrameworkClient,
  type ConnectorClient,
  type ConnectorFactory,
  type UserTokenClient,
} from 'botframework-connector';
import type { BotCredentials } from '../../helpers/settings/types.ts';
import {
  channelHostRuleOf,
  channelRuleOf,
  type ChannelHostRule,
  type ChannelRule,
  serviceUrlRuleOf,
  type ServiceUrlRule,
} from './serviceUrlRule.ts';
import { createChannelTokenVerifier, type ChannelToken, type ChannelTokenVerifier } from './channelTokenVerifier.ts';
import {
  hardenUserTokenClient,
  hardenConnectorClient,
  type CallLimits,
  cached,
  CachedConnectorFactory,
} from './connectorClients.ts';
import { RequestRefusedError } from '../http/answer.ts';
import { audienceOf, callerIdOf, issuerOf, metadataUrlOf, sdkArguments } from './sdkConfiguration.ts';
import { createSigningKeySource, SigningKeysUnavailableError, type SigningKeySource } from './signingKeySource.ts';

/** Time limit for calls to the Bot Connector and the token service, and for fetching the bot's own tokens, in milliseconds. */
const defaultConnectorTimeoutMs = 15_000;

export interface HandoverAuthenticationOptions {
  /** The time limit of a call, in milliseconds. Default: {@link defaultConnectorTimeoutMs}. */
  timeoutMs?: number;
  /** Makes a signal that aborts after `ms`. */
  deadline?: CallLimits['deadline'];
  /** Learns from the Connector's responses. */
  platformClock?: CallLimits['platformClock'];
  /** Default: the keys that the bot's issuer publishes. */
  keys?: SigningKeySource;
  /** The time in milliseconds. */
  now?: () => number;
  gotToken?: CallLimits['gotToken'];
  /** The channels to serve. Default: see {@link channelRuleOf}. */
  channels?: readonly string[] | undefined;
}

/** Who is calling: the holder of a verified token, or anybody if the bot has no credentials. */
export type Caller = ChannelToken | 'anybody';

/** The parts of an activity that decide who speaks and where answers go. */
type SpokenFor = Parameters<ConfigurationBotFrameworkAuthentication['authenticateRequest']>[0];

/**
 * Bot Builder's authentication: outbound hardened, inbound replaced. Outbound, connector and token clients are cached (the SDK builds a
 * whole HTTP pipeline for each activity), and they call once, within a time limit, and only addresses that the service URL rule allows.
 * Inbound, {@link createChannelTokenVerifier} verifies the token; the result is the same as the SDK's.
 */
export class HandoverAuthentication extends ConfigurationBotFrameworkAuthentication {
  readonly #bot: BotCredentials;
  readonly #limits: CallLimits;
  readonly #verify: ChannelTokenVerifier | undefined;
  readonly #mayHear: ChannelRule;
  readonly #maySpeakFor: ChannelHostRule;
  readonly #maySendTo: ServiceUrlRule;
  readonly #connectors = new Map<string, Promise<ConnectorClient>>();
  readonly #tokenClients = new Map<string, Promise<UserTokenClient>>();

  constructor(bot: BotCredentials, options: HandoverAuthenticationOptions = {}) {
    const { timeoutMs = defaultConnectorTimeoutMs, now = Date.now } = options;
    const { deadline = (ms: number) => AbortSignal.timeout(ms), gotToken, platformClock } = options;
    const limits: CallLimits = { timeoutMs, deadline, gotToken, platformClock };
    super(...sdkArguments(bot, limits));
    this.#bot = bot;
    this.#limits = limits;
    this.#mayHear = channelRuleOf(bot, options.channels);
    this.#maySpeakFor = channelHostRuleOf(bot);
    this.#maySendTo = serviceUrlRuleOf(bot);
    if (bot.authentication !== 'none') {
      const keys = options.keys ?? createSigningKeySource({ metadataUrl: metadataUrlOf(bot) });
      this.#verify = createChannelTokenVerifier({ appId: bot.appId, issuer: issuerOf(bot), keys, now });
    }
  }

  /** @throws {RequestRefusedError} 401, 403 or 503 */
  override async authenticateRequest(activity: SpokenFor, authorization: string): Promise<AuthenticateRequestResult> {
    return this.admit(activity, await this.identify(authorization));
  }

  /**
   * Who is calling, according to the header alone; `anybody` for a bot without credentials. Needs nothing from the body.
   *
   * @throws {RequestRefusedError} 401 or 503
   */
  async identify(authorization: string): Promise<Caller> {
    if (this.#verify === undefined) return 'anybody';
    try {
      const token = await this.#verify(authorization);
      if (token === undefined) throw refused();
      return token;
    } catch (error) {
      if (error instanceof SigningKeysUnavailableError) {
        throw new RequestRefusedError(503, 'The keys that verify tokens could not be fetched.');
      }
      throw error;
    }
  }

  /**
   * The same result as the SDK's for this caller and activity.
   *
   * @throws {RequestRefusedError} 401 or 403
   */
  admit({ channelId, serviceUrl }: SpokenFor, caller: Caller): AuthenticateRequestResult {
    if (caller !== 'anybody' && !caller.vouchesFor({ channelId, serviceUrl })) throw refused();
    if (!this.#mayHear(channelId)) throw new RequestRefusedError(403, 'This bot does not serve this channel.');
    if (!this.#maySendTo(serviceUrl)) throw new RequestRefusedError(403, 'This bot does not send to this serviceUrl.');
    if (!this.#maySpeakFor(channelId, serviceUrl)) {
      throw new RequestRefusedError(403, "The serviceUrl is not the channel's own.");
    }
    const claimsIdentity =
      caller === 'anybody'
        ? new ClaimsIdentity([], AuthenticationConstants.AnonymousAuthType)
        : new ClaimsIdentity(claimList(caller.claims), true);
    return {
      audience: audienceOf(this.#bot),
      ...(this.#verify !== undefined && { callerId: callerIdOf(this.#bot) }),
      claimsIdentity,
      connectorFactory: this.createConnectorFactory(claimsIdentity),
    };
  }

  /** Not served: these bots are not skills and call none. */
  override authenticateChannelRequest(): Promise<ClaimsIdentity> {
    return Promise.reject(refused());
  }

  /** Not served: there is no streaming endpoint. */
  override authenticateStreamingRequest(): Promise<AuthenticateRequestResult> {
    return Promise.reject(refused());
  }

  /** Not served: the client would send the bot's token to any address that a skill names. */
  override createBotFrameworkClient(): BotFrameworkClient {
    throw new Error('These bots call no skills.');
  }

  /** The factory rejects, before any call, if the service URL rule does not allow the address. */
  override createConnectorFactory(identity: ClaimsIdentity): ConnectorFactory {
    const inner = super.createConnectorFactory(identity);
    const create = async (serviceUrl: string, audience: string) => {
      const client = await inner.create(serviceUrl, audience);
      hardenConnectorClient(client, this.#limits);
      return client;
    };
    return new CachedConnectorFactory(async (serviceUrl, audience = audienceOf(this.#bot)) => {
      if (!this.#maySendTo(serviceUrl)) throw new Error('The bot does not send to this serviceUrl.');
      const key = JSON.stringify([appIdOf(identity), serviceUrl, audience]);
      return cached(this.#connectors, key, () => create(serviceUrl, audience));
    });
  }

  override createUserTokenClient(identity: ClaimsIdentity): Promise<UserTokenClient> {
    return cached(this.#tokenClients, appIdOf(identity), async () => {
      const client = await super.createUserTokenClient(identity);
      hardenUserTokenClient(client, this.#limits);
      return client;
    });
  }
}

function refused(): RequestRefusedError {
  return new RequestRefusedError(401, 'The token was refused.');
}

/** The SDK's type says that every value is a string, but it holds whatever the token holds. */
function claimList(claims: object): ClaimsIdentity['claims'] {
  return Object.entries(claims).map(([type, value]) => ({ type, value: value as string }));
}

function appIdOf(identity: ClaimsIdentity): string {
  return identity.getClaimValue('aud') ?? identity.getClaimValue('appid') ?? '';
}
