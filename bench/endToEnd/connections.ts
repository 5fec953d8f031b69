import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createFrameReader } from './httpFrames.ts';

/** One keep-alive connection on which requests follow each other. */
export interface Connection {
  /** Sends a whole request and answers the status of its response. One at a time. */
  send(request: Buffer): Promise<number>;
  close(): void;
}

interface Pending {
  resolve: (status: number) => void;
  reject: (error: Error) => void;
}

/** @throws the socket's error when nobody listens */
export async function openConnection({ hostname, port }: URL): Promise<Connection> {
  let pending: Pending | undefined;
  let socket = await open();

  function fail(error: Error): void {
    pending?.reject(error);
    pending = undefined;
  }

  async function open(): Promise<Socket> {
    const opened = connect({ host: hostname, port: Number(port), noDelay: true });
    await once(opened, 'connect');
    const read = createFrameReader((head) => {
      const { resolve } = pending ?? {};
      pending = undefined;
      resolve?.(Number(head.slice(9, 12)));
    });
    opened.on('data', (chunk: Buffer) => read(chunk));
    opened.on('error', fail);
    opened.on('close', () => fail(new Error('The server closed a connection in the middle of the measurement.')));
    return opened;
  }

  return {
    send: async (request) => {
      // A server ends connections on which nothing came for some seconds.
      if (socket.destroyed || socket.readableEnded) socket = await open();
      return new Promise((resolve, reject) => {
        pending = { resolve, reject };
        socket.write(request);
      });
    },
    close: () => socket.destroy(),
  };
}
