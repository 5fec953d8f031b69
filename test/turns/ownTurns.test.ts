import { expect } from 'chai';
import type { TurnContext } from 'botbuilder';
import { FacebookActivityHandler } from '../../bots/facebookActivityHandler.ts';
import type { BotParts } from '../../bots/botParts.ts';
import { openSqliteStore } from '../../store/sqlite/sqliteStore.ts';
import { rejection } from '../contracts/storeContract.ts';
import { endpointNames, says, startBothEndpoints, type BothEndpoints, type Item } from '../support/bothEndpoints.ts';
import { useFolder } from '../support/brokenDisk.ts';
import { createManualClock } from '../support/manualClock.ts';

const minute = 60_000;

/** A bot that is told what to do by the customer's words, and says what its timers bring. */
function timerBot({ timers }: BotParts, tell: (context: TurnContext) => Promise<void> = () => Promise.resolve()) {
  const bot = new FacebookActivityHandler();
  bot.onMessage(async (context, next) => {
    const words = context.activity.text;
    if (words.startsWith('set')) await timers.schedule(context, 'reminder', '20m', { words });
    if (words.startsWith('cancel') || words === 'set and cancel') await timers.cancel(context, 'reminder');
    await tell(context);
    await next();
  });
  bot.onTimer('reminder', async ({ data, dueAt, setAt }, context, next) => {
    await context.sendActivity(`reminder ${JSON.stringify(data)} after ${dueAt - setAt}`);
    await next();
  });
  bot.onTimer('other', async ({ name }, context) => {
    await context.sendActivity(name);
  });
  return bot;
}

