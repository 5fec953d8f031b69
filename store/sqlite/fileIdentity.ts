import { statSync, type BigIntStats } from 'node:fs';
import { StoreUnavailableError } from '../storeErrors.ts';
import { watchForCuts } from './cutFiles.ts';

/** Which file a name leads to, whatever it is called: undefined when it leads to none, or nowhere that can be looked at. */
export function identityOf(path: string): Pick<BigIntStats, 'dev' | 'ino'> | undefined {
  try {
    // Inode numbers may be larger than a number holds.
    return statSync(path, { bigint: true, throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

export function isSameFile(one: ReturnType<typeof identityOf>, other: ReturnType<typeof identityOf>): boolean {
  return one !== undefined && other !== undefined && one.dev === other.dev && one.ino === other.ino;
}

/** Looks whether the files of an open store are still what they were. */
export interface FilesWatch {
  /** @throws StoreUnavailable `detached` */
  assertInPlace(): void;
  close(): void;
}

/**
 * Remembers the files of an open store, and tells whether their names still lead to them and nobody cut them: what is written to files
 * that have no name any more is gone with the process. A look costs microseconds, so each commit can ask for one.
 */
export function rememberFiles(path: string, spelled: string): FilesWatch {
  const names = new Set([path, `${path}-wal`, `${path}-shm`, spelled]);
  const known = [...names].map((name) => ({ name, file: identityOf(name) }));
  const cuts = watchForCuts(path);
  return {
    assertInPlace: () => {
      for (const { name, file } of known) {
        const found = identityOf(name);
        if (isSameFile(file, found)) continue;
        const what = found === undefined ? 'is not there any more' : 'is another file than the one that is open';
        throw new StoreUnavailableError('detached', `${name} ${what}`);
      }
      cuts.assertUncut();
    },
    close: () => cuts.close(),
  };
}
