import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  readonly bytes: Buffer;
  readonly headers: IncomingHttpHeaders;
  readonly body: { object: string; entry: Record<string, unknown>[] };
}

/** A bot's webhook as a test sees it: answers the handshake, keeps what it got, and answers as it is told. */
export interface Callback {
  readonly url: string;
  readonly received: Received[];
  /** Statuses of the next answers; afterwards 200. */
  readonly statuses: number[];
  /** Runs before each answer. */
  beforeAnswer: () => Promise<void>;
  challengeAnswer: (challenge: string) => string;
  close(): Promise<void>;
}

export async function startCallback(): Promise<Callback> {
  const received: Received[] = [];
  const statuses: number[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://callback');
    if (request.method === 'GET') {
      response.end(callback.challengeAnswer(url.searchParams.get('hub.challenge') ?? ''));
      return;
    }
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const bytes = Buffer.concat(chunks);
      received.push({ bytes, headers: request.headers, body: JSON.parse(bytes.toString()) as Received['body'] });
      void callback.beforeAnswer().then(() => {
        // Not in one chain: once restify is loaded, writeHead returns nothing.
        response.writeHead(statuses.shift() ?? 200);
        response.end();
      });
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const callback: Callback = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhook`,
    received,
    statuses,
    beforeAnswer: () => Promise.resolve(),
    challengeAnswer: (challenge) => challenge,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return callback;
}
