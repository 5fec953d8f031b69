import { ConfigurationBotFrameworkAuthentication } from 'botbuilder';
import {
  AuthenticationConstants,
  AuthenticationError,
  ConnectorFactory,
  type AuthenticateRequestResult,
  type ClaimsIdentity,
  type ConnectorClient,
  type UserTokenClient,
} from 'botframework-connector';
import type { BotCredentials, BotEndpoints } from '../helpers/settingsTypes.ts';
import { isLoopbackUrl } from '../helpers/loopback.ts';
import { LoopbackCredentialsFactory } from './loopbackCredentials.ts';
import { RequestRefused } from './requestRefused.ts';

/** Calls to the Bot Connector and to the loopback token end point end after this many milliseconds. */
export const defaultConnectorTimeoutMs = 15_000;

/**
 * Bot Builder's authentication with four differences: its connector and token clients are kept (it builds a whole HTTP
 * pipeline for each activity), a call to the connector is made once (the stock client repeats a POST after a reset, so
 * a customer reads it twice), has a time limit (it has none), and a refused token is always a refusal (some forgeries
 * end as an internal error).
 */
export class HandoverAuthentication extends ConfigurationBotFrameworkAuthentication {
  readonly #timeoutMs: number;
  readonly #defaultAudience: string;
  readonly #connectors = new Map<string, Promise<ConnectorClient>>();
  readonly #tokenClients = new Map<string, Promise<UserTokenClient>>();

  constructor(bot: BotCredentials, timeoutMs: number = defaultConnectorTimeoutMs) {
    super(...sdkArguments(bot, timeoutMs));
    this.#timeoutMs = timeoutMs;
    this.#defaultAudience = audienceOf(bot);
  }

  override async authenticateRequest(
    activity: Parameters<ConfigurationBotFrameworkAuthentication['authenticateRequest']>[0],
    authorization: string,
  ): Promise<AuthenticateRequestResult> {
    try {
      const result = await super.authenticateRequest(activity, authorization);
      return { ...result, connectorFactory: this.createConnectorFactory(result.claimsIdentity) };
    } catch (err) {
      throw refusalOf(err);
    }
  }

  override createConnectorFactory(identity: ClaimsIdentity): ConnectorFactory {
    const inner = super.createConnectorFactory(identity);
    const create = async (serviceUrl: string, audience: string) => {
      const client = await inner.create(serviceUrl, audience);
      callOnceWithin(client, this.#timeoutMs);
      return client;
    };
    return new KeptConnectors((serviceUrl, audience = this.#defaultAudience) =>
      kept(this.#connectors, JSON.stringify([appIdOf(identity), serviceUrl, audience]), () =>
        create(serviceUrl, audience),
      ),
    );
  }

  override createUserTokenClient(identity: ClaimsIdentity): Promise<UserTokenClient> {
    return kept(this.#tokenClients, appIdOf(identity), () => super.createUserTokenClient(identity));
  }
}

type CreateConnector = (serviceUrl: string, audience?: string) => Promise<ConnectorClient>;

class KeptConnectors extends ConnectorFactory {
  readonly #create: CreateConnector;

  constructor(create: CreateConnector) {
    super();
    this.#create = create;
  }

  override create(serviceUrl: string, audience?: string): Promise<ConnectorClient> {
    return this.#create(serviceUrl, audience);
  }
}

/** How many clients are kept: a bot has one service URL per channel, a caller who could name others must not fill the memory. */
const maxKept = 100;

async function kept<T>(clients: Map<string, Promise<T>>, key: string, create: () => Promise<T>): Promise<T> {
  const known = clients.get(key);
  if (known !== undefined) return known;
  const created = create();
  clients.set(key, created);
  for (const oldest of clients.keys()) {
    if (clients.size <= maxKept) break;
    clients.delete(oldest);
  }
  try {
    return await created;
  } catch (err) {
    clients.delete(key);
    throw err;
  }
}

/** The part of the connector's HTTP pipeline that is changed. The SDK keeps it in a private field; 4.23 is its last line. */
interface HttpPipeline {
  removePolicy(policy: { name: string }): unknown;
  addPolicy(policy: { name: string; sendRequest: (request: { timeout: number }, next: Next) => unknown }): void;
}
type Next = (request: { timeout: number }) => unknown;

function callOnceWithin(client: ConnectorClient, timeoutMs: number): void {
  const { pipeline } = (client as unknown as { client: { pipeline: HttpPipeline } }).client;
  pipeline.removePolicy({ name: 'defaultRetryPolicy' });
  pipeline.addPolicy({
    name: 'timeLimit',
    sendRequest: (request, next) => {
      request.timeout = timeoutMs;
      return next(request);
    },
  });
}

function appIdOf(identity: ClaimsIdentity): string {
  return identity.getClaimValue('aud') ?? identity.getClaimValue('appid') ?? '';
}

/** Whom the bot's tokens are for when nothing else is said. */
function audienceOf(bot: BotCredentials): string {
  const endpoints = bot.authentication === 'none' ? undefined : bot.endpoints;
  return endpoints?.toChannelFromBotOAuthScope ?? AuthenticationConstants.ToChannelFromBotOAuthScope;
}

function sdkArguments(
  bot: BotCredentials,
  timeoutMs: number,
): ConstructorParameters<typeof ConfigurationBotFrameworkAuthentication> {
  if (bot.authentication === 'none') return [{}];
  const password = bot.authentication === 'password' ? bot.password.reveal() : '';
  const loginUrl = bot.endpoints?.toChannelFromBotLoginUrl;
  const credentials =
    loginUrl !== undefined && isLoopbackUrl(loginUrl)
      ? new LoopbackCredentialsFactory(bot.appId, password, timeoutMs)
      : undefined;
  return [
    {
      MicrosoftAppType: bot.appType,
      MicrosoftAppId: bot.appId,
      MicrosoftAppPassword: password,
      MicrosoftAppTenantId: bot.tenantId ?? '',
      ...(bot.endpoints && sdkEndpoints(bot.endpoints)),
    },
    credentials,
  ];
}

/** The end points under the names that the SDK reads. */
function sdkEndpoints(
  endpoints: BotEndpoints,
): ConstructorParameters<typeof ConfigurationBotFrameworkAuthentication>[0] {
  return {
    ToChannelFromBotLoginUrl: endpoints.toChannelFromBotLoginUrl,
    ToChannelFromBotOAuthScope: endpoints.toChannelFromBotOAuthScope,
    ToBotFromChannelTokenIssuer: endpoints.toBotFromChannelTokenIssuer,
    ToBotFromChannelOpenIdMetadataUrl: endpoints.toBotFromChannelOpenIdMetadataUrl,
    ToBotFromEmulatorOpenIdMetadataUrl: endpoints.toBotFromEmulatorOpenIdMetadataUrl,
    OAuthUrl: endpoints.oAuthUrl,
    CallerId: endpoints.callerId,
  };
}

/** Errors of the key server, as opposed to errors of the token. The first is the SDK's HTTP client's. */
function isKeyServerFailure(err: unknown): boolean {
  if (!(err instanceof Error)) return false;
  return err.name === 'FetchError' || (err instanceof AuthenticationError && Number(err.statusCode) >= 500);
}

function refusalOf(err: unknown): RequestRefused {
  return isKeyServerFailure(err)
    ? new RequestRefused(503, 'The keys to verify the token with could not be fetched.')
    : new RequestRefused(401, 'The token was refused.');
}
