import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';

export interface RelayOptions {
  /** Where the bot is now; resolves late while it is coming back. */
  target: () => Promise<string>;
  /**
   * Who delivers again what the bot did not acknowledge. The emulated Messenger does it by itself. Azure Bot Service is not known to
   * do it, and the emulated one does not, so there it is the relay.
   */
  redelivery: 'bySender' | 'byRelay';
  /** Whether what a request holds is delivered again at all. Default: everything is. */
  isWorthAnother?: (body: string) => boolean;
  /** Whether an acknowledged request goes to the bot once more. */
  twice: () => boolean;
  /** A moment at which the bot may be killed: before a request reaches it, when it was handed over, and when it was answered. */
  moment: () => void;
}

/** An address that stays, in front of a bot that is killed and comes back on another port. */
export async function startRelay(options: RelayOptions): Promise<{ url: string; close: () => Promise<void> }> {
  const { target, redelivery, isWorthAnother = () => true, twice, moment } = options;

  async function forward(request: IncomingMessage, body: Uint8Array<ArrayBuffer>): Promise<Response> {
    const url = `${await target()}${request.url ?? '/'}`;
    const names = ['authorization', 'content-type', 'x-hub-signature', 'x-hub-signature-256'] as const;
    const headers = names.flatMap((name): [string, string][] => {
      const value = request.headers[name];
      return typeof value === 'string' ? [[name, value]] : [];
    });
    moment();
    const { method = 'GET' } = request;
    const answer = fetch(url, method === 'GET' ? { headers } : { method, headers, body });
    setImmediate(moment);
    const response = await answer;
    moment();
    return response;
  }

  /** The last request of each conversation: what is delivered again does not overtake what came before it. */
  const lanes = new Map<string, Promise<void>>();

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = new Uint8Array(await buffer(request));
    const [, conversation] = /"conversation":\{"id":"([^"]+)"/.exec(Buffer.from(body).toString()) ?? [];
    if (redelivery === 'bySender' || conversation === undefined) return deliver(request, body, response);
    const before = lanes.get(conversation) ?? Promise.resolve();
    const delivered = before.then(() => deliver(request, body, response));
    lanes.set(
      conversation,
      delivered.catch(() => undefined),
    );
    await delivered;
  }

  async function deliver(
    request: IncomingMessage,
    body: Uint8Array<ArrayBuffer>,
    response: ServerResponse,
  ): Promise<void> {
    for (;;) {
      const answer = await forward(request, body).catch(() => undefined);
      if (redelivery === 'byRelay' && answer?.ok !== true && isWorthAnother(Buffer.from(body).toString())) {
        await answer?.arrayBuffer();
        await delay(50);
        continue;
      }
      if (answer === undefined) {
        response.socket?.destroy();
        return;
      }
      response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'text/plain' });
      response.end(new Uint8Array(await answer.arrayBuffer()));
      break;
    }
    if (request.method === 'POST' && twice()) await forward(request, body).then((again) => again.arrayBuffer());
  }

  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.socket?.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
