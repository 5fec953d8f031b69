import { expect } from 'chai';
import type { StateChange } from '../../../store/store.ts';
import { claimOne, event, rejection, useStore, type OpenStore } from '../storeContract.ts';

const change = (key: string, value: string | undefined, expected?: string): StateChange => ({ key, value, expected });

export function stateContract(open: OpenStore): void {
  const stage = useStore(open);
  const valueOf = async (key: string) => (await stage.store.state.read([key])).get(key)?.value;
  const eTagOf = async (key: string) => (await stage.store.state.read([key])).get(key)?.eTag;

  it('knows nothing that nobody wrote', async () => {
    expect(await stage.store.state.read(['a', 'b'])).to.deep.equal(new Map());
  });

  it('reads what was written, and only what was asked for', async () => {
    await stage.store.state.write([change('a', '{"n":1}'), change('b', '{"n":2}')]);
    expect([...(await stage.store.state.read(['a', 'c'])).keys()]).to.deep.equal(['a']);
    expect(await valueOf('a')).to.equal('{"n":1}');
  });

  it('gives another eTag with every write', async () => {
    await stage.store.state.write([change('a', '1')]);
    const first = await eTagOf('a');
    await stage.store.state.write([change('a', '1')]);
    expect(await eTagOf('a')).not.to.equal(first);
  });

  it('refuses a write against an old eTag', async () => {
    await stage.store.state.write([change('a', '1')]);
    const old = (await eTagOf('a')) ?? '';
    await stage.store.state.write([change('a', '2', old)]);
    expect((await rejection(stage.store.state.write([change('a', '3', old)]))).name).to.equal('StateConflict');
    expect(await valueOf('a')).to.equal('2');
  });

  it('refuses a write against an eTag of what is not there', async () => {
    expect((await rejection(stage.store.state.write([change('a', '1', '7')]))).name).to.equal('StateConflict');
  });

  it('changes the expiry of what is there, and not its eTag', async () => {
    await stage.store.state.write([{ ...change('a', '1'), expiresAt: 8_000_000_000_000 }, change('b', '1')]);
    const before = await eTagOf('a');
    await stage.store.state.expireAt(['a', 'b', 'c'], 9_000_000_000_000);
    const found = await stage.store.state.read(['a', 'b', 'c']);
    expect([...found].map(([key, { expiresAt }]) => [key, expiresAt])).to.deep.equal([
      ['a', 9_000_000_000_000],
      ['b', 9_000_000_000_000],
    ]);
    expect(found.get('a')?.eTag).to.equal(before);
  });

  it('never uses an eTag again after a key was forgotten', async () => {
    await stage.store.state.write([change('a', '1')]);
    const old = (await eTagOf('a')) ?? '';
    await stage.store.state.write([change('a', undefined)]);
    await stage.store.state.write([change('a', '2')]);
    expect((await rejection(stage.store.state.write([change('a', '3', old)]))).name).to.equal('StateConflict');
  });

  it('writes all of a call or nothing', async () => {
    await rejection(stage.store.state.write([change('a', '1'), change('b', '1', 'wrong')]));
    expect(await valueOf('a')).to.equal(undefined);
  });

  it('lets one of two win that write against the same eTag', async () => {
    await stage.store.state.write([change('a', '0')]);
    const eTag = (await eTagOf('a')) ?? '';
    const both = ['1', '2'].map((value) => stage.store.state.write([change('a', value, eTag)]));
    const statuses = (await Promise.allSettled(both)).map(({ status }) => status);
    expect(statuses).to.deep.equal(['fulfilled', 'rejected']);
    expect(await valueOf('a')).to.equal('1');
  });

  it('changes with the end of a turn', async () => {
    await stage.store.accept([event('1')]);
    await stage.store.complete((await claimOne(stage.store)).id, [change('a', '1')]);
    expect(await valueOf('a')).to.equal('1');
  });

  it('leaves the turn in work when its changes are refused', async () => {
    const { store } = stage;
    await store.accept([event('1')]);
    const { id } = await claimOne(store);
    const error = await rejection(store.complete(id, [change('a', '1'), change('b', '1', 'wrong')]));
    expect(error.name).to.equal('StateConflict');
    expect(await valueOf('a')).to.equal(undefined);
    expect(await store.counts()).to.deep.equal({ waiting: 0, claimed: 1, failed: 0 });
    await store.retry(id, 0);
    expect((await claimOne(store)).id).to.equal(id);
  });

  it('does not change with the end of a turn that is not in work', async () => {
    await rejection(stage.store.complete(5, [change('a', '1')]));
    expect(await valueOf('a')).to.equal(undefined);
  });
}
