import { once } from 'node:events';
import type { ListenOptions } from 'node:net';
import type restify from 'restify';
import { isLoopbackHost } from '../../helpers/loopback.ts';
import type { Settings } from '../../helpers/settings/types.ts';
import { StartProblemError } from '../../helpers/startProblem.ts';

/** The file descriptor that systemd, and anything compatible, hands over for the first `ListenStream` of a socket unit. */
const inheritedFd = 3;

/**
 * Listens where the settings say. Returns the address, `http://address:port`.
 *
 * Source: https://nodejs.org/api/net.html#serverlistenoptions-callback and
 * https://www.freedesktop.org/software/systemd/man/latest/sd_listen_fds.html
 *
 * @throws the listening socket's error, such as `EADDRINUSE`
 * @throws {StartProblemError} if the bot cannot or must not use the socket
 */
export async function listen(server: restify.Server, settings: Settings): Promise<string> {
  const { port, host, listenSocket, bot, webhook } = settings;
  const inherited = listenSocket === 'inherited';
  const listening = once(server, 'listening');
  // restify passes its arguments on to Node; its type declarations lack this form.
  const listenWith = server.listen.bind(server) as unknown as (options: ListenOptions & { fd?: number }) => void;
  listenWith(inherited ? { fd: inheritedFd } : { port, host, reusePort: listenSocket === 'shared' });
  await listening.catch((error: unknown) => {
    throw explain(error, listenSocket) ?? error;
  });
  const found = server.server.address();
  if (found === null || typeof found === 'string') throw notInherited('no TCP socket');
  const { address, family } = found;
  if (inherited && bot.authentication === 'none' && webhook === undefined && !isLoopbackHost(address)) {
    throw new StartProblemError(
      `The inherited socket listens on ${address}, and without credentials only this machine may reach the bot.`,
    );
  }
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${found.port}`;
}

export function isPortTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
}

function explain(error: unknown, listenSocket: Settings['listenSocket']): StartProblemError | undefined {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (listenSocket === 'inherited') return notInherited(code);
  if (listenSocket === 'shared' && code === 'ENOTSUP') {
    return new StartProblemError('This system cannot share a port among processes (ENOTSUP): set ListenSocket to own.');
  }
  return undefined;
}

function notInherited(cause: string): StartProblemError {
  return new StartProblemError(
    `File descriptor ${inheritedFd} is not a listening socket (${cause}): start the bot from a systemd socket, or set ListenSocket to own.`,
  );
}
