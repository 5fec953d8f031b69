import restify from 'restify';
import { ServerResponse, type IncomingMessage, type Server as NodeServer } from 'node:http';
import { pino } from 'pino';
import { answerJson } from './answer.ts';
import { hasBody, limitConnections, limitPipelines } from './connectionLimit.ts';
import { continueLater } from './requestBody.ts';

// restify replaces `writeHead` of Node's responses, for the whole process, with one that returns nothing. Other code in this process,
// libraries included, may chain `.end()` to it, as Node's documentation does.
const writeHead = Reflect.get(ServerResponse.prototype, 'writeHead') as (...args: unknown[]) => void;
ServerResponse.prototype.writeHead = function (this: ServerResponse, ...args: unknown[]) {
  Reflect.apply(writeHead, this, args);
  return this;
};

/** How long a client may take, in milliseconds. After that Node answers 408 and ends the connection. */
export const httpTimeLimits = {
  /** From the first byte, or from the connection when none comes, to the end of the headers. */
  headers: 5_000,
  /** The same, to the end of the body. */
  request: 10_000,
  /** How often connections are checked for both. Node's default of 30 seconds would keep slow clients that much longer. */
  check: 1_000,
} as const;

/** The most headers that are read from a request; Azure and Meta send about twenty. */
const maxHeaders = 100;

/**
 * The most connections at once. Azure and Meta need a few dozen; each costs about 20 kB, or up to 80 kB while headers or a body arrive.
 */
const maxConnections = 1_000;

/** What restify and Node have but their type declarations lack. */
interface RestifyExtras {
  /** Handlers that run before routing; returning false ends the request there. */
  first(handler: (request: RestifyRequest, response: ServerResponse) => boolean): void;
  on(event: 'checkContinue', listener: (request: IncomingMessage, response: ServerResponse) => void): void;
  on(event: 'restifyError', listener: ErrorListener): void;
  server: NodeServer & { connectionsCheckingInterval: number };
}
type RestifyRequest = IncomingMessage & { getUrl(): unknown };
type RestifyResponse = ServerResponse & {
  sendRaw(status: number, body: string, headers: Readonly<Record<string, string>>): void;
};
type ErrorListener = (request: RestifyRequest, response: RestifyResponse, cause: unknown, done: () => void) => void;

/**
 * A restify server that refuses in plain JSON without repeating the request, a version or a stack, drops slow clients, and closes the known
 * ways to attack restify: a malformed `Host` header or a `Content-Encoding` that does not fit the body ends the process, and an upgrade
 * request keeps its connection for ever.
 *
 * Source: https://github.com/restify/node-restify/issues/2011 and https://github.com/restify/node-restify/issues/1975
 */
export function createHttpServer(): restify.Server {
  // The project logs in its own words; restify's logger would print requests with their headers.
  const log = pino({ level: 'silent' }) as unknown as restify.ServerOptions['log'];
  const restifyServer = restify.createServer({ name: '', log });
  const server = restifyServer as unknown as RestifyExtras;
  server.server.headersTimeout = httpTimeLimits.headers;
  server.server.requestTimeout = httpTimeLimits.request;
  server.server.connectionsCheckingInterval = httpTimeLimits.check;
  server.server.maxHeadersCount = maxHeaders;
  limitConnections(server.server, maxConnections);
  limitPipelines(server.server);

  server.first((request, response) => {
    for (const [name, value] of plainHeaders) response.setHeader(name, value);
    const refusal = refusalOf(request);
    if (refusal === undefined) return true;
    answerJson(response, refusal.status, { error: refusal.error });
    return false;
  });
  server.on('checkContinue', (request, response) => {
    // A client that asks first may send its body once it has shown who it is, which is when the body is read.
    continueLater(request, response);
    server.server.emit('request', request, response);
  });
  server.server.on('checkExpectation', (_request, response) => {
    answerJson(response, 417, { error: 'Nothing but 100-continue can be expected.' });
  });
  // restify listens to this event even if nobody listens to restify's. Node then hands the connection over to nobody: it is never answered,
  // never times out, and closing waits for it. Without a listener the request is an ordinary one.
  server.server.removeAllListeners('upgrade');
  server.on('restifyError', (_request, response, cause, done) => {
    const { status, error } = routeRefusalOf(cause);
    const body = JSON.stringify({ error });
    const headers = { connection: 'close', 'content-type': 'application/json', 'content-length': String(body.length) };
    if (!response.headersSent) response.sendRaw(status, body, headers);
    done();
  });
  return restifyServer;
}

const plainHeaders = [
  ['cache-control', 'no-store'],
  ['x-content-type-options', 'nosniff'],
] as const;

interface Refusal {
  status: number;
  error: string;
}

/** Why a request must not reach restify's own code, or has a body that nobody would read. */
function refusalOf(request: RestifyRequest): Refusal | undefined {
  if ((request.method === 'GET' || request.method === 'HEAD') && hasBody(request)) {
    return { status: 400, error: 'A request of this method must not have a body.' };
  }
  try {
    request.getUrl();
  } catch {
    return { status: 400, error: 'The address or the Host header is malformed.' };
  }
  const encoding = request.headers['content-encoding'];
  if (encoding === undefined || encoding === 'identity') return undefined;
  return { status: 415, error: 'The body must not be compressed.' };
}

/** The refusal for a request that restify could not route, or whose route threw. */
function routeRefusalOf(cause: unknown): Refusal {
  const status = typeof cause === 'object' && cause !== null && 'statusCode' in cause ? cause.statusCode : undefined;
  if (status === 404) return { status, error: 'There is nothing at this address.' };
  if (status === 405) return { status, error: 'This address does not take this method.' };
  return { status: 500, error: 'The request could not be handled.' };
}
