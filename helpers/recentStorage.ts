import type { Storage, StoreItems } from 'botbuilder';

/** More conversations than an inbox has open at once. */
const maxItems = 20_000;

/**
 * Bot Builder's `Storage` in memory, for bots that were given none. Beyond `limit` items, those that were written first are dropped.
 */
export function createRecentStorage(limit: number = maxItems): Storage {
  /** As JSON text. Oldest first: a Map keeps the order of insertion. */
  const items = new Map<string, string>();
  return {
    read: async (keys) => {
      await Promise.resolve();
      const found: StoreItems = {};
      for (const key of keys) {
        const text = items.get(key);
        if (text !== undefined) found[key] = JSON.parse(text) as unknown;
      }
      return found;
    },
    write: async (changes) => {
      await Promise.resolve();
      for (const [key, item] of Object.entries(changes) as [string, unknown][]) {
        items.delete(key);
        items.set(key, JSON.stringify(item));
      }
      for (const oldest of items.keys()) {
        if (items.size <= limit) break;
        items.delete(oldest);
      }
    },
    delete: async (keys) => {
      await Promise.resolve();
      for (const key of keys) items.delete(key);
    },
  };
}
