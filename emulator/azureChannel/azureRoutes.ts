import type { BusyTracker } from '../runtime/busy.ts';
import type { EmulatorHooks } from '../runtime/hooks.ts';
import { answerConnectorRequest, bearerOf, type ConnectorParts } from './connectorApi.ts';
import { failingCall } from './failingCalls.ts';
import type { HttpAnswer, HttpRequest } from './httpServer.ts';
import type { MessengerWebhook } from './messengerWebhook.ts';
import { channelTokenIssuer } from './registration.ts';
import { answerTokenRequest } from './tokenEndpoint.ts';

export const servicePath = '/facebook';
const webhookPath = /^\/facebook\/([^/]+)\/webhook$/;
/** The id of a conversation begins with that of the customer. */
const conversationPath = /\/conversations\/(\d+)-/;
const tokenPath = /^\/([^/]+)\/oauth2\/v2\.0\/token$/;

export interface AzureRoutesParts {
  readonly connector: ConnectorParts;
  readonly webhook: MessengerWebhook;
  readonly busy: BusyTracker;
  readonly hooks: Pick<EmulatorHooks, 'takeFault'>;
  /** `http://127.0.0.1:<port>`, once the server listens. */
  readonly url: () => string;
}

/** What the emulated Azure answers, by path. */
export function createAzureRoutes({ connector, webhook, busy, hooks, url }: AzureRoutesParts) {
  const { registrations, keys, trace } = connector;

  async function token(request: HttpRequest, tenant: string): Promise<HttpAnswer> {
    const appId = new URLSearchParams(request.body.toString('utf8')).get('client_id') ?? '';
    const fault = hooks.takeFault?.({ at: 'token', method: request.method, edge: 'token', appId });
    return failingCall('token', fault, () => answerTokenRequest(request, tenant, registrations, keys, trace));
  }

  async function connectorCall(request: HttpRequest): Promise<HttpAnswer> {
    const done = busy.begin();
    try {
      const appId = (await keys.readAccessToken(bearerOf(request))) ?? '';
      const psid = conversationPath.exec(request.path)?.[1];
      const about = { at: 'connector', method: request.method, edge: 'activities', appId } as const;
      const fault = hooks.takeFault?.(psid === undefined ? about : { ...about, psid });
      return await failingCall('connector', fault, () =>
        answerConnectorRequest(request, request.path.slice(servicePath.length), connector),
      );
    } finally {
      done();
    }
  }

  return async (request: HttpRequest): Promise<HttpAnswer> => {
    const { method, path } = request;
    if (method === 'GET' && path === '/v1/.well-known/openidconfiguration') return openIdConfiguration(url());
    if (method === 'GET' && path === '/v1/.well-known/keys') return { status: 200, json: keys.jwks };
    const tenant = tokenPath.exec(path)?.[1];
    if (method === 'POST' && tenant !== undefined) return token(request, tenant);
    const botAppId = webhookPath.exec(path)?.[1];
    if (botAppId !== undefined) {
      const registration = registrations.find((one) => one.botAppId === botAppId);
      return registration === undefined
        ? { status: 404, text: 'No bot of this id is registered.' }
        : webhook(request, registration);
    }
    if (path.startsWith(`${servicePath}/v3/`)) return connectorCall(request);
    return {
      status: 404,
      json: { error: { code: 'NotFound', message: 'The emulated Azure does not serve this path.' } },
    };
  };
}

function openIdConfiguration(url: string): HttpAnswer {
  return {
    status: 200,
    json: {
      issuer: channelTokenIssuer,
      authorization_endpoint: 'https://invalid.botframework.com',
      jwks_uri: `${url}/v1/.well-known/keys`,
      id_token_signing_alg_values_supported: ['RS256'],
      token_endpoint_auth_methods_supported: ['private_key_jwt'],
    },
  };
}