for (const endpoint of endpointNames) {
  describe(`turns that the bot asks for itself, through ${endpoint}`, () => {
    const folder = useFolder();
    let parts: BotParts;
    let wall: number;
    let clock: ReturnType<typeof createManualClock>;
    let bot: BothEndpoints;
    let tell: (context: TurnContext) => Promise<void>;
    const open = () => openSqliteStore(folder.path('store.db'), { monotonicNow: clock.monotonicNow });

    beforeEach(async () => {
      wall = Date.now();
      clock = createManualClock();
      tell = () => Promise.resolve();
      bot = await startBothEndpoints({
        store: await open(),
        clock: { ...clock, now: () => wall + clock.monotonicNow() },
        createBot: (made) => {
          parts = made;
          return timerBot(made, (context) => tell(context));
        },
      });
    });
    afterEach(() => bot.close());

    const post = async (item: Item) => {
      await bot.post[endpoint](item);
      await bot.server().settled();
    };
    const pass = async (ms: number) => {
      clock.pass(ms);
      await bot.server().settled();
    };
    const now = () => wall + clock.monotonicNow();
    const hears = (mid: string, text: string): Item => ({ ...says('7', mid, text), timestamp: now() });
    const sent = () => bot.sent.map(({ psid, text }) => `${psid}: ${text}`);
    const reminder = (words: string) => `7: reminder ${JSON.stringify({ words })} after 1200000`;

    it('a timer fires when it is due, once, and says what it was set with', async () => {
      await post(hears('m1', 'set one'));
      await pass(20 * minute - 1);
      expect(sent()).to.deep.equal([]);
      await pass(1);
      expect(sent()).to.deep.equal([reminder('set one')]);
      await pass(24 * 60 * minute);
      expect(sent()).to.have.length(1);
      expect(bot.alarms()).to.deep.equal([]);
    });

    it('the last timer of a name counts, and a cancelled one never fires', async () => {
      await post(hears('m1', 'set one'));
      await pass(minute);
      await post(hears('m2', 'set two'));
      await pass(19 * minute);
      expect(sent()).to.deep.equal([]);
      await pass(minute);
      expect(sent()).to.deep.equal([reminder('set two')]);
      await post(hears('m3', 'set three'));
      await post(hears('m4', 'cancel'));
      await post(hears('m5', 'set and cancel'));
      await pass(60 * minute);
      expect(sent()).to.have.length(1);
    });

    it('a turn that fails and runs again sets its timer once', async () => {
      let fails = 2;
      tell = () => (fails-- > 0 ? Promise.reject(new Error('The order service is down.')) : Promise.resolve());
      await bot.post[endpoint](hears('m1', 'set one'));
      await clock.passUntil(bot.server().settled());
      await pass(60 * minute);
      expect(sent()).to.deep.equal([reminder('set one')]);
    });

    it('a timer that is overdue after a restart fires at once', async () => {
      await post(hears('m1', 'set one'));
      wall += 60 * minute;
      await bot.restart(open);
      await bot.server().settled();
      expect(sent()).to.deep.equal([reminder('set one')]);
      await bot.restart(open);
      await bot.server().settled();
      expect(sent()).to.have.length(1);
    });

    it('a clock that is set forward fires within a second, and one that is set back neither fires twice nor forgets', async () => {
      const ticks: (() => void)[] = [];
      await bot.close();
      bot = await startBothEndpoints({
        clock: {
          ...{ monotonicNow: clock.monotonicNow, after: clock.after, now },
          every: (_ms, work) => {
            ticks.push(work);
            return () => undefined;
          },
        },
        createBot: (made) => timerBot(made),
      });
      await post(hears('m1', 'set one'));
      wall += 30 * minute;
      for (const tick of ticks) tick();
      await bot.server().settled();
      expect(sent()).to.deep.equal([reminder('set one')]);
      wall -= 60 * minute;
      await pass(60 * minute);
      expect(sent()).to.have.length(1);
      await post(hears('m2', 'set two'));
      wall -= 10 * minute;
      await pass(29 * minute);
      expect(sent()).to.have.length(1);
      await pass(minute);
      expect(sent()).to.deep.equal([reminder('set one'), reminder('set two')]);
    });

    it('a timer is set and cancelled outside of a turn too, for a customer that is known', async () => {
      await post(hears('m1', 'hello'));
      const target = { pageId: '10', psid: '7' };
      await parts.timers.schedule(target, 'other', new Date(now() + minute));
      await parts.timers.schedule(target, 'reminder', minute);
      await parts.timers.cancel(target, 'reminder');
      await pass(minute);
      expect(sent()).to.deep.equal(['7: other']);
    });

    it('refuses a time, a name or data that is no good, and says why', async () => {
      const { timers } = parts;
      const target = { pageId: '10', psid: '7' };
      const circle: { self?: unknown } = {};
      circle.self = circle;
      for (const when of ['soon', '', '20 minutes', '-1m', NaN, new Date('x')]) {
        expect((await rejection(timers.schedule(target, 'x', when))).message).to.match(/20m, 2h or 7d/);
      }
      expect((await rejection(timers.schedule(target, 'x', now()))).message).to.match(/five years/);
      expect((await rejection(timers.schedule(target, '', 0))).message).to.match(/1 to 100/);
      for (const data of [circle, 1n, NaN, new Map(), () => 1, { when: Symbol('x') }]) {
        expect((await rejection(timers.schedule(target, 'x', 0, data))).message).to.match(/must be JSON/);
      }
      const large = await rejection(timers.schedule(target, 'x', 0, 'ä'.repeat(8 * 1024)));
      expect(large.message).to.equal('The data of the timer x is 16386 bytes of JSON. It may be at most 16384.');
    });

    it('runs logic as a turn of a conversation, in order, and gives what it returned', async () => {
      await post(hears('m1', 'hello'));
      const gate = Promise.withResolvers<undefined>();
      tell = async (context) => {
        await gate.promise;
        await context.sendActivity('answer');
      };
      await bot.post[endpoint](hears('m2', 'slow'));
      const ran = parts.conversations.run({ pageId: '10', psid: '7' }, async (context) => {
        await context.sendActivity('your order is on its way');
        return context.activity.from.id;
      });
      gate.resolve(undefined);
      expect(await ran).to.equal('7');
      expect(sent()).to.deep.equal(['7: answer', '7: your order is on its way']);
    });

    it('says nothing twice in such a turn when it fails and runs again', async () => {
      await post(hears('m1', 'hello'));
      let fails = 1;
      const ran = parts.conversations.run({ pageId: '10', psid: '7' }, async (context) => {
        await context.sendActivity('first');
        if (fails-- > 0) throw new Error('The order service is down.');
        await context.sendActivity('second');
      });
      await clock.passUntil(ran);
      expect(sent()).to.deep.equal(['7: first', '7: second']);
    });

    it('waits right after a start until it is known which Page the token belongs to', async () => {
      await bot.close();
      bot = await startBothEndpoints({
        ...{ store: await open(), clock: { ...clock, now }, page: { id: '10' } },
        createBot: (made) => timerBot((parts = made)),
      });
      await post(hears('m1', 'hello'));
      await bot.restart(open);
      const said = parts.conversations.run('7', (context) => context.sendActivity('by a schedule'));
      const set = parts.timers.schedule('7', 'other', 0);
      const until = parts.conversations.openUntil('7');
      await Promise.all([said, set, until]);
      await bot.server().settled();
      expect(sent()).to.have.members(['7: by a schedule', '7: other']);
      expect(await until).to.be.a('number');
    });

    it('rejects one that was begun while the bot closed', async () => {
      await post(hears('m1', 'hello'));
      const ran = rejection(parts.conversations.run({ pageId: '10', psid: '7' }, () => Promise.resolve()));
      await bot.server().close();
      expect(await ran).to.include({ name: 'ConversationError', reason: 'closed' });
    });

    it('rejects when such a turn is given up', async () => {
      await post(hears('m1', 'hello'));
      const ran = rejection(
        parts.conversations.run({ pageId: '10', psid: '7' }, () => Promise.reject(new Error('It never works.'))),
      );
      await clock.passUntil(ran);
      expect((await ran).message).to.equal('It never works.');
    });

    it('refuses to begin when the customer has been silent for a day, except with a tag', async () => {
      await post(hears('m1', 'hello'));
      wall += 24 * 60 * minute + 1;
      const target = { pageId: '10', psid: '7' };
      const say = async (context: TurnContext) => {
        await context.sendActivity('late');
      };
      expect(await rejection(parts.conversations.run(target, say))).to.include({ reason: 'outsideWindow' });
      await parts.conversations.run(target, say, { tag: 'CUSTOMER_FEEDBACK' });
      expect(sent()).to.deep.equal(['7: late']);
    });

    it('begins later for a customer of whom it is told that the window is longer', async () => {
      await post(hears('m1', 'hello'));
      wall += 6 * 24 * 60 * minute;
      const say = (context: TurnContext) => context.sendActivity('from the ad');
      const windowMs = 7 * 24 * 60 * minute;
      await parts.conversations.run({ pageId: '10', psid: '7' }, say, { windowMs });
      expect(sent()).to.deep.equal(['7: from the ad']);
    });

    it('knows until when the customer can be answered, also inside a turn', async () => {
      const target = { pageId: '10', psid: '7' };
      expect(await parts.conversations.openUntil(target)).to.equal(undefined);
      let inside: number | undefined;
      tell = async (context) => {
        inside = await parts.conversations.openUntil(context);
      };
      const { timestamp } = hears('m1', 'hello');
      await post(hears('m1', 'hello'));
      expect(await parts.conversations.openUntil(target)).to.equal(timestamp + 24 * 60 * minute);
      expect(inside).to.equal(timestamp + 24 * 60 * minute);
    });

    for (const [tag, why] of [
      ['HUMAN_AGENT', 'is for messages that people write'],
      ['human_agent', 'is for messages that people write'],
      ['ACCOUNT_UPDATE', 'ended the tag "ACCOUNT_UPDATE" on 27 April 2026'],
      ['NON_PROMOTIONAL_SUBSCRIPTION', 'has no message tag'],
    ] as const) {
      it(`says with the tag ${tag} nothing at all, and why`, async () => {
        await post(hears('m1', 'hello'));
        const say = (context: TurnContext) => context.sendActivity('late');
        const refused = await rejection(parts.conversations.run({ pageId: '10', psid: '7' }, say, { tag }));
        expect(refused.name).to.equal('UnsendableMessageError');
        expect(refused.message).to.include(why);
        let problem: Error | undefined;
        tell = async (context) => {
          problem = await rejection(context.sendActivity({ type: 'message', text: 'late', channelData: { tag } }));
        };
        await post(hears('m2', 'hello again'));
        expect(problem?.name).to.equal('UnsendableMessageError');
        expect(problem?.message).to.include(why);
        expect(sent()).to.deep.equal([]);
      });
    }

    it('refuses to begin one inside a turn, which would run it again', async () => {
      let problem: Error | undefined;
      tell = async () => {
        problem = await rejection(parts.conversations.run({ pageId: '10', psid: '8' }, () => Promise.resolve()));
      };
      await post(hears('m1', 'hello'));
      expect(problem).to.include({ reason: 'insideTurn' });
    });

    it('drops, with a line, what a process had begun that has ended', async () => {
      await post(hears('m1', 'hello'));
      await bot.server().close();
      const store = await open();
      const turn = JSON.stringify({ activity: { type: 'event', channelId: 'facebook' } });
      await store.accept([
        {
          key: 'run x',
          conversation: 'facebook 10 7',
          kind: 'run',
          via: 'messaging',
          endpoint: 'webhook',
          payload: turn,
        },
      ]);
      await store.close();
      await bot.restart(open);
      await bot.server().settled();
      expect(sent()).to.deep.equal([]);
      expect(bot.alarms().map(({ message }) => message)).to.deep.equal([
        'a turn that the bot began itself was dropped: the process that began it has ended',
      ]);
    });

    it('takes no such event from outside', async () => {
      const activity = { type: 'event', name: 'messengerHandover/timer', id: 'x', channelId: 'directline' };
      expect(await bot.postActivity({ ...activity, conversation: { id: 'c' }, value: { name: 'reminder' } })).to.equal(
        400,
      );
    });
  });
}

describe('a conversation of which nothing is known', () => {
  it('cannot be begun without the webhook, and the error says so', async () => {
    const holder: { parts?: BotParts } = {};
    const bot = await startBothEndpoints({
      createBot: (made) => {
        holder.parts = made;
        return timerBot(made);
      },
      env: { FacebookAppSecret: '', FacebookVerifyToken: '' },
    });
    const { parts } = holder;
    if (parts === undefined) throw new Error('No bot was made.');
    const target = { pageId: '10', psid: '7' };
    const ran = parts.conversations.run(target, () => Promise.resolve());
    expect(await rejection(ran)).to.include({ name: 'ConversationError', reason: 'unknown' });
    expect(await rejection(parts.timers.schedule(target, 'x', 0))).to.include({ reason: 'unknown' });
    await bot.close();
  });
});
