import { readFile, rename, writeFile } from 'node:fs/promises';
import type { Emulator } from './emulator.ts';

/**
 * Goes on from a file with an exported state; without such a file, from the beginning. Resolves with a sentence if the file is there and
 * cannot be used. It stays as it is.
 */
export async function loadStateFile(
  path: string,
  emulator: Pick<Emulator, 'importState'>,
): Promise<string | undefined> {
  try {
    emulator.importState(await readFile(path, 'utf8'));
    return undefined;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    return problemWith(path, error);
  }
}

/** Saves the state of an emulator, so that there is always a whole file. Resolves with a sentence if it cannot. */
export async function saveStateFile(
  path: string,
  emulator: Pick<Emulator, 'exportState'>,
): Promise<string | undefined> {
  const unfinished = `${path}.unfinished`;
  try {
    await writeFile(unfinished, `${JSON.stringify(emulator.exportState())}\n`);
    await rename(unfinished, path);
    return undefined;
  } catch (error) {
    return problemWith(path, error);
  }
}

const problemWith = (path: string, error: unknown): string =>
  `${path}: ${error instanceof Error ? error.message : 'it cannot be used.'}`;
