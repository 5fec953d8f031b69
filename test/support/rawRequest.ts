import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';

/** What came back over one connection, up to its end. */
export interface RawAnswer {
  /** The statuses of all answers, in order. */
  statuses: number[];
  /** Everything, as it came. */
  text: string;
  /** The body of the last answer, as JSON; undefined when it has none. */
  json: unknown;
}

/** Opens a connection on which a test says what it likes. */
export function connectTo(url: string): Socket {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.on('error', () => undefined);
  return socket;
}

/** Sends these bytes and reads until the server ends the connection. */
export async function rawRequest(url: string, bytes: string | Buffer): Promise<RawAnswer> {
  const socket = connectTo(url);
  socket.write(bytes);
  return readAnswer(socket);
}

export async function readAnswer(socket: Socket): Promise<RawAnswer> {
  const all = await text(socket);
  const statuses = [...all.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
  const body = all.slice(all.lastIndexOf('\r\n\r\n') + 4);
  return { statuses, text: all, json: /^[{[]/.test(body) ? JSON.parse(body) : undefined };
}
