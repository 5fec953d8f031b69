import { statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { StoreSizes } from '../store.ts';

/** Undefined if there is no such file. */
export function fileBytes(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.size;
}

export function fileSizes(path: string): Pick<StoreSizes, 'fileBytes' | 'walBytes' | 'freeDiskBytes'> {
  return { fileBytes: fileBytes(path), walBytes: fileBytes(`${path}-wal`) ?? 0, freeDiskBytes: freeDiskBytes(path) };
}

/** Undefined where the system does not tell. */
function freeDiskBytes(path: string): number | undefined {
  try {
    const { bavail, bsize } = statfsSync(dirname(path));
    return bavail * bsize;
  } catch {
    return undefined;
  }
}
