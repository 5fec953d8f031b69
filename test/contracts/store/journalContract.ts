import { expect } from 'chai';
import type { EffectOutcome, JournalEntry } from '../../../store/store.ts';
import { claimOne, delivery, rejection, useStore, type OpenStore } from '../storeContract.ts';

export function entry(ordinal: number, fields: Partial<JournalEntry> = {}): JournalEntry {
  const at = 1_700_000_000_000 + ordinal;
  return { ordinal, kind: 'send', hash: `hash ${ordinal}`, detail: '{}', at, outcome: 'open', result: '', ...fields };
}

export function journalContract(open: OpenStore): void {
  const stage = useStore(open);

  /** A delivery that was begun, with these effects, and put back. */
  async function afterOneRun(...outcomes: EffectOutcome[]): Promise<readonly JournalEntry[]> {
    const { store } = stage;
    await store.accept([delivery('1')]);
    const { id } = await claimOne(store);
    for (const [ordinal, outcome] of outcomes.entries()) {
      await store.journal.begin(id, entry(ordinal));
      if (outcome !== 'open') await store.journal.end(id, ordinal, outcome, `"result ${ordinal}"`);
    }
    await store.retry(id, 0);
    return (await claimOne(store)).journal;
  }

  it('has no entries for a turn that has not run', async () => {
    await stage.store.accept([delivery('1')]);
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
    await store.accept([delivery('1')]);
    const { id } = await claimOne(store);
    const answer = entry(0, { kind: 'thread_owner', outcome: 'done', result: '"me"' });
    await store.journal.note(id, answer);
    await store.journal.begin(id, entry(1));
    await store.retry(id, 0);
    expect((await claimOne(store)).journal).to.deep.equal([answer, entry(1)]);
  });

  it('asks again what was asked behind a refusal, and keeps values that were written down', async () => {
    const { store } = stage;
    await store.accept([delivery('1')]);
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
    await store.accept([delivery('1')]);
    const { id } = await claimOne(store);
    await store.journal.begin(id, entry(0, { detail: '1' }));
    await store.journal.begin(id, entry(0, { detail: '2' }));
    await store.retry(id, 0);
    expect((await claimOne(store)).journal).to.deep.equal([entry(0, { detail: '2' })]);
  });

  it('keeps the journals of deliveries apart', async () => {
    const { store } = stage;
    await store.accept([delivery('a', 'a'), delivery('b', 'b')]);
    const [a, b] = [await claimOne(store), await claimOne(store)];
    await store.journal.begin(a.id, entry(0, { hash: 'of a' }));
    await store.journal.begin(b.id, entry(0, { hash: 'of b' }));
    await store.retry(a.id, 0);
    expect((await claimOne(store)).journal.map(({ hash }) => hash)).to.deep.equal(['of a']);
  });

  it('refuses entries of a turn that is not in work', async () => {
    const { store } = stage;
    await store.accept([delivery('1')]);
    const { id } = await claimOne(store);
    await store.complete(id);
    expect((await rejection(store.journal.begin(id, entry(0)))).name).to.equal('NotInWork');
    expect((await rejection(store.journal.end(id, 0, 'done', ''))).name).to.equal('NotInWork');
  });

  it('finds an echo by its mark', async () => {
    const echo = { mid: 'm_1', mark: 'mark 1', text: 'hello', at: 77 };
    await stage.store.accept([{ ...delivery('1'), echo }]);
    expect(await stage.store.journal.echoOf('mark 1')).to.deep.equal(echo);
    expect(await stage.store.journal.echoOf('mark 2')).to.equal(undefined);
  });

  it('knows an echo as soon as it is accepted, although its turn has not come', async () => {
    await stage.store.accept([delivery('1')]);
    await claimOne(stage.store);
    await stage.store.accept([{ ...delivery('2'), echo: { mid: 'm_1', mark: 'mark', at: 77 } }]);
    expect(await stage.store.claim()).to.equal(undefined);
    expect(await stage.store.journal.echoOf('mark')).to.deep.equal({ mid: 'm_1', mark: 'mark', at: 77 });
  });

  it('finds echoes by conversation and time', async () => {
    const { store } = stage;
    await store.accept([
      { ...delivery('1', 'a'), echo: { mid: 'm_1', text: 'x', at: 10 } },
      { ...delivery('2', 'a'), echo: { mid: 'm_2', text: 'y', at: 20 } },
      { ...delivery('3', 'b'), echo: { mid: 'm_3', text: 'z', at: 30 } },
    ]);
    expect(await store.journal.echoesSince('a', 20)).to.deep.equal([{ mid: 'm_2', text: 'y', at: 20 }]);
  });

  it('notes an echo once, however often it comes', async () => {
    const echo = { mid: 'm_1', text: 'x', at: 10 };
    for (let times = 0; times < 3; times += 1) await stage.store.accept([{ ...delivery('1', 'a'), echo }]);
    expect(await stage.store.journal.echoesSince('a', 0)).to.deep.equal([echo]);
  });

  it('remembers what was sent in a conversation, with and without an id', async () => {
    const { store } = stage;
    await store.accept([delivery('1', 'a')]);
    const { id } = await claimOne(store);
    await store.journal.begin(id, entry(0));
    await store.journal.begin(id, entry(1));
    await store.journal.end(id, 0, 'done', '{}', { conversation: 'a', text: 'one', mid: 'm_1', at: 10 });
    await store.journal.end(id, 1, 'done', '{}', { conversation: 'a', text: 'two', at: 20 });
    await store.complete(id);
    expect(await store.journal.sentSince('a', 10)).to.deep.equal([
      { conversation: 'a', text: 'one', mid: 'm_1', at: 10 },
      { conversation: 'a', text: 'two', at: 20 },
    ]);
    expect(await store.journal.sentSince('a', 11)).to.have.length(1);
    expect(await store.journal.sentSince('b', 0)).to.deep.equal([]);
  });

  it('tells which events came behind one in its conversation, since when, and have not ended', async () => {
    const { store } = stage;
    const { journal } = store;
    const since = 1_700_000_000_000;
    await store.accept([{ ...delivery('1', 'a'), kind: 'pass_thread_control' }, delivery('2', 'a')]);
    stage.pass(100);
    await store.accept([{ ...delivery('3', 'a'), kind: 'take_thread_control' }, delivery('4', 'b')]);
    const { id } = await claimOne(store);
    await claimOne(store);
    expect(await journal.heardSince(id, since)).to.deep.equal(['message', 'take_thread_control']);
    expect(await journal.heardSince(id, since + 1)).to.deep.equal(['take_thread_control']);
    expect(await journal.heardSince(id, since + 101)).to.deep.equal([]);
    await store.complete(id);
    const next = await claimOne(store);
    expect(await journal.heardSince(next.id, since)).to.deep.equal(['take_thread_control']);
  });
}
