import { expect } from 'chai';
import { openSqliteStore } from '../../store/sqlite/sqliteStore.ts';
import type { Store } from '../../store/store.ts';
import { endpointNames, passesTo, says, startBothEndpoints, type BothEndpoints } from '../support/bothEndpoints.ts';
import { useFolder } from '../support/brokenDisk.ts';

const sockets = 32;

describe('An event that comes again', () => {
  const folder = useFolder();
  let bot: BothEndpoints;
  const turns: string[] = [];
  const openStore = (): Promise<Store> => openSqliteStore(folder.path('bot.db'));

  beforeEach(async () => {
    turns.splice(0);
    bot = await startBothEndpoints({
      store: await openStore(),
      run: async (context) => {
        const { type, text } = context.activity;
        turns.push(type === 'message' ? text : type);
        if (type === 'message') await context.sendActivity(`you said ${text}`);
      },
    });
  });
  afterEach(() => bot.close());

  const ways = {
    webhook: () => 'webhook',
    azure: () => 'azure',
    'both endpoints': (n: number) => endpointNames[n % 2]!,
  } as const;
  for (const [way, endpointOf] of Object.entries(ways)) {
    it(`on ${sockets} connections at once through ${way} is handled once`, async () => {
      for (const mid of ['m_1', 'm_2', 'm_3', 'm_4', 'm_5']) {
        const posts = Array.from({ length: sockets }, (_, n) => bot.post[endpointOf(n) as 'azure'](says('7', mid)));
        expect(new Set(await Promise.all(posts))).to.deep.equal(new Set([200]));
      }
      await bot.server().settled();
      expect(turns).to.deep.equal([1, 2, 3, 4, 5].map((n) => `m_${n}`));
      expect(bot.sent.map(({ text }) => text)).to.deep.equal([1, 2, 3, 4, 5].map((n) => `you said m_${n}`));
    });
  }

  it('and is no message, on both endpoints at once, is handled once', async () => {
    const pass = passesTo('7', 'yours');
    await Promise.all(Array.from({ length: sockets }, (_, n) => bot.post[endpointNames[n % 2]!](pass)));
    await bot.server().settled();
    expect(turns).to.deep.equal(['conversationUpdate']);
  });

  for (const [first, second] of [
    ['webhook', 'azure'],
    ['azure', 'webhook'],
  ] as const) {
    it(`on ${second} after a restart, and came on ${first} before, is handled once`, async () => {
      expect(await bot.post[first](says('7', 'm_1'))).to.equal(200);
      await bot.server().settled();
      await bot.restart(openStore);
      expect(await bot.post[second](says('7', 'm_1'), says('7', 'm_2'))).to.equal(200);
      await bot.server().settled();
      expect(bot.sent.map(({ text }) => text)).to.deep.equal(['you said m_1', 'you said m_2']);
    });
  }
});
