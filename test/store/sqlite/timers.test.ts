import { expect } from 'chai';
import { openSqliteStore } from '../../../store/sqlite/sqliteStore.ts';
import { copyStore } from '../../../store/sqlite/tools/copyStore.ts';
import { restoreStore } from '../../../store/sqlite/tools/restoreStore.ts';
import { timer } from '../../contracts/store/timerContract.ts';
import { claimKeys, claimOne } from '../../contracts/storeContract.ts';
import { useFolder } from '../../support/brokenDisk.ts';

describe('timers in a file', () => {
  const folder = useFolder();
  const path = () => folder.path('store.db');
  const now = () => 1_000;

  it('wait for their time through a restart, and those that have fired wait for their turn', async () => {
    const first = await openSqliteStore(path());
    await first.timers.change([timer('due', 1), timer('later', 2_000, 'page b')]);
    await first.timers.fire(1_000);
    await first.close();
    const second = await openSqliteStore(path());
    expect(await second.timers.counts()).to.deep.equal({ waiting: 1, fired: 0, nextDueAt: 2_000 });
    const { id, event } = await claimOne(second);
    expect(event).to.include({ key: 'due', timer: 'due', kind: 'timer' });
    await second.complete(id);
    await second.close();
    const third = await openSqliteStore(path());
    expect(await claimKeys(third)).to.deep.equal([]);
    await third.close();
  });

  it('can be cancelled when another process has fired them and ended before their turn', async () => {
    const first = await openSqliteStore(path());
    await first.timers.change([timer('t', 1)]);
    await first.timers.fire(1);
    await first.close();
    const second = await openSqliteStore(path());
    await second.timers.change([{ conversation: 'page a', name: 't', set: undefined }]);
    expect(await claimKeys(second)).to.deep.equal([]);
    await second.close();
  });

  it('become dead letters in a copy that is started with when they are overdue, since they may have fired', async () => {
    const store = await openSqliteStore(path());
    await store.timers.change([timer('overdue', 999), timer('later', 1_001)]);
    copyStore(path(), folder.path('copy.db'), 900);
    await store.close();
    const copy = await openSqliteStore(folder.path('copy.db'), { now });
    expect((await copy.deadLetters.list()).map(({ event, reason }) => [event.key, reason])).to.deep.equal([
      ['overdue', 'restored'],
    ]);
    expect(await copy.timers.counts()).to.deep.equal({ waiting: 1, fired: 0, nextDueAt: 1_001 });
    await copy.close();
  });

  for (const [open, left] of [
    ['run', 2],
    ['drop', 1],
  ] as const) {
    it(`of which ${left} wait after a restore with --open ${open}`, async () => {
      const store = await openSqliteStore(path());
      await store.timers.change([timer('overdue', 999), timer('later', 1_001)]);
      copyStore(path(), folder.path('copy.db'), 900);
      await store.close();
      await restoreStore(folder.path('copy.db'), folder.path('restored.db'), open, now());
      const restored = await openSqliteStore(folder.path('restored.db'), { now });
      expect((await restored.timers.counts()).waiting).to.equal(left);
      expect(await restored.deadLetters.count()).to.equal(0);
      await restored.close();
    });
  }

  it('cost nothing to wait: looking for the next one takes as long with 20,000 as with 20', async () => {
    const store = await openSqliteStore(path());
    const set = (from: number, to: number) =>
      store.timers.change(
        Array.from({ length: to - from }, (_, n) => timer('t', 1_000 + ((n * 7919) % 20_000), `page c${from + n}`)),
      );
    const costOfLooking = async () => {
      const before = process.cpuUsage();
      for (let round = 0; round < 2_000; round += 1) await store.timers.fire(round / 2_000);
      const { user, system } = process.cpuUsage(before);
      return user + system;
    };
    await set(0, 20);
    await costOfLooking();
    const few = await costOfLooking();
    await set(20, 20_000);
    const many = Math.min(await costOfLooking(), await costOfLooking());
    expect(many / few).to.be.lessThan(5);
    expect((await store.timers.counts()).waiting).to.equal(20_000);
    await store.close();
  });
});
