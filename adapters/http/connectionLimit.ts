import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Limits the server to `max` connections at once. One more closes the connection that the server has waited on longest: for a request, its
 * headers or its body. So those who hold connections on purpose push each other out, and a complete request is never cut off.
 *
 * Node's own `maxConnections` turns away newcomers, which is everybody but those who hold the connections.
 */
export function limitConnections(server: Server, max: number): void {
  const open = new Set<Socket>();
  /** The connections that the server is waiting on, longest first. */
  const waiting = new Set<Socket>();

  function waitAgain(socket: Socket): void {
    waiting.delete(socket);
    if (open.has(socket)) waiting.add(socket);
  }

  server.on('connection', (socket) => {
    open.add(socket);
    waiting.add(socket);
    socket.once('close', () => {
      open.delete(socket);
      waiting.delete(socket);
    });
    if (open.size <= max) return;
    const [longest] = waiting;
    if (longest === undefined) return;
    // Remove it now: its `close` comes later, and other connections may arrive before that.
    open.delete(longest);
    waiting.delete(longest);
    longest.destroy();
  });
  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    const { socket } = request;
    waitAgain(socket);
    // Node emits `end` for a request without a body only once it is read.
    if (request.complete || !hasBody(request)) waiting.delete(socket);
    else request.once('end', () => waiting.delete(socket));
    response.once('close', () => waitAgain(socket));
  };
  server.prependListener('request', onRequest);
}

/** Whether these headers announce a body. */
export function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) !== 0;
}

/** The most unanswered requests on one connection. Azure and Meta wait for each response before they send the next request. */
const deepestPipeline = 16;

const unanswered = new WeakMap<Socket, number>();

/**
 * Closes a connection with too many unanswered requests. Each costs memory until those before it are answered, and 64 kB can hold two
 * thousand of them. They are all read before the connection is gone, so this comes before the listeners that are there already.
 */
export function limitPipelines(server: Server): void {
  const listeners = server.listeners('request');
  server.removeAllListeners('request');
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    if (isPipelinedTooDeep(request, response)) request.socket.destroy();
    else for (const listener of listeners) Reflect.apply(listener, server, [request, response]);
  });
}

function isPipelinedTooDeep({ socket }: IncomingMessage, response: ServerResponse): boolean {
  const count = (unanswered.get(socket) ?? 0) + 1;
  if (socket.destroyed || count > deepestPipeline) return true;
  unanswered.set(socket, count);
  response.once('close', () => unanswered.set(socket, (unanswered.get(socket) ?? 1) - 1));
  return false;
}
