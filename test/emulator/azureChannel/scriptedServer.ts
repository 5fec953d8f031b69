import { createServer } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The fields of activities and Send API calls that tests look at; the whole is compared where it matters. */
export interface SeenBody {
  type?: string;
  name?: string;
  text?: string;
  serviceUrl?: string;
  recipient?: { id: string };
  message?: { text?: string; quick_replies?: unknown[]; metadata?: string };
}

export interface Call {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: SeenBody;
}

export interface ScriptedAnswer {
  status?: number;
  location?: string;
  headers?: Record<string, string>;
  json?: unknown;
}

/** A server on loopback that notes each call and answers as told; the script may wait, or throw to break the connection. */
export const startScriptedServer = async (script: (call: Call) => ScriptedAnswer | Promise<ScriptedAnswer>) => {
  const calls: Call[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8');
      const call: Call = {
        method: request.method!,
        path: request.url!,
        headers: request.headers,
        body: JSON.parse(text === '' ? '{}' : text) as SeenBody,
      };
      calls.push(call);
      Promise.resolve(call)
        .then(script)
        .then(
          ({ status = 200, json = {}, location, headers }) => {
            response.writeHead(status, {
              'content-type': 'application/json',
              ...(location && { location }),
              ...headers,
            });
            response.end(JSON.stringify(json));
          },
          () => response.destroy(),
        );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

export type ScriptedServer = Awaited<ReturnType<typeof startScriptedServer>>;
