import { rmSync } from 'node:fs';
import type { Logger } from '../../helpers/logging/logger.ts';
import type { Database } from './database.ts';
import { storeErrorFrom } from './sqliteErrors.ts';

/** Saves the content of a store whose file was deleted, which would be gone with the process. */
export interface RescueCopy {
  make(open: Database): void;
  /** The file is back. */
  remove(): void;
}

/** @param path where the store's file was */
export function createRescueCopy(path: string, now: () => number, logger: Logger | undefined): RescueCopy {
  let made: string | undefined;
  return {
    make: (open) => {
      const copy = `${path}-rescued-${new Date(now()).toISOString().replaceAll(/[-:]|\.\d+/g, '')}`;
      try {
        open.copyTo(copy);
        made = copy;
        logger?.warn({ copy }, 'the content of the store was copied, since it would be gone with this process');
      } catch (error) {
        logger?.warn(
          { err: storeErrorFrom(error) },
          'the content of the store could not be copied and will be gone with this process',
        );
      }
    },
    remove: () => {
      if (made !== undefined) rmSync(made, { force: true });
      made = undefined;
    },
  };
}
