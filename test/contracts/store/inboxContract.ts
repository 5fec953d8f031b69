import { expect } from 'chai';
import { claimKeys, claimOne, event, rejection, useStore, type OpenStore } from '../storeContract.ts';

const day = 24 * 60 * 60 * 1000;

export function inboxContract(open: OpenStore): void {
  const stage = useStore(open);

  it('hands out what it accepted, unchanged', async () => {
    await stage.store.accept([event('1')]);
    expect((await claimOne(stage.store)).event).to.deep.equal(event('1'));
  });

  it('hands out every character, however rare', async () => {
    const odd = { ...event('k"\u0000\\ü'), payload: JSON.stringify({ text: '👩‍👩‍👧 \u2028\u0000 " \\ ﷽' }) };
    await stage.store.accept([odd]);
    expect((await claimOne(stage.store)).event).to.deep.equal(odd);
  });

  it('hands out a turn of a megabyte', async () => {
    const large = { ...event('1'), payload: 'x'.repeat(1_000_000) };
    await stage.store.accept([large]);
    expect((await claimOne(stage.store)).event.payload).to.have.length(1_000_000);
  });

  it('tells when an event was accepted', async () => {
    await stage.store.accept([event('1')]);
    stage.pass(500);
    expect((await claimOne(stage.store)).acceptedAt).to.equal(1_700_000_000_000);
  });

  it('tells when the first of what is open was accepted, in work or not', async () => {
    const { store } = stage;
    expect(await store.oldestOpen()).to.equal(undefined);
    await store.accept([event('1', 'a')]);
    stage.pass(500);
    await store.accept([event('2', 'b')]);
    const { id } = await claimOne(store);
    expect(await store.oldestOpen()).to.equal(1_700_000_000_000);
    await store.complete(id);
    expect(await store.oldestOpen()).to.equal(1_700_000_000_500);
    await store.fail((await claimOne(store)).id);
    expect(await store.oldestOpen()).to.equal(undefined);
  });

  it('has nothing to hand out when it is empty', async () => {
    expect(await stage.store.claim()).to.equal(undefined);
  });

  it('accepts nothing when it is given nothing', async () => {
    expect(await stage.store.accept([])).to.deep.equal({ accepted: 0, duplicates: 0 });
  });

  it('keeps a key once, in one call and over several', async () => {
    const { store } = stage;
    expect(await store.accept([event('1'), event('1')])).to.deep.equal({ accepted: 1, duplicates: 1 });
    expect(await store.accept([event('1'), event('2')])).to.deep.equal({ accepted: 1, duplicates: 1 });
    expect(await store.counts()).to.deep.equal({ waiting: 2, claimed: 0, failed: 0 });
  });

  it('keeps a key once when 32 calls come at the same time', async () => {
    const answers = await Promise.all(Array.from({ length: 32 }, () => stage.store.accept([event('1')])));
    expect(answers.reduce((sum, { accepted }) => sum + accepted, 0)).to.equal(1);
    expect(await stage.store.counts()).to.deep.equal({ waiting: 1, claimed: 0, failed: 0 });
  });

  it('takes keys that differ in case or length for different ones', async () => {
    expect(await stage.store.accept([event('a'), event('A'), event('a ')])).to.deep.equal({
      accepted: 3,
      duplicates: 0,
    });
  });

  it('keeps the first of two deliveries with the same key', async () => {
    await stage.store.accept([event('1', 'a')]);
    await stage.store.accept([event('1', 'b')]);
    expect((await claimOne(stage.store)).event.conversation).to.equal('a');
    expect(await stage.store.claim()).to.equal(undefined);
  });

  it('keeps the order of calls that come at the same time', async () => {
    const keys = Array.from({ length: 50 }, (_, n) => `k${n}`);
    await Promise.all(keys.map((key) => stage.store.accept([event(key, key)])));
    expect(await claimKeys(stage.store)).to.deep.equal(keys);
  });

  it('knows the key of what is in work', async () => {
    await stage.store.accept([event('1')]);
    await claimOne(stage.store);
    expect(await stage.store.accept([event('1')])).to.deep.equal({ accepted: 0, duplicates: 1 });
  });

  it('remembers the key of what has been completed', async () => {
    await stage.store.accept([event('1')]);
    await stage.store.complete((await claimOne(stage.store)).id);
    expect(await stage.store.accept([event('1')])).to.deep.equal({ accepted: 0, duplicates: 1 });
  });

  it('remembers the key of what has failed', async () => {
    await stage.store.accept([event('1')]);
    await stage.store.fail((await claimOne(stage.store)).id);
    expect(await stage.store.accept([event('1')])).to.deep.equal({ accepted: 0, duplicates: 1 });
    expect(await stage.store.counts()).to.deep.equal({ waiting: 0, claimed: 0, failed: 1 });
  });

  it('still knows a key after six days', async () => {
    await stage.store.accept([event('1')]);
    stage.pass(6 * day);
    await stage.store.accept([event('2')]);
    expect(await stage.store.accept([event('1')])).to.deep.equal({ accepted: 0, duplicates: 1 });
  });

  it('still knows a key when the clock was set back an hour, and forward again', async () => {
    await stage.store.accept([event('1')]);
    stage.setWallClock(1_700_000_000_000 - 3_600_000);
    expect(await stage.store.accept([event('1')])).to.deep.equal({ accepted: 0, duplicates: 1 });
    stage.setWallClock(1_700_000_000_000 + 3_600_000);
    expect(await stage.store.accept([event('1')])).to.deep.equal({ accepted: 0, duplicates: 1 });
  });

  it('gives ids that grow in the order of acceptance', async () => {
    await stage.store.accept([event('1', 'a'), event('2', 'b')]);
    await stage.store.accept([event('3', 'c')]);
    const ids = [await claimOne(stage.store), await claimOne(stage.store), await claimOne(stage.store)];
    expect(ids.map(({ id }) => id)).to.deep.equal([...ids.map(({ id }) => id)].sort((a, b) => a - b));
    expect(new Set(ids.map(({ id }) => id))).to.have.property('size', 3);
  });

  it('never gives an id twice', async () => {
    await stage.store.accept([event('1')]);
    const first = await claimOne(stage.store);
    await stage.store.complete(first.id);
    await stage.store.accept([event('2')]);
    expect((await claimOne(stage.store)).id).to.be.greaterThan(first.id);
  });

  it('refuses to end what is not in work', async () => {
    const { store } = stage;
    await store.accept([event('1')]);
    const { id } = await claimOne(store);
    await store.complete(id);
    const ends = [() => store.complete(id), () => store.fail(id), () => store.retry(id, 0), () => store.complete(999)];
    for (const end of ends) expect((await rejection(end())).name).to.equal('NotInWork');
    expect(await store.counts()).to.deep.equal({ waiting: 0, claimed: 0, failed: 0 });
  });

  it('ends an event once when two ask for it at the same time', async () => {
    await stage.store.accept([event('1')]);
    const { id } = await claimOne(stage.store);
    const ends = await Promise.allSettled([stage.store.complete(id), stage.store.fail(id)]);
    expect(ends.map(({ status }) => status)).to.deep.equal(['fulfilled', 'rejected']);
    expect(await stage.store.counts()).to.deep.equal({ waiting: 0, claimed: 0, failed: 0 });
  });

  it('says that it is well', () => {
    expect(stage.store.health()).to.deep.equal({ state: 'ok' });
  });

  describe('that has been full of waiting deliveries', () => {
    const large = useStore(open, { maxWaiting: 100 });

    it('takes more when a tenth has been worked off, and not with every single one', async () => {
      await large.store.accept(Array.from({ length: 100 }, (_, n) => event(String(n))));
      await rejection(large.store.accept([event('more')]));
      for (let done = 1; done <= 10; done += 1) {
        expect(large.store.health(), `${done}`).to.include({ state: 'unavailable', reason: 'backlog' });
        expect(await rejection(large.store.accept([event('more')]))).to.include({ reason: 'backlog' });
        await large.store.complete((await claimOne(large.store)).id);
      }
      expect(large.store.health()).to.deep.equal({ state: 'ok' });
      expect(await large.store.accept([event('more')])).to.deep.equal({ accepted: 1, duplicates: 0 });
    });
  });

  describe('that is full of waiting deliveries', () => {
    const small = useStore(open, { maxWaiting: 3 });

    it('refuses more, all of a call or none, and says why', async () => {
      await small.store.accept([event('1'), event('2')]);
      const error = await rejection(small.store.accept([event('3'), event('4')]));
      expect(error).to.include({ name: 'StoreUnavailable', reason: 'backlog' });
      expect(await small.store.counts()).to.deep.equal({ waiting: 2, claimed: 0, failed: 0 });
      expect(await small.store.accept([event('3')])).to.deep.equal({ accepted: 1, duplicates: 0 });
    });

    it('takes a call that is larger than all that may wait when nothing does, since it would never be taken', async () => {
      const many = ['1', '2', '3', '4', '5'].map((key) => event(key));
      await small.store.accept([event('0')]);
      expect(await rejection(small.store.accept(many))).to.include({ reason: 'backlog' });
      await small.store.complete((await claimOne(small.store)).id);
      expect(await small.store.accept(many)).to.deep.equal({ accepted: 5, duplicates: 0 });
      expect(small.store.health()).to.include({ state: 'unavailable', reason: 'backlog' });
      expect(await rejection(small.store.accept([event('6')]))).to.include({ reason: 'backlog' });
    });

    it('still recognises what it has', async () => {
      await small.store.accept([event('1'), event('2'), event('3')]);
      expect(await small.store.accept([event('2'), event('3')])).to.deep.equal({ accepted: 0, duplicates: 2 });
    });

    it('says that it is full before it refuses anything', async () => {
      await small.store.accept([event('1'), event('2'), event('3')]);
      expect(small.store.health()).to.include({ state: 'unavailable', reason: 'backlog' });
      await small.store.complete((await claimOne(small.store)).id);
      expect(small.store.health()).to.deep.equal({ state: 'ok' });
    });

    it('lets no more in when many calls come at the same time', async () => {
      const calls = Array.from({ length: 20 }, (_, n) => small.store.accept([event(String(n))]));
      const answers = await Promise.allSettled(calls);
      expect(answers.filter(({ status }) => status === 'fulfilled')).to.have.length(3);
      expect((await small.store.counts()).waiting).to.equal(3);
    });

    it('takes a refused one later', async () => {
      await small.store.accept([event('1'), event('2'), event('3')]);
      await rejection(small.store.accept([event('4')]));
      await small.store.complete((await claimOne(small.store)).id);
      expect(await small.store.accept([event('4')])).to.deep.equal({ accepted: 1, duplicates: 0 });
    });
  });
}
