import type { Logger } from '../../helpers/logger.ts';
import type { StoreHealth } from '../store.ts';
import { StoreUnavailable } from '../storeErrors.ts';
import type { Database } from './database.ts';
import { storeErrorFrom } from './sqliteErrors.ts';

export interface ConnectionOptions {
  open: () => Database;
  now: () => number;
  logger: Logger | undefined;
  /** Another file stands in the place of the one that was open. */
  replaced: () => void;
}

export type Read = <T>(work: (open: Database) => T) => Promise<T>;

/** The open file of a store, and whether it can be written. A file that failed is opened anew for the next attempt. */
export interface Connection {
  /** @throws StoreUnavailable */
  database(): Database;
  /** Looks something up. Rejects with StoreUnavailable. */
  read: Read;
  report(problem: StoreUnavailable): void;
  /** The file has been tried and can be written again. One commit that went well is no proof: a small one does so on a full disk. */
  recovered(): void;
  health(): StoreHealth;
  close(): void;
}

export function createConnection({ open, now, logger, replaced }: ConnectionOptions): Connection {
  let current: Database | undefined = open();
  let storeId = current.storeId;
  let health: StoreHealth = { state: 'ok' };
  let closed = false;

  function database(): Database {
    if (closed) throw new StoreUnavailable('closed');
    if (current === undefined) {
      current = open();
      if (current.storeId !== storeId) {
        storeId = current.storeId;
        replaced();
      }
    }
    return current;
  }

  function report(problem: StoreUnavailable): void {
    if (problem.reason === 'backlog' || problem.reason === 'closed') return;
    if (health.state === 'ok' || health.reason !== problem.reason) {
      logger?.error({ reason: problem.reason, err: problem }, 'the store cannot commit: nothing is acknowledged');
      health = { state: 'unavailable', reason: problem.reason, since: now() };
    }
    if (problem.reason === 'full' || problem.reason === 'busy') return;
    try {
      current?.close();
    } catch (error) {
      logger?.debug({ err: storeErrorFrom(error) }, 'closing the failed store file failed too');
    }
    current = undefined;
  }

  return {
    database,
    read: async (work) => {
      await Promise.resolve();
      try {
        return work(database());
      } catch (error) {
        const problem = storeErrorFrom(error);
        if (problem instanceof StoreUnavailable) report(problem);
        throw problem;
      }
    },
    report,
    recovered: () => {
      if (health.state === 'ok') return;
      logger?.info({ reason: health.reason, forMs: now() - health.since }, 'the store can commit again');
      health = { state: 'ok' };
    },
    health: () => (closed ? { state: 'unavailable', reason: 'closed', since: now() } : health),
    close: () => {
      closed = true;
      current?.close();
      current = undefined;
    },
  };
}
