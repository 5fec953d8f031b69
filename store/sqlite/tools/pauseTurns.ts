import { allPages, pauseKey, readPauseState, type PauseState } from '../../operatorPause.ts';
import { openDatabase } from '../database.ts';
import { storeErrorFrom } from '../sqliteErrors.ts';
import { readState, writeState } from '../stateTable.ts';

/**
 * Records in a store's file that an operator pauses or resumes the turns of a page, or of all. A bot that works on the file notices within a
 * second or two. Resuming `all` ends every pause.
 *
 * @param path of the store's file
 * @param page a page key, or `all`
 * @throws StoreUnavailable
 */
export function pauseTurns(path: string, action: 'pause' | 'resume', page: string): PauseState {
  const file = openDatabase(path, { as: 'existing' });
  try {
    file.run('PRAGMA busy_timeout = 5000');
    return file.transaction('machine', () => {
      const { held, resumed } = readPauseState(readState(file, pauseKey)?.value);
      const others = page === allPages ? [] : held.filter((one) => one !== page);
      const next: PauseState =
        action === 'pause'
          ? { held: [...held.filter((one) => one !== page), page], ...(resumed && { resumed }) }
          : { held: others, resumed: { number: (resumed?.number ?? 0) + 1, page } };
      writeState(file, [{ key: pauseKey, value: JSON.stringify(next), expected: undefined }]);
      return next;
    });
  } catch (error) {
    throw storeErrorFrom(error);
  } finally {
    file.close();
  }
}
