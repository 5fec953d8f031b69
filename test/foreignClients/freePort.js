import { once } from 'node:events';
import { createServer } from 'node:http';
import { listenOnLoopback } from '../../emulator/http/listen.ts';

/** A port that is free now, for a bot that can be told only a number. */
export async function freePort() {
  const server = createServer();
  const port = await listenOnLoopback(server, 0);
  server.close();
  await once(server, 'close');
  return port;
}
