import type { IncomingMessage, ServerResponse } from 'node:http';
import { pino } from 'pino';
import restify from 'restify';

/** What restify has and its type declarations lack. */
interface RestifyExtras {
  /** Handlers that run before routing; answering false ends the request there. */
  first(handler: (request: IncomingMessage & { getUrl(): unknown }, response: ServerResponse) => boolean): void;
}

/**
 * A restify server with two ways to end the process from outside closed: a malformed `Host` header and a `Content-Encoding`
 * that does not fit the body are answered before restify's own code sees them.
 *
 * Source: https://github.com/restify/node-restify/issues/2011 and https://github.com/restify/node-restify/issues/1975
 */
export function createHttpServer(): restify.Server {
  // The project logs in its own words; restify's logger would print requests with their headers.
  const log = pino({ level: 'silent' }) as unknown as restify.ServerOptions['log'];
  const server = restify.createServer({ name: '', log });
  (server as unknown as RestifyExtras).first((request, response) => {
    try {
      request.getUrl();
    } catch {
      return refuse(response, 400);
    }
    const encoding = request.headers['content-encoding'];
    return encoding === undefined || encoding === 'identity' || refuse(response, 415);
  });
  server.server.headersTimeout = 5_000;
  server.server.requestTimeout = 10_000;
  return server;
}

function refuse(response: ServerResponse, status: number): false {
  response.statusCode = status;
  response.setHeader('connection', 'close');
  response.end();
  return false;
}
