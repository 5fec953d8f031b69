import { ConversationState, TestAdapter } from 'botbuilder';
import { expect } from 'chai';
import { createBotStorage } from '../../turns/botStorage.ts';
import { createMemoryStore } from '../../store/memory/memoryStore.ts';
import { TurnScope, createTurnScopes } from '../../turns/turnScope.ts';
import { claimOne, event, rejection } from '../contracts/storeContract.ts';

async function inTurn() {
  const store = createMemoryStore();
  const scopes = createTurnScopes();
  const storage = createBotStorage(store.state, scopes);
  await store.accept([event('1')]);
  const claim = await claimOne(store);
  return { store, scopes, storage, claim, scope: new TurnScope(claim) };
}

describe("the bot's storage", () => {
  it('keeps what a turn writes to itself until the turn is done', async () => {
    const { store, scopes, storage, claim, scope } = await inTurn();
    await scopes.run(scope, async () => {
      await storage.write({ k: { n: 1 } });
      expect(await storage.read(['k'])).to.deep.equal({ k: { n: 1, eTag: '*' } });
    });
    expect(await storage.read(['k'])).to.deep.equal({});
    await store.complete(claim.id, scope.changes);
    expect((await storage.read(['k']))['k']).to.include({ n: 1 });
  });

  it('forgets what a turn wrote that failed', async () => {
    const { store, scopes, storage, claim, scope } = await inTurn();
    await scopes.run(scope, () => storage.write({ k: { n: 1 } }));
    await store.retry(claim.id, 0);
    expect(await storage.read(['k'])).to.deep.equal({});
  });

  it('shows a turn what it deleted as gone', async () => {
    const { scopes, storage, scope } = await inTurn();
    await storage.write({ k: { n: 1 } });
    await scopes.run(scope, async () => {
      await storage.delete(['k']);
      expect(await storage.read(['k'])).to.deep.equal({});
    });
    expect((await storage.read(['k']))['k']).to.include({ n: 1 });
  });

  it('refuses an item with an old eTag, and takes one with * or without', async () => {
    const { storage } = await inTurn();
    await storage.write({ k: { n: 1 } });
    const old = (await storage.read(['k']))['k'] as object;
    await storage.write({ k: { n: 2, eTag: '*' } });
    expect((await rejection(storage.write({ k: { ...old, n: 3 } }))).name).to.equal('StateConflict');
    await storage.write({ k: { n: 4 } });
    expect((await storage.read(['k']))['k']).to.include({ n: 4 });
  });

  it("carries Bot Builder's ConversationState from one turn to the next", async () => {
    const { storage } = await inTurn();
    const state = new ConversationState(storage);
    const count = state.createProperty<number>('count');
    const adapter = new TestAdapter(async (context) => {
      const value = (await count.get(context, 0)) + 1;
      await count.set(context, value);
      await state.saveChanges(context);
      await context.sendActivity(String(value));
    });
    await adapter.send('a').assertReply('1').send('b').assertReply('2').startTest();
  });

  describe('with an expiry for the state of customers', () => {
    const day = 86_400_000;
    let now = 0;
    const stage = async () => {
      now = 9_000_000_000_000;
      const { store, scopes } = await inTurn();
      const storage = createBotStorage(store.state, scopes, { keepMs: 30 * day, expire: 'customers', now: () => now });
      const expiryOf = async (key: string) => (await store.state.read([key])).get(key)?.expiresAt;
      return { store, storage, expiryOf };
    };
    const mine = 'facebook/users/7654321000000001/';

    it('keeps what its turns use, and looks at it for nothing more than once a day', async () => {
      const { storage, expiryOf } = await stage();
      await storage.write({ [mine]: { n: 1 } });
      const first = await expiryOf(mine);
      expect(first).to.equal(now + 30 * day);
      now += day / 2;
      await storage.read([mine]);
      expect(await expiryOf(mine)).to.equal(first);
      now += day;
      const eTag = (await storage.read([mine]))[mine] as { eTag: string };
      expect(await expiryOf(mine)).to.equal(now + 30 * day);
      await storage.write({ [mine]: { n: 2, eTag: eTag.eTag } });
    });

    it('gives one to what was written before, and none to what is not of one customer', async () => {
      const { store, storage, expiryOf } = await stage();
      await store.state.write([{ key: mine, value: '{}', expected: undefined }]);
      await storage.write({ prices: { n: 1 } });
      await storage.read([mine, 'prices']);
      expect(await expiryOf(mine)).to.equal(now + 30 * day);
      expect(await expiryOf('prices')).to.equal(undefined);
    });
  });
});
