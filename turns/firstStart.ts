import type { Storage } from 'botbuilder';
import type { Logger } from '../helpers/logging/logger.ts';
import { readInteger, readProperty } from '../models/readJson.ts';

const key = 'first start';

/**
 * When a bot was first started on this store, in milliseconds since 1970: what was written before may follow something that is not in it.
 * A store that cannot commit at the moment tells the present time, as a new one does.
 */
export async function firstStart(storage: Storage, logger: Logger, now: () => number = Date.now): Promise<number> {
  const at = now();
  try {
    const items: unknown = await storage.read([key]);
    const known = readInteger(readProperty(items, key), 'at');
    if (known !== undefined) return known;
    await storage.write({ [key]: { at } });
  } catch (err) {
    logger.warn({ err }, 'when this store was first used could not be read or written');
  }
  return at;
}
