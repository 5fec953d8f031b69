import { openSqliteStore } from '../../../store/sqlite/sqliteStore.ts';
import { storeContract } from '../../contracts/storeContract.ts';
describe('sq', () => {
  storeContract((o) => openSqliteStore(':memory:', o));
});
