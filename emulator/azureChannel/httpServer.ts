import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../runtime/hooks.ts';
import { ownOriginOnly } from '../http/answer.ts';
import { answerBroken, breakConnection } from '../http/brokenAnswer.ts';
import type { BrokenBody, BrokenConnection } from '../http/brokenAnswer.ts';
import type { IfTaken } from '../http/listen.ts';
import { startLoopbackServer, type LoopbackServer } from '../http/loopbackServer.ts';
import { readBytes, UnreadableBodyError } from '../http/requestBody.ts';

export interface HttpRequest {
  readonly method: string;
  /** As it was sent: not decoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** The bytes as they arrived; signatures are made over these. */
  readonly body: Buffer;
}

export interface HttpAnswer {
  readonly status: number;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as plain text. */
  readonly text?: string;
  readonly headers?: Record<string, string>;
  /** Instead of an answer. */
  readonly connection?: BrokenConnection;
  /** The answer does not arrive as it is. */
  readonly spoiled?: { body: BrokenBody; pace: (ms: number) => Promise<void> };
  /** Called once the answer is out, or the caller is gone. */
  readonly afterwards?: () => void;
}

const maxBodyBytes = 1_000_000;

function unlessUnreadable(error: unknown): UnreadableBodyError {
  if (error instanceof UnreadableBodyError) return error;
  throw error;
}

function write(response: ServerResponse, answer: HttpAnswer): void {
  if (answer.afterwards !== undefined) response.once('close', answer.afterwards);
  const body = answer.json === undefined ? (answer.text ?? '') : JSON.stringify(answer.json);
  if (answer.connection !== undefined) {
    breakConnection(response, answer.connection);
    return;
  }
  if (answer.spoiled !== undefined) {
    const { body: how, pace } = answer.spoiled;
    void answerBroken(response, how, { status: answer.status, body, headers: answer.headers ?? {} }, pace);
    return;
  }
  const type = answer.json === undefined ? 'text/plain; charset=utf-8' : 'application/json; charset=utf-8';
  response.writeHead(answer.status, { 'content-type': type, ...ownOriginOnly, ...answer.headers });
  response.end(body);
}

export interface HttpServerOptions {
  readonly portTaken?: IfTaken | undefined;
  /** The time that answers tell. Default: the machine's. */
  readonly clock?: Clock;
  /** Called with an error of `handle`, which the caller gets as a 500. */
  readonly failed?: (error: unknown) => void;
  /** As of `LoopbackServerOptions`. */
  readonly alsoFor?: readonly string[];
  readonly refused?: (request: IncomingMessage, because: string) => void;
}

/** Serves answers as data, on 127.0.0.1. Port 0 takes any free one. Rejects as `listenOnLoopback` does. */
export function startHttpServer(
  port: number,
  handle: (request: HttpRequest) => Promise<HttpAnswer>,
  { portTaken, clock = Date.now, failed = () => undefined, alsoFor = [], refused }: HttpServerOptions = {},
): Promise<LoopbackServer> {
  return startLoopbackServer({
    port,
    portTaken,
    clock,
    failed,
    alsoFor,
    ...(refused === undefined ? {} : { refused }),
    async serve(incoming, response) {
      const request = await readRequest(incoming);
      write(response, request instanceof UnreadableBodyError ? refusalOf(request) : await handle(request));
    },
  });
}

const refusalOf = ({ status, message }: UnreadableBodyError): HttpAnswer => ({
  status,
  text: message,
  headers: { connection: 'close' },
});

async function readRequest(incoming: IncomingMessage): Promise<HttpRequest | UnreadableBodyError> {
  const body = await readBytes(incoming, maxBodyBytes).catch(unlessUnreadable);
  if (body instanceof UnreadableBodyError) return body;
  const { method = 'GET', url = '/', headers } = incoming;
  const [path = '/'] = url.split('?', 1);
  return { method, path, query: new URLSearchParams(url.slice(path.length + 1)), headers, body };
}
