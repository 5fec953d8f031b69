import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';

/** A port that is held from now on, for a server that listens somewhere only later. */
export interface Door {
  readonly port: number;
  /** What comes to the door goes to this port. */
  leadTo(port: number): void;
  close(): Promise<void>;
}

export async function openDoor(): Promise<Door> {
  let inside: number | undefined;
  const server = createServer((outer) => {
    const inner = connect(inside ?? 0, '127.0.0.1');
    outer.pipe(inner).pipe(outer);
    for (const socket of [outer, inner]) {
      socket.once('error', () => undefined);
      socket.once('close', () => (outer.destroy(), inner.destroy()));
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    leadTo: (port) => (inside = port),
    close: async () => {
      server.close();
      await once(server, 'close');
    },
  };
}
