import { createServer } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../runtime/hooks.ts';
import { httpDate, ownOriginOnly } from '../http/answer.ts';
import { answerBroken, breakConnection } from '../http/brokenAnswer.ts';
import type { BrokenBody, BrokenConnection } from '../http/brokenAnswer.ts';
import { listenOnLoopback, type IfTaken } from '../http/listen.ts';
import { refuseUnlessLoopback } from '../http/loopbackOnly.ts';
import { readBytes, UnreadableBodyError } from '../http/requestBody.ts';

export interface HttpRequest {
  method: string;
  /** As it was sent: not decoded. */
  path: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  /** The bytes as they arrived; signatures are made over these. */
  body: Buffer;
}

export interface HttpAnswer {
  status: number;
  /** Sent as JSON. */
  json?: unknown;
  /** Sent as plain text. */
  text?: string;
  headers?: Record<string, string>;
  /** Instead of an answer. */
  connection?: BrokenConnection;
  /** The answer does not arrive as it is. */
  spoiled?: { body: BrokenBody; pace: (ms: number) => Promise<void> };
  /** Called once the answer is out, or the caller is gone. */
  afterwards?: () => void;
}

export interface HttpServer {
  port: number;
  /** Stops listening and drops every open connection. */
  close(): Promise<void>;
}

const MAX_BODY_BYTES = 1_000_000;

const unlessUnreadable = (error: unknown): UnreadableBodyError => {
  if (error instanceof UnreadableBodyError) return error;
  throw error;
};

const write = (response: ServerResponse, answer: HttpAnswer): void => {
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
};

export interface HttpServerOptions {
  portTaken?: IfTaken | undefined;
  /** Whose time answers tell. Default: the machine's. */
  clock?: Clock;
}

/** Serves on 127.0.0.1. Port 0 takes any free one. Rejects as `listenOnLoopback` does. */
export const startHttpServer = async (
  port: number,
  handle: (request: HttpRequest) => Promise<HttpAnswer>,
  { portTaken, clock = Date.now }: HttpServerOptions = {},
): Promise<HttpServer> => {
  const answer = async (request: IncomingMessage): Promise<HttpAnswer> => {
    const refusal = refuseUnlessLoopback(request);
    if (refusal !== undefined) return { status: 403, text: refusal, headers: { connection: 'close' } };
    const body = await readBytes(request, MAX_BODY_BYTES).catch(unlessUnreadable);
    if (body instanceof UnreadableBodyError) {
      return { status: body.status, text: body.message, headers: { connection: 'close' } };
    }
    const target = request.url ?? '/';
    const question = target.indexOf('?');
    return handle({
      method: request.method ?? 'GET',
      path: question < 0 ? target : target.slice(0, question),
      query: new URLSearchParams(question < 0 ? '' : target.slice(question + 1)),
      headers: request.headers,
      body,
    });
  };

  const server = createServer((request, response) => {
    response.setHeader('date', httpDate(clock()));
    answer(request).then(
      (result) => write(response, result),
      // The caller went away in the middle, or this is a fault of the emulator; neither may stop the server.
      () => write(response, { status: 500, text: 'The emulator failed.' }),
    );
  });
  const taken = await listenOnLoopback(server, port, portTaken);

  return {
    port: taken,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
