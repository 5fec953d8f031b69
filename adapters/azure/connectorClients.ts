import { ConnectorFactory, type ConnectorClient, type UserTokenClient } from 'botframework-connector';
import type { PlatformClock } from '../../helpers/graph/platformClock.ts';
import { isLoopbackUrl } from '../../helpers/loopback.ts';

export type CreateConnector = (serviceUrl: string, audience?: string) => Promise<ConnectorClient>;

/** A connector factory that is one function. */
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

/** How many clients are kept: a bot has one service URL per channel, a caller who could name others must not fill the memory. */
const maxEntries = 100;

/** The client of this key, created when there is none yet or the last attempt failed. */
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

/** The part of the SDK's HTTP pipeline that is changed. The SDK keeps it in a private field; 4.23 is its last line. */
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
  /** A signal that aborts after so many milliseconds. */
  deadline: (ms: number) => AbortSignal;
  /** Is told each token that the bot gets, so that it is kept out of logs. */
  gotToken?: ((token: string) => void) | undefined;
  /** Learns from the `Date` of each answer. */
  platformClock?: Pick<PlatformClock, 'now' | 'learn'> | undefined;
}

/**
 * Makes every call of this client once and within a time limit. The stock client repeats a POST after a reset, so that a
 * customer reads a message twice, sends it again where a redirect tells it to, and waits for ever. Towards this machine no
 * proxy is used: one that the environment names would read the messages and the token, and does not find this machine.
 *
 * A call to an address of this machine at which nobody listens rejects with `NobodyAtServiceUrl`.
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

/** The same for the client of the token service; the SDK keeps the one with the pipeline in a private field. */
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
      // The pipeline's own time limit ends with the first byte of the answer, which one that drips never gets beyond.
      request.abortSignal = deadline(timeoutMs);
      const response = await next(request);
      platformClock?.learn(response.headers.get('date'), begunAt);
      return response;
    },
  });
}

/**
 * Nothing listens at the `serviceUrl` of a conversation on this machine: whoever wrote from there has ended, or told an address at
 * which it does not listen. Its `code` is the system's, so that it is known that nothing was sent.
 */
export class NobodyAtServiceUrlError extends Error {
  override readonly name = 'NobodyAtServiceUrl';
  readonly code = 'ECONNREFUSED';

  constructor(serviceUrl: string) {
    const { origin } = new URL(serviceUrl);
    super(
      `Nothing listens at ${origin}, which is the serviceUrl of this conversation. ` +
        'Start Bot Framework Emulator, or what else is to hear the answers, and let it write from where it listens.',
    );
    // Where in this program the call was made helps nobody.
    this.stack = `${this.name}: ${this.message}`;
  }
}
