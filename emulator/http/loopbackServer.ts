import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Clock } from '../runtime/hooks.ts';
import { answerJson, httpDate } from './answer.ts';
import { listenOnLoopback, type IfTaken } from './listen.ts';
import { refuseUnlessLoopback } from './loopbackOnly.ts';

export interface LoopbackServerOptions {
  /** 0 takes any free port. */
  readonly port: number;
  readonly portTaken?: IfTaken | undefined;
  /** The time of the `Date` header. */
  readonly clock: Clock;
  /** Names of hosts in whose place this server is, but for what is below `/_emulator`. Default: none. */
  readonly alsoFor?: readonly string[];
  /** Called with each request that is refused for its host or its origin. */
  readonly refused?: (request: IncomingMessage, because: string) => void;
  readonly serve: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  /** Called when `serve` rejects; the caller gets a 500. */
  readonly failed: (error: unknown) => void;
}

export interface LoopbackServer {
  readonly port: number;
  /** Stops listening and drops every open connection. */
  close(): Promise<void>;
}

/** Serves programs and pages of this machine only, on 127.0.0.1. Rejects as `listenOnLoopback` does. */
export async function startLoopbackServer(options: LoopbackServerOptions): Promise<LoopbackServer> {
  const server = createServer((request, response) => {
    response.setHeader('date', httpDate(options.clock()));
    const alsoFor = request.url?.startsWith('/_emulator') === true ? [] : options.alsoFor;
    const refusal = refuseUnlessLoopback(request, alsoFor);
    if (refusal !== undefined) {
      options.refused?.(request, refusal);
      answerJson(response, 403, { error: refusal }, { connection: 'close' });
      return;
    }
    options.serve(request, response).catch((error: unknown) => {
      options.failed(error);
      answerJson(response, 500, { error: 'The emulator itself failed; its event stream says more.' });
    });
  });
  const port = await listenOnLoopback(server, options.port, options.portTaken);
  return {
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
