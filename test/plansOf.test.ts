import { expect } from 'chai';
import { FacebookActivityHandler } from '../bots/facebookActivityHandler.ts';
import { openingHours } from '../bots/takeover/hours.ts';
import type { TakeoverRules } from '../bots/takeover/rules.ts';
import { Takeover } from '../bots/takeover/takeover.ts';
import type { BotParts } from '../server.ts';
import { endpoints, type Stage, type StageEndpoint } from '../testing/openStage.ts';
import { withStage } from '../testing/withStage.ts';
import { useFolder } from './support/brokenDisk.ts';

const minute = 60_000;

const createBot = (rules: Partial<TakeoverRules> | undefined) => (parts: BotParts) => {
  const bot = new FacebookActivityHandler().onMessage(async (context, next) => {
    await parts.timers.schedule(context, 'reminder', '20m');
    await next();
  });
  return rules === undefined ? bot : new Takeover(parts, rules).before(bot);
};

describe('What a bot is going to do in a conversation', () => {
  const folder = useFolder();
  const play = (
    rules: Partial<TakeoverRules> | undefined,
    scene: (stage: Stage) => Promise<void>,
    endpoint: StageEndpoint = 'direct',
  ) => withStage({ bot: createBot(rules), endpoint, settings: { StorePath: folder.path('store.db') } }, scene);

  const plansIn = async (stage: Stage) => {
    const { timers, handover } = await stage.plans();
    const first = timers[0]?.dueAt ?? handover?.next[0]?.at ?? 0;
    return {
      timers: timers.map(({ name }) => name),
      reason: handover?.handover.reason,
      next: handover?.next.map(({ what, at }) => `${what} +${Math.round((at - first) / minute)}`),
    };
  };

  for (const endpoint of endpoints) {
    it(`is read from the store, also after a restart, behind the ${endpoint} endpoint`, () => {
      const rules = { noticeMs: 10 * minute, silenceMs: 30 * minute, hardLimitMs: 60 * minute };
      const scene = async (stage: Stage) => {
        expect(await stage.plans()).to.deep.equal({ timers: [] });
        await stage.customer.says('agent');
        const expected = {
          timers: ['messengerHandover/takeover'],
          reason: 'phrase',
          next: ['notice +0', 'silence +20', 'hardLimit +50'],
        };
        expect(await plansIn(stage)).to.deep.equal(expected);
        await stage.restart();
        expect(await plansIn(stage)).to.deep.equal(expected);
      };
      return play(rules, scene, endpoint);
    });
  }

  it('names the timers of a bot without takeover, and of that customer alone', () =>
    play(undefined, async (stage) => {
      await stage.customer.says('hello');
      expect(await plansIn(stage)).to.deep.equal({ timers: ['reminder'], reason: undefined, next: undefined });
      expect(await stage.anotherCustomer('Ben').plans()).to.deep.equal({ timers: [] });
    }));

  it('tells what waits for the opening, and what waits for a word of the customer', async () => {
    // Whenever this runs, that is neither now nor about to be.
    const day = ['Su', 'Mo', 'Tu', 'We', 'Th', 'Fr', 'Sa'][(new Date().getUTCDay() + 3) % 7];
    const hours = openingHours({ timeZone: 'UTC', week: `${day} 12:00-13:00` });
    await play({ hours, outsideHours: 'keep' }, async (stage) => {
      await stage.customer.says('agent');
      expect(await plansIn(stage)).to.deep.equal({
        ...{ timers: ['messengerHandover/takeover'], reason: 'phrase', next: ['opening +0'] },
      });
    });
    await play({ silenceMs: 30 * minute, onSilence: 'withNextWord' }, async (stage) => {
      await stage.customer.says('agent');
      expect(await plansIn(stage)).to.deep.include({ timers: [], next: ['nextWord +0'] });
    });
  });
});
