import { expect } from 'chai';
import { openDatabase } from '../../../store/sqlite/database.ts';
import { migrations } from '../../../store/sqlite/schema.ts';
import { openSqliteStore } from '../../../store/sqlite/sqliteStore.ts';
import { claimKeys, claimOne, delivery } from '../../contracts/storeContract.ts';
import { useFolder } from '../../support/brokenDisk.ts';

describe('a store file of an older version', () => {
  const folder = useFolder();
  const path = () => folder.path('store.db');
  const newer = [...migrations, `ALTER TABLE deliveries ADD COLUMN note TEXT NOT NULL DEFAULT 'none'`];

  beforeEach(async () => {
    const store = await openSqliteStore(path());
    await store.accept([delivery('1'), delivery('2')]);
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
    expect(event?.delivery).to.deep.include({ conversation: 'c0', key: 'k0', turn: JSON.stringify(turns[0]) });
    expect(await claimKeys(store)).to.deep.equal(['k1', 'k2']);
    await store.close();
  });

  it('stays what it was when a step fails', () => {
    expect(() => openDatabase(path(), { steps: [...newer, 'DROP TABLE nonsense'] })).to.throw(/no such table/);
    expect(versionAfter(migrations)).to.equal(migrations.length);
  });

  it('is refused by a tool beside the bot, which must not change it', () => {
    expect(() => openDatabase(path(), { as: 'existing', steps: newer })).to.throw(/older form/);
    expect(versionAfter(migrations)).to.equal(migrations.length);
  });

  it('is refused by an older program after it was changed, and left as it is', async () => {
    versionAfter(newer);
    expect(() => openDatabase(path())).to.throw(/newer version/);
    expect(versionAfter(newer)).to.equal(migrations.length + 1);
  });
});
