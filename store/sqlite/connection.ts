import type { Logger } from '../../helpers/logging/logger.ts';
import type { StoreHealth } from '../store.ts';
import { StoreUnavailableError } from '../storeErrors.ts';
import type { Database, OpenedFile } from './database.ts';
import type { RescueCopy } from './rescueCopy.ts';
import { storeErrorFrom } from './sqliteErrors.ts';

export interface ConnectionOptions {
  /** Opens the file, or the same file again. */
  open: (again?: OpenedFile) => Database;
  now: () => number;
  logger: Logger | undefined;
  /** Saves the content of a file that the path no longer leads to. */
  rescue: RescueCopy;
  /** Another process has taken over the file. */
  lost?: (() => void) | undefined;
}

export type Read = <T>(work: (open: Database) => T) => Promise<T>;

/** The open file of a store, and whether it can be written. After a failure it is reopened for the next attempt. */
export interface Connection {
  /** The file to write to. @throws StoreUnavailable, also if the path no longer leads to the file */
  database(): Database;
  /** The file to read from. Each commit checks that it is still the right one, and no more is known before it. @throws StoreUnavailable */
  readable(): Database;
  /** Reads something. Rejects with StoreUnavailable. */
  read: Read;
  report(problem: StoreUnavailableError): void;
  /** Closes a file that failed, so that the next use opens it anew: a read may have opened it while it was still broken. */
  closeFailed(): void;
  /** A probe has shown that the file can be written again. A successful commit proves nothing: a small one may fit on a full disk. */
  recovered(): void;
  health(): StoreHealth;
  close(): void;
}

export function createConnection(options: ConnectionOptions): Connection {
  const { open, now, logger, rescue, lost = () => undefined } = options;
  let current: Database | undefined = open();
  const { opened } = current;
  let health: StoreHealth = { state: 'ok' };
  let closed = false;

  function readable(): Database {
    if (closed) throw new StoreUnavailableError('closed');
    if (isLost()) throw new StoreUnavailableError('notOwner');
    current ??= open(opened);
    if (health.state !== 'ok') current.assertInPlace();
    return current;
  }

  function database(): Database {
    const found = readable();
    found.assertInPlace();
    return found;
  }

  const isLost = (): boolean => health.state !== 'ok' && health.reason === 'notOwner';

  function report(problem: StoreUnavailableError): void {
    const { reason } = problem;
    if (reason === 'backlog' || reason === 'closed' || isLost()) return;
    if (health.state === 'ok' || health.reason !== reason) {
      logger?.error({ reason, err: problem }, 'the store cannot commit: nothing is acknowledged');
      health = { state: 'unavailable', reason, since: now() };
      if (reason === 'detached' && current !== undefined) rescue.make(current);
      if (reason === 'notOwner') lost();
    }
    closeFailed();
  }

  function closeFailed(): void {
    if (health.state === 'ok') return;
    const { reason } = health;
    // A deleted file stays open: its content would be gone with the handle.
    if (reason === 'full' || reason === 'busy' || reason === 'detached') return;
    try {
      current?.close();
    } catch (error) {
      logger?.debug({ err: storeErrorFrom(error) }, 'closing the failed store file failed too');
    }
    current = undefined;
  }

  return {
    database,
    readable,
    read: async (work) => {
      await Promise.resolve();
      try {
        return work(readable());
      } catch (error) {
        const problem = storeErrorFrom(error);
        if (problem instanceof StoreUnavailableError) report(problem);
        throw problem;
      }
    },
    report,
    closeFailed,
    recovered: () => {
      if (health.state === 'ok') return;
      logger?.info({ reason: health.reason, forMs: now() - health.since }, 'the store can commit again');
      health = { state: 'ok' };
      rescue.remove();
    },
    health: () => (closed ? { state: 'unavailable', reason: 'closed', since: now() } : health),
    close: () => {
      closed = true;
      try {
        current?.release();
      } catch (error) {
        logger?.debug({ err: storeErrorFrom(error) }, 'the ownership of the store file could not be given up');
      }
      current = undefined;
    },
  };
}
