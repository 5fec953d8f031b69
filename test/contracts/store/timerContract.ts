import { expect } from 'chai';
import type { Store, TimerChange } from '../../../store/store.ts';
import { claimKeys, claimOne, event, useStore, type OpenStore } from '../storeContract.ts';

/** Sets a timer whose event has its name as key. */
export function timer(name: string, dueAt: number, conversation = 'page a', key = name): TimerChange {
  return { conversation, name, set: { dueAt, event: { ...event(key, conversation), kind: 'timer' } } };
}

function cancel(name: string, conversation = 'page a'): TimerChange {
  return { conversation, name, set: undefined };
}

/** Fires everything that may fire now. */
async function fireAll(store: Store, now: number): Promise<number> {
  for (let all = 0; ;) {
    const { fired } = await store.timers.fire(now);
    if (fired === 0) return all;
    all += fired;
  }
}

export function timerContract(open: OpenStore): void {
  const stage = useStore(open);

  it('fires a timer once, when it is due', async () => {
    const { store } = stage;
    await store.timers.change([timer('t', 1_000)]);
    expect(await store.timers.fire(999)).to.deep.equal({ fired: 0, nextDueAt: 1_000 });
    expect(await store.claim()).to.equal(undefined);
    expect(await store.timers.fire(1_000)).to.deep.equal({ fired: 1 });
    expect((await claimOne(store)).event).to.deep.equal({ ...event('t', 'page a'), kind: 'timer', timer: 't' });
    expect(await fireAll(store, Infinity)).to.equal(0);
    expect(await claimKeys(store)).to.deep.equal([]);
  });

  it('tells the next one whatever was set, cancelled and fired since it told the last one', async () => {
    const { store } = stage;
    const next = async (now = 0) => (await store.timers.fire(now)).nextDueAt;
    expect(await next()).to.equal(undefined);
    await store.timers.change([timer('late', 2_000)]);
    expect(await next()).to.equal(2_000);
    await store.timers.change([timer('soon', 1_000)]);
    expect(await next()).to.equal(1_000);
    await store.timers.change([cancel('soon')]);
    expect(await next()).to.equal(2_000);
    expect(await next(2_000)).to.equal(undefined);
  });

  it('does not fire it again when the clock is set back, nor lose one that is due', async () => {
    const { store } = stage;
    await store.timers.change([timer('t', 1_000), timer('u', 2_000)]);
    expect(await fireAll(store, 1_500)).to.equal(1);
    expect(await fireAll(store, 10)).to.equal(0);
    expect(await fireAll(store, 1_500)).to.equal(0);
    expect(await fireAll(store, 2_000)).to.equal(1);
  });

  it('hands it out behind what waits in its conversation, and in the order in which they are due', async () => {
    const { store } = stage;
    await store.timers.change([timer('third', 3), timer('first', 1), timer('second', 2, 'page b'), timer('fourth', 3)]);
    await store.accept([event('event', 'page a')]);
    await fireAll(store, 3);
    for (const expected of ['event', 'second', 'first', 'third', 'fourth']) {
      const { id, event: next } = await claimOne(store);
      expect(next.key).to.equal(expected);
      await store.complete(id);
    }
  });

  it('replaces a timer of the same name in the same conversation, also with an earlier time', async () => {
    const { store } = stage;
    await store.timers.change([timer('t', 1_000), timer('t', 1_000, 'page b')]);
    await store.timers.change([timer('t', 500, 'page a', 'new')]);
    expect(await store.timers.counts()).to.deep.equal({ waiting: 2, fired: 0, nextDueAt: 500 });
    await fireAll(store, 5_000);
    expect(await claimKeys(store)).to.deep.equal(['new', 't']);
  });

  it('cancels a timer, and does not mind that there is none', async () => {
    const { store } = stage;
    await store.timers.change([timer('t', 1), timer('u', 1)]);
    await store.timers.change([cancel('t'), cancel('t'), cancel('never')]);
    expect(await fireAll(store, 5)).to.equal(1);
    expect(await claimKeys(store)).to.deep.equal(['u']);
  });

  it('leaves nothing of a timer that is set and cancelled at once', async () => {
    await stage.store.timers.change([timer('t', 1), cancel('t')]);
    expect(await stage.store.timers.counts()).to.deep.equal({ waiting: 0, fired: 0 });
  });

  it('cancels or replaces one that has fired and whose turn has not begun', async () => {
    const { store } = stage;
    await store.accept([event('event', 'page a')]);
    await store.timers.change([timer('t', 1), timer('u', 1), timer('v', 1)]);
    await fireAll(store, 1);
    const { id } = await claimOne(store);
    await store.complete(id, [], [cancel('t'), timer('u', 9, 'page a', 'again')]);
    expect(await claimKeys(store)).to.deep.equal(['v']);
    expect(await store.timers.counts()).to.deep.equal({ waiting: 1, fired: 3, nextDueAt: 9 });
  });

  it('neither cancels nor replaces one whose turn has begun, or has failed and comes again', async () => {
    const { store } = stage;
    await store.timers.change([timer('t', 1), timer('u', 1, 'page b')]);
    await fireAll(store, 1);
    const first = await claimOne(store);
    const second = await claimOne(store);
    await store.retry(second.id, 0);
    await store.timers.change([cancel('t'), cancel('u', 'page b')]);
    await store.complete(first.id);
    expect(await claimKeys(store)).to.deep.equal(['u']);
  });

  it('lets the turn of a timer set it again', async () => {
    const { store } = stage;
    await store.timers.change([timer('t', 1)]);
    await fireAll(store, 1);
    const { id } = await claimOne(store);
    await store.begin(id);
    await store.complete(id, [], [timer('t', 2, 'page a', 'next')]);
    await fireAll(store, 2);
    expect(await claimKeys(store)).to.deep.equal(['next']);
  });

  it('commits timers with the end of the turn that changes them, and with no other end', async () => {
    const { store } = stage;
    await store.accept([event('1', 'page a'), event('2', 'page b'), event('3', 'page c')]);
    const [done, failed, retried] = [await claimOne(store), await claimOne(store), await claimOne(store)];
    await store.fail(failed.id);
    await store.retry(retried.id, 0);
    expect((await store.timers.counts()).waiting).to.equal(0);
    await store.complete(done.id, [], [timer('t', 1)]);
    expect((await store.timers.counts()).waiting).to.equal(1);
  });

  it('sets no timer with an end that is refused', async () => {
    const { store } = stage;
    await store.state.write([{ key: 'k', value: '1', expected: undefined }]);
    await store.accept([event('1')]);
    const { id } = await claimOne(store);
    const conflict = [{ key: 'k', value: '2', expected: 'none' }];
    await store.complete(id, conflict, [timer('t', 1)]).catch(() => undefined);
    expect((await store.timers.counts()).waiting).to.equal(0);
  });

  it('does not count timers as waiting events until they fire', async () => {
    const { store } = stage;
    await store.timers.change([timer('t', 1), timer('u', 2)]);
    expect((await store.counts()).waiting).to.equal(0);
    expect(await store.oldestOpen()).to.equal(undefined);
    await fireAll(store, 1);
    expect((await store.counts()).waiting).to.equal(1);
  });

  describe('with little room', () => {
    const small = useStore(open, { maxWaiting: 30 });

    it('fires no more of a page than may wait, and those of other pages all the same', async () => {
      const { store } = small;
      const many = Array.from({ length: 20 }, (_, n) => timer(`t${n}`, n, `busy c${n}`));
      await store.timers.change([...many, timer('other', 19, 'quiet a')]);
      expect(await fireAll(store, 100)).to.equal(4);
      expect(await store.timers.fire(100)).to.deep.equal({ fired: 0, nextDueAt: 3 });
      expect(await claimKeys(store)).to.have.members(['t0', 't1', 't2', 'other']);
      // There is room again: what was claimed does not wait.
      expect(await fireAll(store, 100)).to.equal(3);
      await store.accept([event('event', 'busy x')]);
    });
  });

  it('tells which timers of a conversation have not fired, the first that is due before the others', async () => {
    const { store } = stage;
    await store.timers.change([
      timer('late', 3_000),
      timer('soon', 1_000),
      timer('other', 500, 'page b'),
      timer('next', 2_000),
    ]);
    await store.timers.change([cancel('next')]);
    const all = [
      { name: 'soon', dueAt: 1_000 },
      { name: 'late', dueAt: 3_000 },
    ];
    expect(await store.timers.of('page a')).to.deep.equal(all);
    await fireAll(store, 1_000);
    expect(await store.timers.of('page a')).to.deep.equal(all.slice(1));
    expect(await store.timers.of('page c')).to.deep.equal([]);
  });

  describe('what is known of a conversation', () => {
    const known = (key: string, spokeAt?: number, reference = 'r') => ({
      ...event(key, 'page a'),
      reach: { reference, ...(spokeAt !== undefined && { spokeAt }) },
    });

    it('is what the newest event said, with the latest word of the customer', async () => {
      const { store } = stage;
      expect(await store.knownConversation('page a')).to.equal(undefined);
      await store.accept([known('1')]);
      expect(await store.knownConversation('page a')).to.deep.equal({ endpoint: 'azure', reference: 'r' });
      await store.accept([known('2', 20), known('3', 10, 'new'), { ...event('4', 'page b') }]);
      expect(await store.knownConversation('page a')).to.deep.equal({
        ...{ endpoint: 'azure', reference: 'new', spokeAt: 20 },
      });
      expect(await store.knownConversation('page b')).to.equal(undefined);
    });

    it('is not learned from an event that is delivered twice, nor from one that is quarantined', async () => {
      const { store } = stage;
      await store.accept([known('1', 20)]);
      await store.accept([known('1', 30, 'again')]);
      await store.accept([{ ...known('2', 40), quarantine: { reason: 'malformed', sentence: '' } }]);
      expect((await store.knownConversation('page a'))?.spokeAt).to.equal(20);
    });
  });
}
