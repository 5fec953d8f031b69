import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect } from 'chai';
import { openDatabase } from '../../../store/sqlite/database.ts';
import { openSqliteStore } from '../../../store/sqlite/sqliteStore.ts';
import { copyStore } from '../../../store/sqlite/tools/copyStore.ts';
import { quarantined } from '../../contracts/store/quarantineContract.ts';
import { claimOne, event, storeContract } from '../../contracts/storeContract.ts';
import { manualCare, useFolder } from '../../support/brokenDisk.ts';

/** Tables that grow with what comes in. `meta` and `kept` have a few rows whatever happens. */
const growing = [
  'keys',
  'deliveries',
  'journal',
  'echoes',
  'handovers',
  'sent',
  'state',
  'dead_letters',
  'quarantine',
  'timers',
  'conversations',
];

const oneLine = (sql: string) => sql.replaceAll(/\s+/g, ' ').trim();

/** What the engine's files hold, up to where a value is put in. */
function writtenStatements(): string[] {
  const folder = new URL('../../../store/sqlite/', import.meta.url);
  const files = readdirSync(folder).filter((name) => name.endsWith('.ts') && name !== 'schema.ts');
  return files.flatMap((name) => {
    const source = readFileSync(new URL(name, folder), 'utf8');
    const texts = [...source.matchAll(/(['`])((?:SELECT|INSERT|UPDATE|DELETE)\s[^]*?)\1/g)];
    return texts.map(([, , sql = '']) => oneLine(sql.split('${')[0] ?? ''));
  });
}

describe('every query of the SQLite store', () => {
  const folder = useFolder();
  const asked = new Set<string>();
  const remember = (path: string) => {
    const handle = new DatabaseSync(path, { timeout: 0 });
    const prepare = handle.prepare.bind(handle);
    handle.prepare = (sql) => {
      asked.add(sql);
      return prepare(sql);
    };
    return handle;
  };

  describe('while it keeps its promises', () => {
    let files = 0;
    storeContract((options) =>
      openSqliteStore(folder.path(`contract${(files += 1)}.db`), { ...options, openHandle: remember }),
    );

    it('also while it is looked after', async () => {
      const [care, bounds] = [manualCare(), { many: 0, bytes: 0 }];
      const store = await openSqliteStore(folder.path('store.db'), { every: care.every, bounds, openHandle: remember });
      await store.accept([event('1'), quarantined('2')]);
      await store.fail((await claimOne(store)).id);
      care.tick();
      await store.accept([event('3')]);
      expect((await store.sizes()).dropped).to.deep.equal({ deadLetters: 1, quarantined: 1 });
      const { id } = await claimOne(store);
      await store.begin(id);
      await store.blame(id);
      await store.accept([event('4', 'b')]);
      await store.begin((await claimOne(store)).id);
      await store.deadLetters.replay(1, 'keep', 'somebody');
      await store.close();
    });

    it('also when state expires and no longer does', async () => {
      const made = await openSqliteStore(folder.path('store.db'));
      await made.state.write([{ key: 'facebook/users/1/', value: '{}', expected: undefined }]);
      await made.close();
      for (const stateRetentionMs of [1_000, undefined]) {
        const more = stateRetentionMs === undefined ? {} : { stateRetentionMs };
        const store = await openSqliteStore(folder.path('store.db'), { ...more, openHandle: remember });
        await store.close();
      }
    });

    it('also when it begins with a copy', async () => {
      const made = await openSqliteStore(folder.path('store.db'));
      await made.accept([event('1')]);
      copyStore(folder.path('store.db'), folder.path('copy.db'), 1);
      await made.close();
      const store = await openSqliteStore(folder.path('copy.db'), { openHandle: remember });
      expect(await store.deadLetters.count()).to.equal(1);
      await store.close();
    });
  });

  describe('in the end', () => {
    const place = mkdtempSync(join(tmpdir(), 'store-plans-'));
    const file = openDatabase(join(place, 'store.db'));
    after(() => {
      file.close();
      rmSync(place, { recursive: true });
    });
    const statements = () => [...asked].filter((sql) => /^\s*(SELECT|INSERT|UPDATE|DELETE)/.test(sql));

    it('finds what it looks for by an index, in tables that grow', () => {
      expect(statements().length).to.be.greaterThan(35);
      for (const sql of statements()) {
        const plan = file.all(`EXPLAIN QUERY PLAN ${sql}`).map((row) => String(row['detail']));
        const scans = plan.filter((step) => growing.some((table) => step.startsWith(`SCAN ${table}`)));
        expect(scans, oneLine(sql)).to.deep.equal([]);
      }
    });

    it('was asked here, so that none is left out', () => {
      const known = statements().map(oneLine);
      const missing = writtenStatements().filter(
        (sql) => !/ meta /.test(sql) && !known.some((one) => one.includes(sql)),
      );
      expect(missing).to.deep.equal([]);
    });

    it('is about tables that are known here to grow or not to', () => {
      const tables = file.all(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`);
      expect(tables.map((row) => row['name']).sort()).to.deep.equal([...growing, 'kept', 'meta'].sort());
    });
  });
});
