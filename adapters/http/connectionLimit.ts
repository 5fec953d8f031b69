import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Lets the server have so many connections at once. One more ends the connection on which the server has been waiting for longest: for
 * a request, for its headers or for its body. So those who hold connections on purpose push out each other, and a request that is
 * complete is never cut off.
 *
 * Node's own `maxConnections` turns away whoever comes last, and so everybody but those who hold the connections.
 */
export function limitConnections(server: Server, max: number): void {
  const open = new Set<Socket>();
  /** The connections on which the server waits, the one that has been waiting for longest first. */
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
    // It is counted out at once: its `close` comes later, and others may come before.
    open.delete(longest);
    waiting.delete(longest);
    longest.destroy();
  });
  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    const { socket } = request;
    waitAgain(socket);
    // Node has said `end` of a request without a body only once somebody reads it.
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

/** More requests than this do not wait for their answers on one connection. Neither Azure nor Meta sends any before it has its answer. */
const deepestPipeline = 16;

const unanswered = new WeakMap<Socket, number>();

/**
 * Ends a connection on which too many requests are unanswered. Each costs memory until those before it are answered, and 64 kB of the
 * wire hold two thousand of them. They are all read before the connection is gone, so none of them gets to whoever listens already.
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
