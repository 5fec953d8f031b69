import { expect } from 'chai';
import { createBotStorage } from '../../turns/botStorage.ts';
import { createMemoryStore } from '../../store/memory/memoryStore.ts';
import { openSqliteStore } from '../../store/sqlite/sqliteStore.ts';
import type { Store } from '../../store/store.ts';
import { event } from '../contracts/storeContract.ts';
import { useFolder } from '../support/brokenDisk.ts';
import { createFakePlatform, createTurnStage } from '../support/turnStage.ts';

interface Counter {
  count?: number;
  eTag?: string;
}

/** Conversations that all change one value, and answer with it. */
async function count(store: Store, conversations: number) {
  const platform = createFakePlatform();
  const storage = () => createBotStorage(store.state, stage.scopes);
  await writeCounter(store);
  const stage = createTurnStage({
    store,
    platform,
    run: async (one, { conversation }) => {
      const { counter = {} } = (await storage().read(['counter'])) as { counter?: Counter };
      await one.say(`${conversation}: you are number ${counter.count ?? 0}`);
      await storage().write({ counter: { ...counter, count: (counter.count ?? 0) + 1 } });
    },
  });
  const names = Array.from({ length: conversations }, (_, index) => `facebook 1 ${index}`);
  await store.accept(names.map((name) => event(name, name)));
  await stage.runner.settled();
  const value = (await store.state.read(['counter'])).get('counter')?.value;
  const answered = new Set(platform.sent.map(({ text }) => text.split(':')[0]));
  return {
    sent: platform.sent.length,
    answered: answered.size,
    counter: (JSON.parse(value ?? '{}') as Counter).count,
    letters: await store.deadLetters.count(),
    pages: stage.runner.pages().size,
    log: stage.logger.lines.map(({ message }) => message),
  };
}

/** The value is there, so that everybody reads it with an eTag. */
async function writeCounter(store: Store): Promise<void> {
  await store.state.write([{ key: 'counter', value: JSON.stringify({ count: 1 }), expected: undefined }]);
}

describe('conversations that change one value of the state by its eTag', () => {
  const folder = useFolder();
  for (const [name, open] of [
    ['memory', async () => createMemoryStore()],
    ['SQLite', () => openSqliteStore(folder.path('bot.db'))],
  ] as const) {
    it(`are all answered once and counted once, with the store in ${name}`, async () => {
      const store = await open();
      const { log, ...rest } = await count(store, 20);
      expect(rest).to.deep.equal({ sent: 20, answered: 20, counter: 21, letters: 0, pages: 0 });
      expect(log.filter((line) => /platform/.test(line))).to.deep.equal([]);
      await store.close();
    });
  }

  it('do not run for ever when one conflicts with itself', async () => {
    const clock = { now: 1_700_000_000_000 };
    const store = createMemoryStore({ now: () => clock.now, monotonicNow: () => clock.now });
    await writeCounter(store);
    const platform = createFakePlatform();
    let runs = 0;
    const stage = createTurnStage({
      store,
      platform,
      now: () => clock.now,
      pass: (ms) => void (clock.now += ms),
      run: async (one) => {
        runs += 1;
        await one.say('hello');
        await createBotStorage(store.state, one.scopes).write({ counter: { count: 1, eTag: 'from before' } });
      },
    });
    await store.accept([event('1', 'facebook 1 7004')]);
    await stage.runner.settled();
    expect((await store.deadLetters.list()).map(({ reason }) => reason)).to.deep.equal(['conflict']);
    expect(platform.sent).to.have.length(1);
    expect(runs).to.be.within(100, 200);
    expect(stage.runner.pages().size).to.equal(0);
  });
});
