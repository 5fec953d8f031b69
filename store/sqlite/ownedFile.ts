import { dirname, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { StoreUnavailableError } from '../storeErrors.ts';
import { createConnection, type Connection } from './connection.ts';
import { openDatabase } from './database.ts';
import { isMountPoint, networkFileSystemOf } from './localDisk.ts';
import { lockAsOwner, type OwnerLock } from './ownerLock.ts';
import { createRescueCopy } from './rescueCopy.ts';
import type { SqliteStoreOptions } from './sqliteStoreOptions.ts';
import { prepareFolder, realPathOf } from './storePlace.ts';
import { retryWhileBusy } from './retryWhileBusy.ts';

/** A store's file that this process alone works on. */
export interface OwnedFile {
  /** Its real path. */
  path: string;
  lock: OwnerLock;
  connection: Connection;
  close(): void;
}

/** Waits for the previous owner to end, and opens the file. @throws StoreUnavailable */
export async function openOwnedFile(path: string, options: SqliteStoreOptions): Promise<OwnedFile> {
  const { logger, now = Date.now, monotonicNow = () => performance.now(), sleep = delay, openHandle, lost } = options;
  const { ownerLimitMs = 15_000, busyLimitMs = 2_000, networkFileSystem = networkFileSystemOf } = options;
  const place = placeOf(path, networkFileSystem);
  const waiting = () => logger?.warn({}, 'another process works on the store: waiting for it to end');
  const lock = await lockAsOwner(`${place}-lock`, { limitMs: ownerLimitMs, sleep, monotonicNow, waiting });
  const connect = () =>
    createConnection({
      open: (again) => openDatabase(place, { openHandle, again, spelled: resolve(path), logger }),
      ...{ now, logger, lost },
      rescue: createRescueCopy(place, now, logger),
    });
  const connection = await retryWhileBusy(connect, { limitMs: busyLimitMs, sleep }).catch((error: unknown) => {
    lock.release();
    throw error;
  });
  const close = () => {
    connection.close();
    lock.release();
  };
  return { path: place, lock, connection, close };
}

/** The real path of a store's file. @throws StoreUnavailable if a store cannot be there */
function placeOf(path: string, networkFileSystem: (folder: string) => string | undefined): string {
  refuseNetwork(prepareFolder(path), networkFileSystem);
  const place = realPathOf(path);
  refuseNetwork(dirname(place), networkFileSystem);
  if (isMountPoint(place))
    throw new StoreUnavailableError('failed', 'the file itself is mounted: mount its folder instead');
  return place;
}

function refuseNetwork(folder: string, networkFileSystem: (folder: string) => string | undefined): void {
  const type = networkFileSystem(folder);
  if (type === undefined) return;
  throw new StoreUnavailableError(
    'failed',
    `${folder} is on a network file system, ${type}, where locks and writes are not reliable: use a folder on a local disk`,
  );
}
