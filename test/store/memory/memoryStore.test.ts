import { expect } from 'chai';
import { createMemoryStore } from '../../../store/memory/memoryStore.ts';
import { event, storeContract } from '../../contracts/storeContract.ts';

describe('the store in memory', () => {
  storeContract(createMemoryStore);

  it('forgets a key after its retention', async () => {
    let now = 0;
    const store = createMemoryStore({ now: () => now, keyRetentionMs: 1000 });
    await store.accept([event('1')]);
    now = 1001;
    await store.accept([event('2')]);
    expect(await store.accept([event('1')])).to.deep.equal({ accepted: 1, duplicates: 0 });
  });

  it('forgets the oldest keys first when there are too many', async () => {
    const store = createMemoryStore({ maxKeys: 2 });
    await store.accept([event('1'), event('2'), event('3')]);
    expect(await store.accept([event('3')])).to.deep.equal({ accepted: 0, duplicates: 1 });
    expect(await store.accept([event('1')])).to.deep.equal({ accepted: 1, duplicates: 0 });
  });
});
