import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Logger } from '../helpers/logging/logger.ts';
import { isLoopbackAuthority, isLoopbackHost } from '../helpers/loopback.ts';
import type { Settings } from '../helpers/settings/types.ts';
import { explainListening } from '../helpers/startProblem.ts';
import { hasBody, limitConnections } from '../adapters/http/connectionLimit.ts';
import { httpTimeLimits } from '../adapters/http/httpServer.ts';
import type { Metrics } from './metrics.ts';
import { sendText } from '../adapters/http/answer.ts';

export interface MetricsServerOptions {
  /** 0 means any free port. */
  port: number;
  /** The address to listen on. Default: 127.0.0.1. */
  host?: string;
  metrics: Pick<Metrics, 'contentType' | 'text'>;
  logger: Logger;
}

export interface MetricsServer {
  /** Where the metrics are. */
  url: string;
  close(): Promise<void>;
}

/** Enough for a Prometheus or two and a few curious people. */
const maxConnections = 50;

/**
 * `GET /metrics` and nothing else, on 127.0.0.1 unless another address is set: the figures are for whoever runs this machine. A web page in a
 * browser here can make any name point to 127.0.0.1, so on loopback the `Host` header must name this machine.
 *
 * @throws the listening socket's error, such as `EADDRINUSE`
 */
export async function startMetricsServer(options: MetricsServerOptions): Promise<MetricsServer> {
  const { port, host = '127.0.0.1', metrics, logger } = options;
  const isForThisMachine = isLoopbackHost(host);

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method, url, headers } = request;
    response.setHeader('cache-control', 'no-store');
    response.setHeader('x-content-type-options', 'nosniff');
    if (hasBody(request)) response.setHeader('connection', 'close');
    if (isForThisMachine && !isLoopbackAuthority(headers.host)) {
      sendText(response, 403, 'This is for this machine only.\n');
    } else if (method !== 'GET' || url?.split('?', 1)[0] !== '/metrics') {
      sendText(response, 404, 'There is nothing at this address.\n');
    } else {
      const text = await metrics.text();
      response.setHeader('content-type', metrics.contentType);
      response.end(text);
    }
  }

  const server = createServer({ connectionsCheckingInterval: httpTimeLimits.check }, (request, response) => {
    answer(request, response).catch((error: unknown) => {
      logger.error({ err: error }, 'the metrics could not be printed');
      sendText(response, 500, 'The metrics could not be printed.\n');
    });
  });
  server.headersTimeout = httpTimeLimits.headers;
  server.requestTimeout = httpTimeLimits.request;
  limitConnections(server, maxConnections);
  const listening = once(server, 'listening');
  server.listen(port, host);
  await listening;
  const { port: taken, address, family } = server.address() as AddressInfo;
  return {
    url: `http://${family === 'IPv6' ? `[${address}]` : address}:${taken}/metrics`,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/**
 * The metrics port of a bot, for as long as the bot runs.
 *
 * @throws StartProblemError if the port is not available: the bot does not start without it
 */
export async function openMetricsPort(
  metrics: Metrics,
  { metricsPort = 0, metricsHost }: Pick<Settings, 'metricsPort' | 'metricsHost'>,
  logger: Logger,
): Promise<MetricsServer> {
  try {
    const server = await startMetricsServer({ port: metricsPort, host: metricsHost, metrics, logger });
    return { url: server.url, close: () => server.close().finally(metrics.close) };
  } catch (error) {
    metrics.close();
    throw explainListening(error, 'MetricsPort') ?? error;
  }
}
