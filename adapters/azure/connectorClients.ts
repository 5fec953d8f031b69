import { ConnectorFactory, type ConnectorClient, type UserTokenClient } from 'botframework-connector';
import type { PlatformClock } from '../../helpers/graph/platformClock.ts';
import { isLoopbackUrl } from '../../helpers/loopback.ts';

export type CreateConnector = (serviceUrl: string, audience?: string) => Promise<ConnectorClient>;

/** A connector factory backed by a function that caches. */
export class CachedConnectorFactory extends ConnectorFactory {
  readonly #create: CreateConnector;

  constructor(create: CreateConnector) {
    super();
    this.#create = create;
  }

  override create(serviceUrl: string, audience?: string): Promise<ConnectorClient> {
    return this.#create(serviceUrl, audience);
  }
}

/** How many clients are cached: a bot has one service URL per channel, and a caller that names others must not fill the memory. */
const maxEntries = 100;

/** The client for this key, created if there is none yet or if the last attempt failed. */
export async function cached<T>(clients: Map<string, Promise<T>>, key: string, create: () => Promise<T>): Promise<T> {
  const known = clients.get(key);
  if (known !== undefined) return known;
  const created = create();
  clients.set(key, created);
  for (const oldest of clients.keys()) {
    if (clients.size <= maxEntries) break;
    clients.delete(oldest);
  }
  try {
    return await created;
  } catch (error) {
    clients.delete(key);
    throw error;
  }
}

/** The part of the SDK's HTTP pipeline that is changed here. The SDK keeps it in a private field; 4.23 is the last release line. */
interface HttpPipeline {
  removePolicy(policy: { name: string }): unknown;
  addPolicy(policy: { name: string; sendRequest: (request: PipelineRequest, next: Next) => unknown }): void;
}
interface PipelineRequest {
  abortSignal?: AbortSignal;
}
interface PipelineResponse {
  headers: { get(name: string): string | undefined };
}
type Next = (request: PipelineRequest) => Promise<PipelineResponse>;

/** A client of the SDK: the generated code around the pipeline. */
interface SdkClient {
  baseUri?: string;
  client: { pipeline: HttpPipeline };
}

export interface CallLimits {
  timeoutMs: number;
  /** Makes a signal that aborts after `ms`. */
  deadline: (ms: number) => AbortSignal;
  /** Called with each token that the bot gets, to keep it out of logs. */
  gotToken?: ((token: string) => void) | undefined;
  /** Learns from the `Date` of each response. */
  platformClock?: Pick<PlatformClock, 'now' | 'learn'> | undefined;
}

/**
 * Makes this client call once only, and within a time limit. The stock client repeats a POST after a reset, so that a customer reads a
 * message twice, follows redirects, and waits for ever. No proxy is used for this machine: one from the environment would see the
 * messages and the token, and could not reach this machine.
 *
 * A call to an address on this machine where nothing listens rejects with `NobodyAtServiceUrlError`.
 */
export function hardenConnectorClient(client: ConnectorClient, limits: CallLimits): void {
  const sdkClient = client as unknown as SdkClient;
  limit(sdkClient, limits);
  const { baseUri = '' } = sdkClient;
  if (!isLoopbackUrl(baseUri)) return;
  sdkClient.client.pipeline.addPolicy({
    name: 'nobodyAtServiceUrl',
    sendRequest: async (request, next) => {
      try {
        return await next(request);
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED') {
          throw new NobodyAtServiceUrlError(baseUri);
        }
        throw error;
      }
    },
  });
}

/** The same for the token service's client; the SDK keeps the one with the pipeline in a private field. */
export function hardenUserTokenClient(client: UserTokenClient, limits: CallLimits): void {
  limit((client as unknown as { client: SdkClient }).client, limits);
}

function limit({ baseUri = '', client: { pipeline } }: SdkClient, limits: CallLimits): void {
  const { timeoutMs, deadline, platformClock } = limits;
  if (isLoopbackUrl(baseUri)) pipeline.removePolicy({ name: 'proxyPolicy' });
  pipeline.removePolicy({ name: 'defaultRetryPolicy' });
  pipeline.removePolicy({ name: 'redirectPolicy' });
  pipeline.addPolicy({
    name: 'timeLimit',
    sendRequest: async (request, next) => {
      const begunAt = platformClock?.now() ?? 0;
      // The pipeline's own limit stops counting at the first byte, so a response that trickles in would never be cut off.
      request.abortSignal = deadline(timeoutMs);
      const response = await next(request);
      platformClock?.learn(response.headers.get('date'), begunAt);
      return response;
    },
  });
}

/**
 * Nothing listens at a conversation's `serviceUrl` on this machine: the client has gone, or named an address where it does not listen.
 * The system's `code` tells that nothing was sent.
 */
class NobodyAtServiceUrlError extends Error {
  override readonly name = 'NobodyAtServiceUrl';
  readonly code = 'ECONNREFUSED';

  constructor(serviceUrl: string) {
    const { origin } = new URL(serviceUrl);
    super(
      `Nothing listens at ${origin}, which is the serviceUrl of this conversation. ` +
        'Start Bot Framework Emulator, or whichever client should get the answers, and have it name an address where it listens.',
    );
    // A stack into this program helps nobody.
    this.stack = `${this.name}: ${this.message}`;
  }
}
