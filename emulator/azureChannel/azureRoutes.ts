import type { BusyTracker } from '../runtime/busy.ts';
import type { EmulatorHooks } from '../runtime/hooks.ts';
import { answerConnectorRequest, bearerOf, type ConnectorParts } from './connectorApi.ts';
import { failingCall } from './failingCalls.ts';
import type { HttpAnswer, HttpRequest } from './httpServer.ts';
import type { MessengerWebhook } from './messengerWebhook.ts';
import { identityDocument } from './identityDocuments.ts';
import { answerTokenRequest } from './tokenEndpoint.ts';

export const servicePath = '/facebook';
const webhookPath = /^\/facebook\/([^/]+)\/webhook$/;
/** The id of a conversation begins with that of the customer; behind it is what is done in the conversation. */
const conversationPath = /\/conversations\/(\d+)-[^/]*\/(\w+)/;
const tokenPath = /^\/([^/]+)\/oauth2\/(?:v2\.0\/)?token$/;
/** The service has a host of its own on Azure, where the Connector API is at the root. */
const connectorPath = /^(?:\/facebook)?(\/v3\/.*)$/;

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

  async function connectorCall(request: HttpRequest, below: string): Promise<HttpAnswer> {
    const done = busy.begin();
    try {
      const appId = (await keys.readAccessToken(bearerOf(request))) ?? '';
      const [, psid, edge = 'conversations'] = conversationPath.exec(below) ?? [];
      const about = { at: 'connector', method: request.method, edge, appId } as const;
      const fault = hooks.takeFault?.(psid === undefined ? about : { ...about, psid });
      return await failingCall('connector', fault, () => answerConnectorRequest(request, below, connector));
    } finally {
      done();
    }
  }

  return async (request: HttpRequest): Promise<HttpAnswer> => {
    const { method, path } = request;
    const document = method === 'GET' ? identityDocument(path, url(), keys) : undefined;
    if (document !== undefined) return document;
    const tenant = tokenPath.exec(path)?.[1];
    if (method === 'POST' && tenant !== undefined) return token(request, tenant);
    const botAppId = webhookPath.exec(path)?.[1];
    if (botAppId !== undefined) {
      const registration = registrations.find((one) => one.botAppId === botAppId);
      return registration === undefined
        ? { status: 404, text: 'No bot of this id is registered.' }
        : webhook(request, registration);
    }
    const below = connectorPath.exec(path)?.[1];
    if (below !== undefined) return connectorCall(request, below);
    return {
      status: 404,
      json: { error: { code: 'NotFound', message: 'The emulated Azure does not serve this path.' } },
    };
  };
}
