import type restify from 'restify';
import type { Settings } from '../../helpers/settings/types.ts';
import type { Store } from '../../store/store.ts';
import { createHttpServer } from './httpServer.ts';
import { isPortTaken, listen } from './listen.ts';
import { createWaitingRoom } from './waitingRoom.ts';

/** A server that listens, and the store that its requests need. */
export interface Opened {
  server: restify.Server;
  /** `http://address:port`, without a slash at the end. */
  url: string;
  store: Store;
}

/**
 * Listens first and then opens the store, which the process before this one may still hold. Requests wait until `mount` has resolved. If
 * anything fails, everything opened here is closed again.
 *
 * @throws the listening socket's error, such as `EADDRINUSE`
 */
export async function listenThenOpen<Mounted>(
  settings: Settings,
  given: Store | (() => Promise<Store>),
  mount: (opened: Opened) => Promise<Mounted>,
): Promise<Mounted> {
  const server = createHttpServer();
  const room = createWaitingRoom();
  server.pre(room.enter);
  let store: Store | undefined;
  try {
    // The process before this one may hold the port until it ends; by then it has released the store too.
    const early = await listen(server, settings).catch((error: unknown) => {
      if (!isPortTaken(error) || typeof given !== 'function') throw error;
      return undefined;
    });
    store = typeof given === 'function' ? await given() : given;
    const url = early ?? (await listen(server, settings));
    const mounted = await mount({ server, url, store });
    room.open();
    return mounted;
  } catch (error) {
    server.close();
    server.server.closeAllConnections();
    if (typeof given === 'function') await store?.close();
    throw error;
  }
}
