import { expect } from 'chai';
import type { Claim, UnknownEffects } from '../../../store/store.ts';
import { claimKeys, claimOne, event, useStore, type OpenStore } from '../storeContract.ts';
import { entry } from './journalContract.ts';

export function deadLetterContract(open: OpenStore): void {
  const stage = useStore(open);
  const note = { reason: 'unknownOutcome', sentence: 'Nobody knows.' };

  async function bury(key: string, conversation = 'a'): Promise<number> {
    await stage.store.accept([event(key, conversation)]);
    const { id } = await claimOne(stage.store);
    await stage.store.journal.begin(id, entry(0));
    await stage.store.journal.end(id, 0, 'done', '{"id":"m_1"}');
    await stage.store.journal.begin(id, entry(1));
    await stage.store.fail(id, note);
    return id;
  }

  async function replayed(unknown?: UnknownEffects): Promise<Claim> {
    const id = await bury('1');
    expect(await stage.store.deadLetters.replay(id, unknown)).to.equal(true);
    return claimOne(stage.store);
  }

  it('has none at first', async () => {
    expect(await stage.store.deadLetters.list()).to.deep.equal([]);
    expect(await stage.store.deadLetters.get(1)).to.equal(undefined);
  });

  it('shows what failed, when, why, and what it had done', async () => {
    await stage.store.accept([event('1')]);
    stage.pass(500);
    const { id } = await claimOne(stage.store);
    await stage.store.retry(id, 0);
    await claimOne(stage.store);
    await stage.store.journal.begin(id, entry(0));
    await stage.store.fail(id, note);
    expect(await stage.store.deadLetters.get(id)).to.deep.equal({
      id,
      event: event('1'),
      acceptedAt: 1_700_000_000_000,
      diedAt: 1_700_000_000_500,
      attempts: 1,
      journal: [entry(0)],
      ...note,
    });
  });

  it('lists them, the oldest first, as many as asked for', async () => {
    for (const key of ['1', '2', '3']) await bury(key);
    const keys = async (limit?: number) => (await stage.store.deadLetters.list(limit)).map(({ event: { key } }) => key);
    expect(await keys()).to.deep.equal(['1', '2', '3']);
    expect(await keys(2)).to.deep.equal(['1', '2']);
  });

  it('counts them by their reasons, those that were put back or dropped left out', async () => {
    const byReason = async () => Object.fromEntries(await stage.store.deadLetters.byReason());
    expect(await byReason()).to.deep.equal({});
    const [first, second] = [await bury('1'), await bury('2'), await bury('3')];
    await stage.store.accept([event('4')]);
    await stage.store.fail((await claimOne(stage.store)).id, { reason: 'crashed', sentence: 'It did.' });
    expect(await byReason()).to.deep.equal({ unknownOutcome: 3, crashed: 1 });
    await stage.store.deadLetters.drop(first);
    await stage.store.deadLetters.replay(second);
    expect(await byReason()).to.deep.equal({ unknownOutcome: 1, crashed: 1 });
  });

  it('counts them, those that were put back or dropped left out', async () => {
    const count = () => stage.store.deadLetters.count();
    expect(await count()).to.equal(0);
    const [first, second] = [await bury('1'), await bury('2')];
    expect(await count()).to.equal(2);
    await stage.store.deadLetters.replay(first);
    expect(await count()).to.equal(1);
    await stage.store.deadLetters.drop(second);
    expect(await count()).to.equal(0);
  });

  it('puts one back to work, behind what waits in its conversation', async () => {
    const id = await bury('1');
    await stage.store.accept([event('2')]);
    await stage.store.deadLetters.replay(id);
    const first = await claimOne(stage.store);
    expect(first.event.key).to.equal('2');
    await stage.store.complete(first.id);
    const again = await claimOne(stage.store);
    expect(again.event).to.deep.equal(event('1'));
    expect(again.attempts).to.equal(0);
  });

  it('puts one back once, however often it is asked', async () => {
    const id = await bury('1');
    const answers = await Promise.all([1, 2, 3, 4].map(() => stage.store.deadLetters.replay(id)));
    expect(answers).to.deep.equal([true, false, false, false]);
    expect(await claimKeys(stage.store)).to.deep.equal(['1']);
    expect(await stage.store.deadLetters.replay(id)).to.equal(false);
  });

  it('lists one no more that was put back, and still shows it', async () => {
    const id = await bury('1');
    stage.pass(10);
    await stage.store.deadLetters.replay(id);
    expect(await stage.store.deadLetters.list()).to.deep.equal([]);
    expect((await stage.store.deadLetters.get(id))?.replayedAt).to.equal(1_700_000_000_010);
  });

  it('brings along what the turn had done', async () => {
    const { journal } = await replayed();
    expect(journal.map(({ outcome }) => outcome)).to.deep.equal(['done', 'open']);
  });

  it('does unknown effects again when it is told to', async () => {
    const { journal } = await replayed('again');
    expect(journal.map(({ outcome }) => outcome)).to.deep.equal(['done']);
  });

  it('does unknown effects again, and nothing that came after them', async () => {
    await stage.store.accept([event('1')]);
    const { id } = await claimOne(stage.store);
    await stage.store.journal.begin(id, entry(0));
    await stage.store.journal.begin(id, entry(1));
    await stage.store.journal.end(id, 1, 'done', '{"id":"m_1"}');
    await stage.store.fail(id, note);
    await stage.store.deadLetters.replay(id, 'again');
    const { journal } = await claimOne(stage.store);
    expect(journal.map(({ ordinal, outcome }) => [ordinal, outcome])).to.deep.equal([[1, 'done']]);
  });

  it('commits what is true all the same with it', async () => {
    await stage.store.accept([event('1')]);
    const { id } = await claimOne(stage.store);
    await stage.store.fail(id, note, [{ key: 'passed', value: '{"note":1}', expected: undefined }]);
    expect((await stage.store.state.read(['passed'])).get('passed')?.value).to.equal('{"note":1}');
  });

  it('takes unknown effects as done when it is told to', async () => {
    const { journal } = await replayed('assumeDone');
    expect(journal.map(({ outcome }) => outcome)).to.deep.equal(['done', 'done']);
  });

  it('tells when one that was put back may be claimed', async () => {
    const id = await bury('1');
    let told = 0;
    stage.store.onWork(() => (told += 1));
    await stage.store.deadLetters.replay(id);
    expect(told).to.equal(1);
  });

  it('still knows the key of one', async () => {
    await bury('1');
    expect(await stage.store.accept([event('1')])).to.deep.equal({ accepted: 0, duplicates: 1 });
  });

  it('forgets one that is dropped', async () => {
    const id = await bury('1');
    expect(await stage.store.deadLetters.drop(id)).to.equal(true);
    expect(await stage.store.deadLetters.drop(id)).to.equal(false);
    expect(await stage.store.deadLetters.list()).to.deep.equal([]);
    expect(await stage.store.deadLetters.replay(id)).to.equal(false);
  });

  it('may become one again after it was put back', async () => {
    const { id } = await replayed();
    await stage.store.fail(id, note);
    const [letter] = await stage.store.deadLetters.list();
    expect(letter?.event.key).to.equal('1');
    expect(letter?.journal).to.have.length(2);
  });
}
