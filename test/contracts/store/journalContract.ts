import { expect } from 'chai';
import type { EffectOutcome, JournalEntry } from '../../../store/store.ts';
import { claimOne, event, rejection, useStore, type OpenStore } from '../storeContract.ts';

export function entry(ordinal: number, fields: Partial<JournalEntry> = {}): JournalEntry {
  const at = 1_700_000_000_000 + ordinal;
  return { ordinal, kind: 'send', hash: `hash ${ordinal}`, detail: '{}', at, outcome: 'open', result: '', ...fields };
}

export function journalContract(open: OpenStore): void {
  const stage = useStore(open);

  /** An event that was begun, with these effects, and put back. */
  async function afterOneRun(...outcomes: EffectOutcome[]): Promise<readonly JournalEntry[]> {
    const { store } = stage;
    await store.accept([event('1')]);
    const { id } = await claimOne(store);
    for (const [ordinal, outcome] of outcomes.entries()) {
      await store.journal.begin(id, entry(ordinal));
      if (outcome !== 'open') await store.journal.end(id, ordinal, outcome, `"result ${ordinal}"`);
    }
    await store.retry(id, 0);
    return (await claimOne(store)).journal;
  }

  it('has no entries for a turn that has not run', async () => {
    await stage.store.accept([event('1')]);
    expect((await claimOne(stage.store)).journal).to.deep.equal([]);
  });

  it('gives the entries of an earlier run, in order', async () => {
    expect(await afterOneRun('done', 'unknown', 'open')).to.deep.equal([
      entry(0, { outcome: 'done', result: '"result 0"' }),
      entry(1, { outcome: 'unknown', result: '"result 1"' }),
      entry(2),
    ]);
  });

  it('takes refusals at the end out when the turn is put back', async () => {
    const kept = await afterOneRun('done', 'refused', 'done', 'refused', 'refused');
    expect(kept.map(({ outcome }) => outcome)).to.deep.equal(['done', 'refused', 'done']);
  });

  it('takes everything out when everything was refused', async () => {
    expect(await afterOneRun('refused', 'refused')).to.deep.equal([]);
  });

  it('notes an entry that needs no beginning', async () => {
    const { store } = stage;
    await store.accept([event('1')]);
    const { id } = await claimOne(store);
    const answer = entry(0, { kind: 'thread_owner', outcome: 'done', result: '"me"' });
    await store.journal.note(id, answer);
    await store.journal.begin(id, entry(1));
    await store.retry(id, 0);
    expect((await claimOne(store)).journal).to.deep.equal([answer, entry(1)]);
  });

  it('asks again what was asked behind a refusal, and keeps values that were written down', async () => {
    const { store } = stage;
    await store.accept([event('1')]);
    const { id } = await claimOne(store);
    const done = { outcome: 'done', result: '1' } as const;
    const entries = [
      entry(0, done),
      entry(1, { ...done, kind: 'thread_owner' }),
      entry(2, { outcome: 'refused' }),
      entry(3, { ...done, kind: 'thread_owner' }),
      entry(4, { ...done, kind: 'once' }),
    ];
    for (const one of entries) await store.journal.note(id, one);
    await store.retry(id, 0);
    expect((await claimOne(store)).journal.map(({ ordinal }) => ordinal)).to.deep.equal([0, 1, 4]);
  });

  it('writes an entry anew when its effect is begun anew', async () => {
    const { store } = stage;
    await store.accept([event('1')]);
    const { id } = await claimOne(store);
    await store.journal.begin(id, entry(0, { detail: '1' }));
    await store.journal.begin(id, entry(0, { detail: '2' }));
    await store.retry(id, 0);
    expect((await claimOne(store)).journal).to.deep.equal([entry(0, { detail: '2' })]);
  });

  it('keeps the journals of deliveries apart', async () => {
    const { store } = stage;
    await store.accept([event('a', 'a'), event('b', 'b')]);
    const [a, b] = [await claimOne(store), await claimOne(store)];
    await store.journal.begin(a.id, entry(0, { hash: 'of a' }));
    await store.journal.begin(b.id, entry(0, { hash: 'of b' }));
    await store.retry(a.id, 0);
    expect((await claimOne(store)).journal.map(({ hash }) => hash)).to.deep.equal(['of a']);
  });

  it('refuses entries of a turn that is not in work', async () => {
    const { store } = stage;
    await store.accept([event('1')]);
    const { id } = await claimOne(store);
    await store.complete(id);
    expect((await rejection(store.journal.begin(id, entry(0)))).name).to.equal('NotInWork');
    expect((await rejection(store.journal.end(id, 0, 'done', ''))).name).to.equal('NotInWork');
  });

  it('finds an echo by its mark', async () => {
    const echo = { mid: 'm_1', correlationId: 'mark 1', text: 'hello', at: 77 };
    await stage.store.accept([{ ...event('1'), echo }]);
    expect(await stage.store.journal.echoOf('mark 1')).to.deep.equal(echo);
    expect(await stage.store.journal.echoOf('mark 2')).to.equal(undefined);
  });

  it('knows an echo as soon as it is accepted, although its turn has not come', async () => {
    await stage.store.accept([event('1')]);
    await claimOne(stage.store);
    await stage.store.accept([{ ...event('2'), echo: { mid: 'm_1', correlationId: 'mark', at: 77 } }]);
    expect(await stage.store.claim()).to.equal(undefined);
    expect(await stage.store.journal.echoOf('mark')).to.deep.equal({ mid: 'm_1', correlationId: 'mark', at: 77 });
  });

  it('finds echoes by conversation and time', async () => {
    const { store } = stage;
    await store.accept([
      { ...event('1', 'a'), echo: { mid: 'm_1', text: 'x', at: 10 } },
      { ...event('2', 'a'), echo: { mid: 'm_2', text: 'y', at: 20 } },
      { ...event('3', 'b'), echo: { mid: 'm_3', text: 'z', at: 30 } },
    ]);
    expect(await store.journal.echoesSince('a', 20)).to.deep.equal([{ mid: 'm_2', text: 'y', at: 20 }]);
  });

  it('notes an echo once, however often it comes', async () => {
    const echo = { mid: 'm_1', text: 'x', at: 10 };
    for (let times = 0; times < 3; times += 1) await stage.store.accept([{ ...event('1', 'a'), echo }]);
    expect(await stage.store.journal.echoesSince('a', 0)).to.deep.equal([echo]);
  });

  it('remembers what was sent in a conversation, with and without an id', async () => {
    const { store } = stage;
    await store.accept([event('1', 'a')]);
    const { id } = await claimOne(store);
    await store.journal.begin(id, entry(0));
    await store.journal.begin(id, entry(1));
    await store.journal.end(id, 0, 'done', '{}', { conversation: 'a', text: 'one', mid: 'm_1', at: 10 });
    await store.journal.end(id, 1, 'done', '{}', { conversation: 'a', text: 'two', at: 20 });
    await store.complete(id);
    expect(await store.journal.sentSince('a', 10)).to.deep.equal([
      { conversation: 'a', text: 'one', mid: 'm_1', at: 10, state: 'done' },
      { conversation: 'a', text: 'two', at: 20, state: 'done' },
    ]);
    expect(await store.journal.sentSince('a', 11)).to.have.length(1);
    expect(await store.journal.sentSince('b', 0)).to.deep.equal([]);
  });

  it('tells what was accepted about the control of a thread, since when', async () => {
    const { store } = stage;
    const pass = { kind: 'pass_thread_control', at: 77, newOwner: '1000', previousOwner: '2000' } as const;
    const take = { kind: 'take_thread_control', at: 78 } as const;
    const since = 1_700_000_000_000;
    await store.accept([{ ...event('1', 'a'), thread: pass }]);
    stage.pass(100);
    await store.accept([
      { ...event('2', 'a'), thread: take },
      { ...event('3', 'b'), thread: take },
      { ...event('1', 'a'), thread: pass },
    ]);
    const of = (at: number) => store.journal.threadSince('a', at);
    const first = { ...pass, notedAt: since };
    const second = { ...take, notedAt: since + 100 };
    expect(await of(since)).to.deep.equal([first, second]);
    expect(await of(since + 1)).to.deep.equal([second]);
    await store.complete((await claimOne(store)).id);
    expect(await of(since)).to.have.length(2);
  });

  it('knows whose an echo is, and whether echoes of a page are heard', async () => {
    const { store } = stage;
    const { journal } = store;
    expect(await journal.echoesOf('facebook 1')).to.deep.equal({ any: false, self: false });
    const other = { mid: 'm_1', at: 10, author: 'other', appId: '2000', text: 'x' } as const;
    await store.accept([{ ...event('1', 'facebook 1 7'), echo: other }]);
    expect(await journal.echoesSince('facebook 1 7', 0)).to.deep.equal([other]);
    expect(await journal.echoesOf('facebook 1')).to.deep.equal({ any: true, self: false });
    const spoke = [{ at: 10, notedAt: 1_700_000_000_000 }];
    expect(await journal.othersSince('facebook 1 7', 10)).to.deep.equal(spoke);
    expect(await journal.othersSince('facebook 1 7', 11)).to.deep.equal([]);
    expect(await journal.othersSince('facebook 1 8', 0)).to.deep.equal([]);
    await store.accept([{ ...event('2', 'facebook 1 8'), echo: { mid: 'm_2', at: 11 } }]);
    expect(await journal.echoesOf('facebook 1')).to.deep.equal({ any: true, self: true });
    expect(await journal.echoesOf('facebook 11')).to.deep.equal({ any: false, self: false });
  });

  describe('of a message that is about to be sent', () => {
    const about = { conversation: 'c', text: 'hello', earliest: 5 };
    const sending = (ordinal: number, correlationId: string) =>
      entry(ordinal, { detail: JSON.stringify({ mark: correlationId, about }) });
    const at = 1_700_000_000_000;
    const open = { conversation: 'c', text: 'hello', state: 'open', correlationId: 'once-0', begunAt: at, earliest: 5 };

    async function begin(): Promise<number> {
      await stage.store.accept([event('1', 'a')]);
      const { id } = await claimOne(stage.store);
      await stage.store.journal.begin(id, sending(0, 'once-0'));
      return id;
    }
    const notes = () => stage.store.journal.sentSince('c', 0);

    it('knows in which conversation, with which words and since when, before its end is known', async () => {
      await begin();
      expect(await notes()).to.deep.equal([{ ...open, at }]);
    });

    it('knows it as sent, with its id and what the platform’s clock was', async () => {
      const id = await begin();
      const sent = { conversation: 'c', text: 'hello', mid: 'm_1', at: at + 9, earliest: 6, latest: 8 };
      await stage.store.journal.end(id, 0, 'done', '{}', sent);
      expect(await notes()).to.deep.equal([{ ...open, ...sent, state: 'done' }]);
    });

    it('tells of messages in the order in which they were begun, whatever the clocks say, and whichever ends first', async () => {
      const id = await begin();
      await stage.store.journal.begin(id, { ...sending(1, 'once-1'), at: at - 60_000 });
      const sent = { conversation: 'c', text: 'hello', mid: 'm_1', at: at + 9 };
      await stage.store.journal.end(id, 0, 'done', '{}', sent);
      await stage.store.journal.begin(id, { ...sending(2, 'once-2'), at: at - 60_000 });
      const order = (await notes()).map(({ correlationId }) => correlationId);
      expect(order).to.deep.equal(['once-0', 'once-1', 'once-2']);
    });

    it('forgets it when it was refused, or turned out to be absent', async () => {
      const id = await begin();
      await stage.store.journal.end(id, 0, 'refused', '{}');
      expect(await notes()).to.deep.equal([]);
      await stage.store.journal.begin(id, sending(1, 'once-1'));
      await stage.store.journal.reconcileSent('once-1', 'absent', at);
      expect(await notes()).to.deep.equal([]);
    });

    it('keeps it as unknown, also when it is taken as done without an id, and when it is begun anew', async () => {
      const id = await begin();
      await stage.store.journal.reconcileSent('once-0', 'unknown', at + 7);
      expect(await notes()).to.deep.equal([{ ...open, at, state: 'unknown', latest: at + 7 }]);
      await stage.store.journal.end(id, 0, 'done', '{}', { conversation: 'c', text: 'hello', at: at + 9 });
      await stage.store.journal.begin(id, sending(0, 'once-1'));
      expect((await notes()).map(({ correlationId, state }) => [correlationId, state])).to.deep.equal([
        ['once-0', 'unknown'],
        ['once-1', 'open'],
      ]);
    });
  });
}
