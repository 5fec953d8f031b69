import { rmSync } from 'node:fs';
import type { Logger } from '../../helpers/logging/logger.ts';
import type { Database } from './database.ts';
import { storeErrorFrom } from './sqliteErrors.ts';

/** Keeps what a store holds whose file has lost its name, and which would be gone with the process. */
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
        logger?.warn({ copy }, 'what the store held was copied: it would be gone with this process');
      } catch (error) {
        logger?.warn(
          { err: storeErrorFrom(error) },
          'what the store held could not be copied, and goes with this process',
        );
      }
    },
    remove: () => {
      if (made !== undefined) rmSync(made, { force: true });
      made = undefined;
    },
  };
}
