import { expect } from 'chai';
import { claimKeys, claimOne, event, useStore, type OpenStore } from '../storeContract.ts';

export function orderContract(open: OpenStore): void {
  const stage = useStore(open);

  it('hands out one event of a conversation at a time, in the order of acceptance', async () => {
    await stage.store.accept([event('1'), event('2'), event('3')]);
    const order: string[] = [];
    for (let claim = await stage.store.claim(); claim !== undefined; claim = await stage.store.claim()) {
      order.push(claim.event.key);
      expect(await stage.store.claim(), 'a second claim of the conversation').to.equal(undefined);
      await stage.store.complete(claim.id);
    }
    expect(order).to.deep.equal(['1', '2', '3']);
  });

  it('hands out other conversations while one is in work', async () => {
    await stage.store.accept([event('a1', 'a'), event('a2', 'a'), event('b1', 'b'), event('c1', 'c')]);
    expect(await claimKeys(stage.store)).to.deep.equal(['a1', 'b1', 'c1']);
    expect(await stage.store.counts()).to.deep.equal({ waiting: 1, claimed: 3, failed: 0 });
  });

  it('goes on with a conversation after a failure', async () => {
    await stage.store.accept([event('1'), event('2')]);
    await stage.store.fail((await claimOne(stage.store)).id);
    expect(await claimKeys(stage.store)).to.deep.equal(['2']);
  });

  it('puts an event behind those that wait when it arrives while its conversation is in work', async () => {
    await stage.store.accept([event('1'), event('2')]);
    const first = await claimOne(stage.store);
    await stage.store.accept([event('3')]);
    await stage.store.complete(first.id);
    const second = await claimOne(stage.store);
    expect(second.event.key).to.equal('2');
    await stage.store.complete(second.id);
    expect((await claimOne(stage.store)).event.key).to.equal('3');
  });

  it('hands out nothing of a conversation whose last event is still in work', async () => {
    await stage.store.accept([event('1')]);
    await claimOne(stage.store);
    await stage.store.accept([event('2')]);
    expect(await stage.store.claim()).to.equal(undefined);
  });

  it('lets a conversation that was served wait behind the others', async () => {
    await stage.store.accept([event('a1', 'a'), event('a2', 'a'), event('b1', 'b'), event('c1', 'c')]);
    await stage.store.complete((await claimOne(stage.store)).id);
    expect(await claimKeys(stage.store)).to.deep.equal(['b1', 'c1', 'a2']);
  });

  it('serves the pages in turn, so that a busy one does not hold the others', async () => {
    const busy = Array.from({ length: 5 }, (_, n) => event(`busy${n}`, `facebook 1 ${n}`));
    await stage.store.accept([...busy, event('quiet', 'facebook 2 7')]);
    expect((await claimKeys(stage.store)).indexOf('quiet')).to.be.lessThan(2);
  });

  it('asks of each page that has one to hand out whether it may, and hands out the others', async () => {
    const asked: string[] = [];
    const { store } = stage;
    await store.accept([event('1', 'facebook 1 a'), event('2', 'facebook 2 a'), event('3', 'web a')]);
    const claim = await store.claim((page) => asked.push(page) > 0 && page === 'web');
    expect(claim?.event.key).to.equal('3');
    expect(await store.claim((page) => asked.push(page) === 0)).to.equal(undefined);
    expect(asked).to.deep.equal(['facebook 1', 'facebook 2', 'web', 'facebook 1', 'facebook 2']);
    expect(await claimKeys(store)).to.deep.equal(['1', '2']);
  });

  it('keeps the order of each of many conversations under a random order of work', async () => {
    const names = Array.from({ length: 10 }, (_, n) => `page ${n}`);
    const all = Array.from({ length: 200 }, (_, n) => event(String(n), names[(n * 7) % 10]));
    await stage.store.accept(all.slice(0, 100));
    const seen = new Map<string, number>();
    const inWork: { id: number; conversation: string }[] = [];
    let dice = 1;
    let rest = all.slice(100);
    for (let done = 0; done < all.length;) {
      dice = (dice * 48_271) % 2_147_483_647;
      const claim = dice % 3 === 0 ? undefined : await stage.store.claim();
      if (claim !== undefined) {
        const { conversation, key } = claim.event;
        expect(inWork.map((one) => one.conversation)).not.to.include(conversation);
        expect(Number(key)).to.be.greaterThan(seen.get(conversation) ?? -1);
        seen.set(conversation, Number(key));
        inWork.push({ id: claim.id, conversation });
        continue;
      }
      const [one] = inWork.splice(dice % Math.max(1, inWork.length), 1);
      if (one !== undefined) {
        await stage.store.complete(one.id);
        done += 1;
      }
      await stage.store.accept(rest.slice(0, 3));
      rest = rest.slice(3);
    }
    expect(await stage.store.counts()).to.deep.equal({ waiting: 0, claimed: 0, failed: 0 });
  });
}
