import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { createFrameReader } from './httpFrames.ts';

/** The other side of a bot: the Graph API and the Bot Connector, both of which say yes to everything. */
export interface Platform {
  /** `http://address:port`, without a slash at the end. */
  readonly url: string;
  /** How long each answer takes from now on, in milliseconds. */
  answerAfter(ms: number): void;
  /** Resolves when a message for this customer comes. One wait for a customer at a time. */
  replyTo(psid: string): Promise<void>;
  /** Documents to serve besides, by path. */
  readonly documents: Map<string, object>;
  /** How many messages have come. */
  replies(): number;
  close(): Promise<void>;
}

/**
 * The Graph API is `POST /v…/me/messages`, the Connector `POST /v3/conversations/{id}/activities…`.
 *
 * Source: https://developers.facebook.com/docs/messenger-platform/reference/send-api
 * Source: https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-api-reference
 */
export async function startPlatform(): Promise<Platform> {
  const documents = new Map<string, object>();
  const waiting = new Map<string, () => void>();
  const sockets = new Set<Socket>();
  let delayMs = 0;
  let replies = 0;

  function answerOf(path: string, body: Buffer): object | undefined {
    const conversation = /^\/v3\/conversations\/(\d+)-\d+\/activities/.exec(path)?.[1];
    const isSend = path.endsWith('/me/messages');
    if (conversation === undefined && !isSend) return documents.get(path);
    const psid = conversation ?? /"recipient":\{"id":"(\d+)"/.exec(body.toString('latin1'))?.[1] ?? '';
    replies += 1;
    const tell = waiting.get(psid);
    waiting.delete(psid);
    tell?.();
    return isSend ? { recipient_id: psid, message_id: `m_${replies}` } : { id: `${replies}` };
  }

  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    // A server under test that is stopped ends its connections as it likes.
    socket.on('error', () => undefined);
    const read = createFrameReader((head, body) => {
      const [, path = ''] = head.split(' ', 2);
      const answer = answerOf(path.split('?', 1)[0] ?? '', body);
      const response = responseOf(answer);
      if (delayMs === 0) socket.write(response);
      else setTimeout(() => socket.write(response), delayMs);
    });
    socket.on('data', (chunk: Buffer) => read(chunk));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}`,
    documents,
    answerAfter: (ms) => (delayMs = ms),
    replyTo: (psid) => new Promise((resolve) => waiting.set(psid, resolve)),
    replies: () => replies,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

function responseOf(answer: object | undefined): string {
  const body = JSON.stringify(answer ?? {});
  const status = answer === undefined ? '404 Not Found' : '200 OK';
  return `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
}
