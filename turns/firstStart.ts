import type { Storage } from 'botbuilder';
import type { Logger } from '../helpers/logging/logger.ts';
import { readInteger, readProperty } from '../models/readJson.ts';

const key = 'first start';

/**
 * When a bot was first started on this store, in milliseconds since 1970: messages from before may refer to something that is not in it.
 * If the store cannot commit at the moment, the present time, as for a new one.
 */
export async function firstStart(storage: Storage, logger: Logger, now: () => number = Date.now): Promise<number> {
  const at = now();
  try {
    const items: unknown = await storage.read([key]);
    const known = readInteger(readProperty(items, key), 'at');
    if (known !== undefined) return known;
    await storage.write({ [key]: { at } });
  } catch (err) {
    logger.warn({ err }, 'the time of the first start could not be read from the store or written to it');
  }
  return at;
}
