import { statSync, type BigIntStats } from 'node:fs';
import { StoreUnavailableError } from '../storeErrors.ts';
import { watchForCuts } from './cutFiles.ts';

/** The file that a path leads to; undefined if there is none or it cannot be looked at. */
export function identityOf(path: string): Pick<BigIntStats, 'dev' | 'ino' | 'size'> | undefined {
  try {
    // Inode numbers may be too large for a number.
    return statSync(path, { bigint: true, throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

export function isSameFile(one: ReturnType<typeof identityOf>, other: ReturnType<typeof identityOf>): boolean {
  return one !== undefined && other !== undefined && one.dev === other.dev && one.ino === other.ino;
}

/** Checks that the files of an open store are still the same. */
export interface FilesWatch {
  /** @throws StoreUnavailable `detached` */
  assertInPlace(): void;
  close(): void;
}

/**
 * Remembers the files of an open store, and checks that their names still lead to them and that nobody cut them: whatever is written to a deleted
 * file is gone with the process. A check takes microseconds, so each commit makes one.
 */
export function rememberFiles(path: string, spelled: string): FilesWatch {
  const names = new Set([path, `${path}-wal`, `${path}-shm`, spelled]);
  const known = [...names].map((name) => ({ name, file: identityOf(name) }));
  const cuts = watchForCuts(path);
  return {
    assertInPlace: () => {
      for (const { name, file } of known) {
        const found = identityOf(name);
        if (!isSameFile(file, found)) {
          const change = found === undefined ? 'is gone' : 'is not the file that is open';
          throw new StoreUnavailableError('detached', `${name} ${change}`);
        }
        if (name === path && found?.size === 0n) {
          throw new StoreUnavailableError('detached', `${path} was emptied by somebody else`);
        }
      }
      cuts.assertUncut();
    },
    close: () => cuts.close(),
  };
}
