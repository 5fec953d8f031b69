import type { Logger } from '../helpers/logging/logger.ts';
import type { Settings } from '../helpers/settings/types.ts';
import { StartProblemError } from '../helpers/startProblem.ts';
import { createMemoryStore } from './memory/memoryStore.ts';
import { openSqliteStore } from './sqlite/sqliteStore.ts';
import type { Store } from './store.ts';
import { explainOpening, StoreUnavailableError } from './storeErrors.ts';

/**
 * Opens the store that the settings name.
 *
 * @param lost called once another process has taken the store over: this process can then commit nothing more
 * @throws StartProblemError if it cannot be opened
 */
export async function openStore(settings: Settings, logger: Logger, lost?: () => void): Promise<Store> {
  const { path, maxWaiting } = settings.store;
  const options = { maxWaiting, logger };
  if (path === ':memory:') return createMemoryStore(options);
  try {
    return await openSqliteStore(path, { ...options, lost });
  } catch (err) {
    throw err instanceof StoreUnavailableError ? new StartProblemError(explainOpening(path, err)) : err;
  }
}
