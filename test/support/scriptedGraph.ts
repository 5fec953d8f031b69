import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** What the server does with one request. */
export type Script =
  | { status?: number; headers?: Record<string, string>; json?: unknown; text?: string }
  /** Closes the connection without an answer. */
  | 'reset'
  /** Announces more than it sends, then closes the connection. */
  | 'cut'
  /** Never answers. */
  | 'silence'
  /** Sends a little now and then, and never all of it. */
  | 'drip';

export interface RecordedCall {
  method: string;
  path: string;
  query: URLSearchParams;
  url: string;
  headers: IncomingHttpHeaders;
  body: string;
}

export interface ScriptedGraph {
  url: string;
  /** Every request so far, in order. */
  calls: RecordedCall[];
  /** Aborts once the next request is here, and its answer has begun where it is to begin. */
  untilNextCall(): AbortSignal;
  close(): Promise<void>;
}

/** A server that answers one request after the other as the script says, and 500 without a body when it has ended. */
export async function scriptedGraph(...scripts: Script[]): Promise<ScriptedGraph> {
  const rest = [...scripts];
  return routedGraph(() => rest.shift());
}

/** A server that answers each request as it is told for that one, and 500 without a body when it is told nothing. */
export async function routedGraph(scriptOf: (call: RecordedCall) => Script | undefined): Promise<ScriptedGraph> {
  const calls: RecordedCall[] = [];
  const waiting: AbortController[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1');
      const call = {
        method: request.method ?? '',
        path: pathname,
        query: searchParams,
        url: request.url ?? '',
        headers: request.headers,
        body,
      };
      calls.push(call);
      play(scriptOf(call), response, () => {
        for (const controller of waiting.splice(0)) controller.abort();
      });
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    untilNextCall: () => {
      const controller = new AbortController();
      waiting.push(controller);
      return controller.signal;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function play(script: Script | undefined, response: ServerResponse, begun: () => void): void {
  if (script === 'silence') {
    begun();
  } else if (script === 'reset') {
    response.socket?.destroy();
  } else if (script === 'drip') {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.write(' ', begun);
    const timer = setInterval(() => response.write(' '), 20);
    response.once('close', () => clearInterval(timer));
  } else if (script === 'cut') {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
    response.write('{"success":', () => response.socket?.destroy());
  } else {
    response.writeHead(script?.status ?? (script === undefined ? 500 : 200), {
      'content-type': 'application/json; charset=UTF-8',
      ...script?.headers,
    });
    response.end(script?.text ?? (script?.json === undefined ? '' : JSON.stringify(script.json)));
  }
}
