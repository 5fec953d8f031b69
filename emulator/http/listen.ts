import type { Server } from 'node:http';

/** What to do when a port is taken: fail, or use the next free one. */
export type IfTaken = 'reject' | 'next';

const loopback = '127.0.0.1';
const highest = 65_535;
const tries = 100;

/**
 * Listens on 127.0.0.1 and returns the port; 0 takes any free one.
 *
 * Rejects with the system's error if the port is taken or forbidden and `ifTaken` is `reject`, and with an error that names the port if
 * no later one is free either. It does not probe first, because a probed port may be taken before it is bound.
 */
export async function listenOnLoopback(server: Server, port: number, ifTaken: IfTaken = 'reject'): Promise<number> {
  for (let next = port; next <= Math.min(port + tries, highest); next += 1) {
    try {
      await listen(server, next);
    } catch (error) {
      if (ifTaken === 'next' && isTaken(error)) continue;
      throw error;
    }
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('The server listens on no port.');
    return address.port;
  }
  throw new Error(`Port ${port} is in use and so are the ports behind it. Choose another one.`);
}

/** In use or forbidden by the system, which amounts to the same. */
function isTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'EADDRINUSE' || error.code === 'EACCES');
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void => {
      server.off('listening', succeed);
      reject(error);
    };
    const succeed = (): void => {
      server.off('error', fail);
      resolve();
    };
    server.once('error', fail);
    server.once('listening', succeed);
    server.listen(port, loopback);
  });
}
