import { storeErrorFrom } from '../sqliteErrors.ts';
import { fileBytes } from '../fileSizes.ts';
import { readHeader } from '../storeHeader.ts';
import { inFile } from './inFile.ts';
import { whileNobodyWorks } from './ownStore.ts';

/**
 * Makes the file as small as possible, and lets it shrink by itself from then on. Meanwhile it needs as much room again on the disk.
 *
 * Source: https://www.sqlite.org/lang_vacuum.html
 *
 * @throws StoreUnavailable `busy` while a bot works on it
 */
export function compactStore(path: string): Promise<{ before: number; after: number }> {
  return whileNobodyWorks(path, (place) => {
    try {
      return inFile(place, 'write', (file) => {
        readHeader(file);
        file.exec('PRAGMA wal_checkpoint(TRUNCATE)');
        const before = fileBytes(place) ?? 0;
        file.exec('PRAGMA auto_vacuum = INCREMENTAL; VACUUM; PRAGMA wal_checkpoint(TRUNCATE)');
        return { before, after: fileBytes(place) ?? 0 };
      });
    } catch (error) {
      throw storeErrorFrom(error);
    }
  });
}
