import { expect } from 'chai';
import type { InboxEvent } from '../../../store/store.ts';
import { claimKeys, claimOne, event, rejection, useStore, type OpenStore } from '../storeContract.ts';

export function quarantined(key: string, reason = 'malformed', conversation = key): InboxEvent {
  return { ...event(key, conversation), quarantine: { reason, sentence: `It is ${reason}.` } };
}

export function quarantineContract(open: OpenStore): void {
  const stage = useStore(open);

  it('keeps an event with its whole content and hands it to no turn', async () => {
    const { store } = stage;
    const odd = { ...quarantined('1'), payload: JSON.stringify({ raw: '\u0000 👩‍👩‍👧 "', more: 'x'.repeat(100_000) }) };
    expect(await store.accept([odd])).to.deep.equal({ accepted: 1, duplicates: 0, quarantined: 1 });
    expect(await store.claim()).to.equal(undefined);
    const { quarantine, ...kept } = odd;
    const [event] = await store.quarantine.list();
    expect(event).to.deep.equal({ id: event?.id, event: kept, acceptedAt: 1_700_000_000_000, ...quarantine });
    expect(await store.quarantine.get(event!.id)).to.deep.equal(event);
    expect(await store.quarantine.count()).to.equal(1);
  });

  it('knows its key as that of any other, in one call, over several, and after it was dropped', async () => {
    const { store } = stage;
    const first = await store.accept([quarantined('1'), quarantined('1'), event('1')]);
    expect(first).to.deep.equal({ accepted: 1, duplicates: 2, quarantined: 1 });
    const known = { accepted: 0, duplicates: 1 };
    expect(await store.accept([quarantined('1')])).to.deep.equal(known);
    await store.quarantine.drop((await store.quarantine.list())[0]!.id);
    expect(await store.accept([event('1')])).to.deep.equal(known);
    expect(await store.quarantine.count()).to.equal(0);
  });

  it('costs the neighbours nothing, and does not count as waiting', async () => {
    const { store } = stage;
    await store.accept([event('1', 'a'), quarantined('2', 'malformed', 'a'), event('3', 'b')]);
    expect(await store.counts()).to.deep.equal({ waiting: 2, claimed: 0, failed: 0 });
    expect(await claimKeys(store)).to.deep.equal(['1', '3']);
    expect(await store.oldestOpen()).to.equal(1_700_000_000_000);
  });

  it('notes the echo that an event shows all the same', async () => {
    const echo = { mid: 'm_1', correlationId: 'mark', at: 1 };
    await stage.store.accept([{ ...quarantined('1'), echo }]);
    expect(await stage.store.journal.echoOf('mark')).to.deep.equal(echo);
  });

  it('lists the oldest first, as many as asked for, and those that are meant', async () => {
    const { store } = stage;
    await store.accept([quarantined('1', 'malformed', 'facebook 10 76')]);
    stage.pass(1000);
    await store.accept([{ ...quarantined('2', 'unknownPage', 'facebook 11 77'), kind: 'read' }, quarantined('3')]);
    const keys = async (...args: Parameters<typeof store.quarantine.list>) =>
      (await store.quarantine.list(...args)).map((event) => event.event.key);
    expect(await keys()).to.deep.equal(['1', '2', '3']);
    expect(await keys(2)).to.deep.equal(['1', '2']);
    expect(await keys(9, { reason: 'malformed' })).to.deep.equal(['1', '3']);
    expect(await keys(9, { kind: 'read' })).to.deep.equal(['2']);
    expect(await keys(9, { page: '11' })).to.deep.equal(['2']);
    expect(await keys(9, { since: 1_700_000_001_000 })).to.deep.equal(['2', '3']);
    expect(await keys(9, { before: 1_700_000_001_000 })).to.deep.equal(['1']);
    expect(await keys(9, { about: '77' })).to.deep.equal(['2']);
    expect(await keys(1, { reason: 'malformed', since: 1_700_000_001_000 })).to.deep.equal(['3']);
  });

  it('releases one to a turn, once, behind what waits in its conversation', async () => {
    const { store } = stage;
    let told = 0;
    store.onWork(() => (told += 1));
    await store.accept([quarantined('1', 'unknownPage', 'a'), event('2', 'a')]);
    const { id } = (await store.quarantine.list())[0]!;
    const answers = await Promise.all([1, 2, 3].map(() => store.quarantine.release(id)));
    expect(answers).to.deep.equal([true, false, false]);
    expect(told).to.equal(1);
    await store.complete((await claimOne(store)).id);
    const claim = await claimOne(store);
    expect(claim).to.deep.include({ event: event('1', 'a'), attempts: 0, begun: 0, journal: [] });
    await store.complete(claim.id);
    expect(await store.claim()).to.equal(undefined);
    expect(await store.quarantine.count()).to.equal(0);
  });

  it('forgets one that is dropped', async () => {
    const { store } = stage;
    await store.accept([quarantined('1')]);
    const { id } = (await store.quarantine.list())[0]!;
    expect([await store.quarantine.drop(id), await store.quarantine.drop(id)]).to.deep.equal([true, false]);
    expect(await store.quarantine.get(id)).to.equal(undefined);
    expect(await store.quarantine.release(id)).to.equal(false);
  });

  describe('of a store that is full of waiting deliveries', () => {
    const small = useStore(open, { maxWaiting: 1 });

    it('still takes an event, which waits for nobody', async () => {
      await small.store.accept([event('1')]);
      await small.store.accept([quarantined('2')]);
      expect(await small.store.quarantine.count()).to.equal(1);
      const mixed = await rejection(small.store.accept([quarantined('3'), event('4')]));
      expect(mixed).to.include({ reason: 'backlog' });
      expect(await small.store.quarantine.count()).to.equal(1);
    });
  });
}
