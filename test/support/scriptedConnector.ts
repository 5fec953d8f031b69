import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

export interface ReceivedActivity {
  path: string;
  authorization: string | undefined;
  body: Record<string, unknown>;
}

/** Answers one activity; the default says yes. */
export type ConnectorScript = (request: IncomingMessage, response: ServerResponse) => void;

// No `writeHead(…).end(…)`: restify changes Node's ServerResponse for the whole process, and its writeHead returns nothing.
const sayYes: ConnectorScript = (_request, response) => {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ id: 'sent' }));
};

/** A Bot Connector on loopback that keeps what it is sent and answers as it is told. */
export async function startScriptedConnector() {
  const received: ReceivedActivity[] = [];
  let script: ConnectorScript = sayYes;
  const server = createServer((request, response) => {
    void json(request).then((body) => {
      received.push({
        path: request.url ?? '',
        authorization: request.headers.authorization,
        body: body as ReceivedActivity['body'],
      });
      script(request, response);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    serviceUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    received,
    texts: () => received.map(({ body }) => body['text']),
    answerWith: (next: ConnectorScript) => (script = next),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
