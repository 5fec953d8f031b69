import { expect } from 'chai';
import { claimKeys, claimOne, event, useStore, type OpenStore } from '../storeContract.ts';

export function retryContract(open: OpenStore): void {
  const stage = useStore(open);

  it('hands an event out again before the others of its conversation', async () => {
    await stage.store.accept([event('1'), event('2')]);
    await stage.store.retry((await claimOne(stage.store)).id, 0);
    expect((await claimOne(stage.store)).event.key).to.equal('1');
  });

  it('counts the attempts, but not those that count for nothing', async () => {
    await stage.store.accept([event('1')]);
    expect((await claimOne(stage.store)).attempts).to.equal(0);
    await stage.store.retry(1, 0);
    await stage.store.retry((await claimOne(stage.store)).id, 0, 'uncounted');
    expect((await claimOne(stage.store)).attempts).to.equal(1);
  });

  it('leaves a turn in work that is blamed for the end of the process', async () => {
    await stage.store.accept([event('a', 'a'), event('b', 'b')]);
    const [guilty, beside] = [await claimOne(stage.store), await claimOne(stage.store)];
    await stage.store.begin(guilty.id);
    await stage.store.begin(beside.id);
    await stage.store.blame(guilty.id);
    await stage.store.complete(beside.id);
    await stage.store.complete(guilty.id);
    expect(await stage.store.counts()).to.deep.equal({ waiting: 0, claimed: 0, failed: 0 });
  });

  it('holds the whole conversation back for as long as it is told', async () => {
    await stage.store.accept([event('1'), event('2')]);
    await stage.store.retry((await claimOne(stage.store)).id, 1000);
    expect(await stage.store.claim()).to.equal(undefined);
    stage.pass(999);
    expect(await stage.store.claim()).to.equal(undefined);
    stage.pass(1);
    expect((await claimOne(stage.store)).event.key).to.equal('1');
  });

  it('holds back no other conversation', async () => {
    await stage.store.accept([event('a1', 'a'), event('b1', 'b')]);
    await stage.store.retry((await claimOne(stage.store)).id, 1000);
    expect(await claimKeys(stage.store)).to.deep.equal(['b1']);
  });

  it('counts what is held back as waiting', async () => {
    await stage.store.accept([event('1')]);
    await stage.store.retry((await claimOne(stage.store)).id, 1000);
    expect(await stage.store.counts()).to.deep.equal({ waiting: 1, claimed: 0, failed: 0 });
  });

  it('gives back what is held back in the order in which it is due', async () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    await stage.store.accept(names.map((name) => event(name, name)));
    const delays = [700, 100, 500, 300, 600, 200, 400];
    for (const delay of delays) await stage.store.retry((await claimOne(stage.store)).id, delay);
    stage.pass(1000);
    expect(await claimKeys(stage.store)).to.deep.equal(['b', 'f', 'd', 'g', 'c', 'e', 'a']);
  });

  for (const [jump, hours] of [
    ['back', -1],
    ['forward', 1],
  ] as const) {
    it(`gives back in time and in order although the clock was set ${jump} an hour`, async () => {
      await stage.store.accept([event('1'), event('other', 'b')]);
      await stage.store.retry((await claimOne(stage.store)).id, 1000);
      stage.setWallClock(1_700_000_000_000 + hours * 3_600_000);
      await stage.store.accept([event('2'), event('3')]);
      expect(await claimKeys(stage.store)).to.deep.equal(['other']);
      stage.pass(999);
      expect(await stage.store.claim()).to.equal(undefined);
      stage.pass(1);
      for (const key of ['1', '2', '3']) {
        const claim = await claimOne(stage.store);
        expect(claim.event.key).to.equal(key);
        await stage.store.complete(claim.id);
      }
    });
  }
}
