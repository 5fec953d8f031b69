import type { Logger } from '../helpers/logging/logger.ts';
import type { Settings } from '../helpers/settings/types.ts';
import { StartProblemError } from '../helpers/startProblem.ts';
import { present } from '../models/present.ts';
import { createMemoryStore, type MemoryStoreOptions } from './memory/memoryStore.ts';
import type { Store } from './store.ts';
import { explainOpening, StoreUnavailableError } from './storeErrors.ts';

/**
 * Opens the store that the settings name.
 *
 * @param lost called once another process has taken the store over: this process can then commit nothing more
 * @param clock the one that `createBotServer` gets. Default: the system's
 * @throws StartProblemError if it cannot be opened
 */
export async function openStore(
  settings: Settings,
  logger: Logger,
  lost?: () => void,
  clock: Pick<MemoryStoreOptions, 'now' | 'monotonicNow'> = {},
): Promise<Store> {
  const { path, maxWaiting, keepCustomerStateMs, keepConversationsMs, keepDeadLettersMs } = settings.store;
  const { now, monotonicNow } = clock;
  const options = { maxWaiting, logger, ...present('now', now), ...present('monotonicNow', monotonicNow) };
  if (path === ':memory:') return createMemoryStore(options);
  const { openSqliteStore } = await import('./sqlite/sqliteStore.ts');
  try {
    return await openSqliteStore(path, {
      ...{ ...options, lost, letterRetentionMs: keepDeadLettersMs, conversationRetentionMs: keepConversationsMs },
      ...present('stateRetentionMs', keepCustomerStateMs),
    });
  } catch (err) {
    throw err instanceof StoreUnavailableError ? new StartProblemError(explainOpening(path, err)) : err;
  }
}
