import { readdirSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { expect } from 'chai';
import { openDatabase } from '../../../store/sqlite/database.ts';
import { migrations } from '../../../store/sqlite/schema.ts';
import { openSqliteStore } from '../../../store/sqlite/sqliteStore.ts';
import { claimOne, event } from '../../contracts/storeContract.ts';
import { useFolder } from '../../support/brokenDisk.ts';

describe('a store file of an older version', () => {
  const folder = useFolder();
  const path = () => folder.path('store.db');
  const newer = [...migrations, `ALTER TABLE deliveries ADD COLUMN note TEXT NOT NULL DEFAULT 'none'`];

  beforeEach(async () => {
    const store = await openSqliteStore(path());
    await store.accept([event('1'), event('2')]);
    await store.fail((await claimOne(store)).id);
    await store.state.write([{ key: 'k', value: '7', expected: undefined }]);
    await store.close();
  });

  function versionAfter(steps: readonly string[]): unknown {
    const file = openDatabase(path(), { steps });
    const version = file.get('PRAGMA user_version')?.['user_version'];
    const [waiting, dead] = ['deliveries', 'dead_letters'].map((table) => file.all(`SELECT key FROM ${table}`));
    expect([waiting, dead], 'what was in it').to.deep.equal([[{ key: '2' }], [{ key: '1' }]]);
    expect(file.get('SELECT value FROM state')).to.deep.include({ value: '7' });
    file.close();
    return version;
  }

  it('is changed to the newest one, with what is in it', () => {
    expect(versionAfter(newer)).to.equal(migrations.length + 1);
    const file = openDatabase(path(), { steps: newer });
    expect(file.get('SELECT note FROM deliveries')).to.deep.include({ note: 'none' });
    file.close();
  });

  it('keeps what a bot could make nothing of and what still waited to be thrown away', async () => {
    const old = openDatabase(folder.path('old.db'), { steps: migrations.slice(0, 2) });
    const aside = { kind: 'unsupported', via: 'messaging', reason: 'The body is not readable JSON.', raw: 'no JSON' };
    const turns = [
      { entrance: 'messenger', aside },
      { entrance: 'messenger', activity: {} },
      { activity: { text: 'aside' } },
    ];
    for (const [n, turn] of turns.entries()) {
      old.run(
        `INSERT INTO deliveries (conversation, kind, via, key, turn, accepted_at) VALUES (?, 'unsupported', 'messaging', ?, ?, 1)`,
        ...[`c${n}`, `k${n}`, JSON.stringify(turn)],
      );
    }
    old.close();
    const store = await openSqliteStore(folder.path('old.db'));
    const [event, ...others] = await store.quarantine.list();
    expect(others).to.deep.equal([]);
    expect(event).to.deep.include({ acceptedAt: 1, reason: 'malformed', sentence: aside.reason });
    expect(event?.event).to.deep.include({ conversation: 'c0', key: 'k0', payload: JSON.stringify(turns[0]) });
    expect(event?.event.endpoint).to.equal('webhook');
    const claims = [await store.claim(), await store.claim()].map((claim) => claim?.event);
    expect(claims.map((event) => [event?.key, event?.endpoint])).to.deep.equal([
      ['k1', 'webhook'],
      ['k2', 'azure'],
    ]);
    await store.close();
  });

  it('stays what it was when a step fails', () => {
    expect(() => openDatabase(path(), { steps: [...newer, 'DROP TABLE nonsense'] })).to.throw(/no such table/);
    expect(versionAfter(migrations)).to.equal(migrations.length);
  });

  it('is refused by a tool beside the bot, which must not change it', () => {
    expect(() => openDatabase(path(), { as: 'existing', steps: newer })).to.throw(/older version/);
    expect(versionAfter(migrations)).to.equal(migrations.length);
  });

  it('is refused by an older program after it was changed, and left as it is', async () => {
    versionAfter(newer);
    expect(() => openDatabase(path())).to.throw(/newer version/);
    expect(versionAfter(newer)).to.equal(migrations.length + 1);
  });

  describe('is copied before it is changed', () => {
    const names = () => readdirSync(folder.path('.')).sort();
    const version = migrations.length;
    const copy = () => folder.path(`store.db-version-${version}`);
    const more = (count: number) => Array.from({ length: count }, (_, n) => `CREATE TABLE more${n} (a)`);

    it('and the copy is whole, read by nobody else, and a way back', () => {
      const before = names();
      versionAfter(newer);
      expect(names()).to.deep.equal([...before, `store.db-version-${version}`].sort());
      expect(statSync(copy()).mode & 0o777).to.equal(0o600);
      expect(versionAfter(newer)).to.equal(version + 1);
      renameSync(copy(), path());
      expect(versionAfter(migrations)).to.equal(version);
    });

    it('with what stands in the write-ahead log alone', () => {
      const crashed = openDatabase(path(), { steps: migrations });
      crashed.run(`UPDATE state SET value = '8'`);
      openDatabase(path(), { steps: newer }).close();
      crashed.close();
      const kept = openDatabase(copy(), { steps: migrations });
      expect(kept.get('SELECT value FROM state')).to.deep.include({ value: '8' });
      kept.close();
    });

    it('or is left as it was when there is no room for the copy', () => {
      const before = names();
      const openHandle = (place: string) => {
        const handle = new DatabaseSync(place, { timeout: 0 });
        const prepare = handle.prepare.bind(handle);
        handle.prepare = (sql: string) => {
          if (!sql.startsWith('VACUUM')) return prepare(sql);
          throw Object.assign(new Error('database or disk is full'), { errcode: 13 });
        };
        return handle;
      };
      expect(() => openDatabase(path(), { steps: newer, openHandle })).to.throw(
        /disk is full \(while copying it to .*version-\d/,
      );
      expect(names()).to.deep.equal(before);
      expect(versionAfter(migrations)).to.equal(version);
    });

    it('and only the two newest copies stay, for thirty days', () => {
      for (const steps of [1, 2, 3, 4]) openDatabase(path(), { steps: [...migrations, ...more(steps)] }).close();
      const copies = () => names().filter((name) => name.includes('-version-'));
      expect(copies()).to.have.members([`store.db-version-${version + 2}`, `store.db-version-${version + 3}`]);
      const old = Date.now() / 1000 - 31 * 24 * 60 * 60;
      utimesSync(folder.path(`store.db-version-${version + 2}`), old, old);
      openDatabase(path(), { steps: [...migrations, ...more(4)] }).close();
      expect(copies()).to.deep.equal([`store.db-version-${version + 3}`]);
    });

    it('and the older program that is started again says which versions there are, and where the copy is', () => {
      versionAfter(newer);
      const problem = `its tables have version ${version + 1}, this program knows ${version}`;
      expect(() => openDatabase(path())).to.throw(
        `${problem}; ${copy()} is a copy of it with version ${version}, made 2`,
      );
      rmSync(copy());
      expect(() => openDatabase(path())).to.throw(`${problem}, and there is no older copy`);
    });

    it('but not when nothing is changed, or there was nothing yet', () => {
      const before = names();
      versionAfter(migrations);
      openDatabase(folder.path('new.db')).close();
      expect(names().filter((name) => name.includes('-version-'))).to.deep.equal([]);
      expect(before).to.not.include(copy());
    });
  });
});
