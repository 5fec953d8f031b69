import type { Server } from 'node:http';

/** What becomes of a port that is taken: the start fails, or the next port that is free is as good. */
export type IfTaken = 'reject' | 'next';

const loopback = '127.0.0.1';
const highest = 65_535;
const tries = 100;

/**
 * Listens on 127.0.0.1. The answer is the port; 0 takes any free one.
 *
 * Rejects with the system's error when the port is taken or forbidden and no other one will do, and with a sentence when none is free.
 * A free port is never looked for first: whoever looks and binds afterwards can lose it to somebody in between.
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

/** In use, or forbidden by the system, which comes to the same. */
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
