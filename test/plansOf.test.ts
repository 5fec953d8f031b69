import { expect } from 'chai';
import { FacebookActivityHandler } from '../bots/facebookActivityHandler.ts';
import { openingHours } from '../bots/takeover/hours.ts';
import type { TakeoverRules } from '../bots/takeover/rules.ts';
import { Takeover } from '../bots/takeover/takeover.ts';
import { openSqliteStore } from '../store/sqlite/sqliteStore.ts';
import { endpointNames, says, startBothEndpoints, type BothEndpoints } from './support/bothEndpoints.ts';
import { useFolder } from './support/brokenDisk.ts';

const minute = 60_000;
const thread = { pageId: '10', psid: '77' };

describe('What a bot is going to do in a conversation', () => {
  const folder = useFolder();
  let stores = 0;

  async function play(
    rules: Partial<TakeoverRules> | undefined,
    scene: (bot: BothEndpoints, restart: () => Promise<void>) => Promise<void>,
  ): Promise<void> {
    const path = folder.path(`store-${(stores += 1)}.db`);
    const store = () => openSqliteStore(path);
    const bot = await startBothEndpoints({
      store,
      createBot: (parts) => {
        const bot = new FacebookActivityHandler().onMessage(async (context, next) => {
          await parts.timers.schedule(context, 'reminder', '20m');
          await next();
        });
        return rules === undefined ? bot : new Takeover(parts, rules).before(bot);
      },
    });
    try {
      await scene(bot, () => bot.restart(store));
    } finally {
      await bot.close();
    }
  }

  const plansOf = async (bot: BothEndpoints) => {
    const { timers, handover } = await bot.server().plansOf(thread);
    const first = timers[0]?.dueAt ?? handover?.next[0]?.at ?? 0;
    return {
      timers: timers.map(({ name }) => name),
      reason: handover?.handover.reason,
      next: handover?.next.map(({ what, at }) => `${what} +${Math.round((at - first) / minute)}`),
    };
  };

  for (const endpoint of endpointNames) {
    it(`is read from the store, also after a restart, behind the ${endpoint} endpoint`, async () => {
      const rules = { noticeMs: 10 * minute, silenceMs: 30 * minute, hardLimitMs: 60 * minute };
      await play(rules, async (bot, restart) => {
        expect(await bot.server().plansOf(thread)).to.deep.equal({ timers: [] });
        await bot.post[endpoint](says('77', 'm_1', 'agent'));
        await bot.server().settled();
        const expected = {
          timers: ['messengerHandover/takeover'],
          reason: 'phrase',
          next: ['notice +0', 'silence +20', 'hardLimit +50'],
        };
        expect(await plansOf(bot)).to.deep.equal(expected);
        await restart();
        expect(await plansOf(bot)).to.deep.equal(expected);
      });
    });
  }

  it('names the timers of a bot without takeover, and of that customer alone', async () => {
    await play(undefined, async (bot) => {
      await bot.post.webhook(says('77', 'm_1', 'hello'));
      await bot.server().settled();
      expect(await plansOf(bot)).to.deep.equal({ timers: ['reminder'], reason: undefined, next: undefined });
      expect(await bot.server().plansOf({ ...thread, psid: '78' })).to.deep.equal({ timers: [] });
    });
  });

  it('tells what waits for the opening, and what waits for a word of the customer', async () => {
    // Whenever this runs, that is neither now nor about to be.
    const day = ['Su', 'Mo', 'Tu', 'We', 'Th', 'Fr', 'Sa'][(new Date().getUTCDay() + 3) % 7];
    const hours = openingHours({ timeZone: 'UTC', week: `${day} 12:00-13:00` });
    await play({ hours, outsideHours: 'keep' }, async (bot) => {
      await bot.post.webhook(says('77', 'm_1', 'agent'));
      await bot.server().settled();
      expect(await plansOf(bot)).to.deep.equal({
        ...{ timers: ['messengerHandover/takeover'], reason: 'phrase', next: ['opening +0'] },
      });
    });
    await play({ silenceMs: 30 * minute, onSilence: 'withNextWord' }, async (bot) => {
      await bot.post.webhook(says('77', 'm_1', 'agent'));
      await bot.server().settled();
      expect(await plansOf(bot)).to.deep.include({ timers: [], next: ['nextWord +0'] });
    });
  });
});
