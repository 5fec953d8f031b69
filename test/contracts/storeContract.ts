import { expect } from 'chai';
import type { Delivery, Store } from '../../store/store.ts';

export function delivery(key: string, conversation = 'a'): Delivery {
  return { key, conversation, kind: 'message', via: 'messaging', turn: JSON.stringify({ key }) };
}

/** What every store engine promises. `open` gives an empty store whose clock stands at the time that `now` tells. */
export function storeContract(open: (options: { now: () => number }) => Store | Promise<Store>): void {
  let now = 1_700_000_000_000;
  let store: Store;

  beforeEach(async () => {
    store = await open({ now: () => now });
  });
  afterEach(() => store.close());

  async function claimKeys(): Promise<string[]> {
    const keys: string[] = [];
    for (let claim = await store.claim(); claim !== undefined; claim = await store.claim())
      keys.push(claim.delivery.key);
    return keys;
  }

  it('hands out what it accepted, unchanged', async () => {
    await store.accept([delivery('1')]);
    expect((await store.claim())?.delivery).to.deep.equal(delivery('1'));
  });

  it('has nothing to hand out when it is empty', async () => {
    expect(await store.claim()).to.equal(undefined);
  });

  it('keeps a key once, in one call and over several', async () => {
    expect(await store.accept([delivery('1'), delivery('1')])).to.deep.equal({ accepted: 1, duplicates: 1 });
    expect(await store.accept([delivery('1'), delivery('2')])).to.deep.equal({ accepted: 1, duplicates: 1 });
    expect(await store.counts()).to.deep.equal({ waiting: 2, claimed: 0, failed: 0 });
  });

  it('remembers the key of what has been completed', async () => {
    await store.accept([delivery('1')]);
    const claim = await store.claim();
    await store.complete(claim!.id);
    expect(await store.accept([delivery('1')])).to.deep.equal({ accepted: 0, duplicates: 1 });
  });

  it('remembers the key of what has failed', async () => {
    await store.accept([delivery('1')]);
    await store.fail((await store.claim())!.id);
    expect(await store.accept([delivery('1')])).to.deep.equal({ accepted: 0, duplicates: 1 });
    expect(await store.counts()).to.deep.equal({ waiting: 0, claimed: 0, failed: 1 });
  });

  it('still knows a key after six days', async () => {
    await store.accept([delivery('1')]);
    now += 6 * 24 * 60 * 60 * 1000;
    await store.accept([delivery('2')]);
    expect(await store.accept([delivery('1')])).to.deep.equal({ accepted: 0, duplicates: 1 });
  });

  it('hands out one delivery of a conversation at a time, in the order of acceptance', async () => {
    await store.accept([delivery('1'), delivery('2'), delivery('3')]);
    const order: string[] = [];
    for (let claim = await store.claim(); claim !== undefined; claim = await store.claim()) {
      order.push(claim.delivery.key);
      expect(await store.claim(), 'a second claim of the conversation').to.equal(undefined);
      await store.complete(claim.id);
    }
    expect(order).to.deep.equal(['1', '2', '3']);
  });

  it('hands out other conversations while one is in work', async () => {
    await store.accept([delivery('a1', 'a'), delivery('a2', 'a'), delivery('b1', 'b'), delivery('c1', 'c')]);
    expect(await claimKeys()).to.deep.equal(['a1', 'b1', 'c1']);
    expect(await store.counts()).to.deep.equal({ waiting: 1, claimed: 3, failed: 0 });
  });

  it('goes on with a conversation after a failure', async () => {
    await store.accept([delivery('1'), delivery('2')]);
    await store.fail((await store.claim())!.id);
    expect(await claimKeys()).to.deep.equal(['2']);
  });

  it('puts a delivery behind those that wait when it arrives while its conversation is in work', async () => {
    await store.accept([delivery('1'), delivery('2')]);
    const first = await store.claim();
    await store.accept([delivery('3')]);
    await store.complete(first!.id);
    const second = await store.claim();
    expect(second?.delivery.key).to.equal('2');
    await store.complete(second!.id);
    expect((await store.claim())?.delivery.key).to.equal('3');
  });

  it('refuses to end what is not in work', async () => {
    await store.accept([delivery('1')]);
    const claim = await store.claim();
    await store.complete(claim!.id);
    for (const end of [() => store.complete(claim!.id), () => store.fail(claim!.id), () => store.complete(999)]) {
      const error = await end().then(
        () => undefined,
        (err: unknown) => err,
      );
      expect(error).to.be.instanceOf(Error);
    }
    expect(await store.counts()).to.deep.equal({ waiting: 0, claimed: 0, failed: 0 });
  });
}
