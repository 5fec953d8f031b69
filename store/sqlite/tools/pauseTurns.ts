import { allPages, pauseKey, readPauseState, type PauseState } from '../../operatorPause.ts';
import { openDatabase } from '../database.ts';
import { storeErrorFrom } from '../sqliteErrors.ts';
import { readState, writeState } from '../stateTable.ts';

/**
 * Notes in a store's file that an operator pauses the turns of a page, or of all, or lets them go on; a bot that works on the file notices
 * within a second or two. Letting all go on ends every pause.
 *
 * @param path of the store's file
 * @param page named as by `pageOf`, or `all`
 * @throws StoreUnavailable
 */
export function pauseTurns(path: string, what: 'pause' | 'resume', page: string): PauseState {
  const file = openDatabase(path, { as: 'existing' });
  try {
    file.run('PRAGMA busy_timeout = 5000');
    return file.transaction('machine', () => {
      const { held, resumed } = readPauseState(readState(file, pauseKey)?.value);
      const others = page === allPages ? [] : held.filter((one) => one !== page);
      const next: PauseState =
        what === 'pause'
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
