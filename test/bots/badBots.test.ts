import { expect } from 'chai';
import type { Activity, TurnContext } from 'botbuilder';
import type { BotParts } from '../../bots/botParts.ts';
import { FacebookActivityHandler } from '../../bots/facebookActivityHandler.ts';
import { customerOf } from '../../bots/facebookTurn.ts';
import { PAGE_INBOX_APP_ID } from '../../models/facebookEvent.ts';
import { endpoints } from '../../testing/openStage.ts';
import { withStage } from '../../testing/withStage.ts';

type Act = (context: TurnContext, parts: BotParts) => Promise<unknown>;

const circle: { self?: object } = {};
circle.self = circle;
const message = (more: object): Partial<Activity> => ({ type: 'message', text: 'x', ...more });

/** What bots do by mistake, and what the dead letter says of it. */
const failing: Readonly<Record<string, readonly [act: Act, told: RegExp]>> = {
  'sends what is no JSON': [(context) => context.sendActivity(message({ channelData: circle })), /circular|"self"/],
  'sends a number that JSON does not know': [
    (context) => context.sendActivity(message({ channelData: { n: 1n } })),
    /BigInt|"n"/,
  ],
  'sends nothing': [(context) => context.sendActivity(message({ text: '' })), /neither text nor attachments/],
  'changes what it sent': [
    async (context) => context.updateActivity(message({ id: (await context.sendActivity('old'))?.id })),
    /cannot change a message|does not support/,
  ],
  'takes back what it sent': [
    async (context) => context.deleteActivity((await context.sendActivity('old'))?.id ?? ''),
    /cannot take back a message|does not support/,
  ],
  'destroys the activity': [
    (context) => {
      Object.assign(context.activity, { conversation: undefined, from: undefined });
      return context.sendActivity('x');
    },
    /conversation|undefined/,
  ],
  'passes the thread of nobody': [(_context, { threadControl }) => threadControl.pass('', { to: 'inbox' }), /empty/],
  'sets a timer to no time': [(context, { timers }) => timers.schedule(context, 't', 'soon'), /20m, 2h or 7d/],
  'runs a turn in a turn': [
    (context, { conversations }) => conversations.run(customerOf(context)?.psid ?? '', () => Promise.resolve()),
    /must not run another one/,
  ],
  'keeps what is no JSON': [(_context, { storage }) => storage.write({ key: circle }), /circular/],
};

/** What bots may do, though few do it, and what the customer reads. */
const working: Readonly<Record<string, readonly [act: Act, said: readonly string[]]>> = {
  'awaits nothing': [
    (context) => {
      for (const text of ['one', 'two']) context.sendActivity(text).catch(() => undefined);
      return Promise.resolve();
    },
    ['one', 'two'],
  ],
  'sends several at once, with a typing sign and a delay': [
    (context) =>
      context.sendActivities([{ type: 'typing' }, message({ text: 'a' }), { type: 'delay', value: 1 }, message({})]),
    ['a', 'x'],
  ],
  'sends a trace': [
    async (context) => {
      await context.sendTraceActivity('trace', { a: 1 });
      await context.sendActivity('traced');
    },
    ['traced'],
  ],
  'sends an adaptive card': [
    (context) => {
      const content = { type: 'AdaptiveCard', version: '1.5', body: [{ type: 'TextBlock', text: 'a card' }] };
      const attachments = [{ contentType: 'application/vnd.microsoft.card.adaptive', content }];
      return context.sendActivity({ type: 'message', attachments });
    },
    ['a card'],
  ],
  'passes and takes the thread again and again': [
    async (context, { threadControl }) => {
      const { psid = '' } = customerOf(context) ?? {};
      for (let n = 0; n < 10; n += 1) {
        await threadControl.passThreadControl(psid, PAGE_INBOX_APP_ID);
        await threadControl.takeThreadControl(psid);
      }
      await context.sendActivity('mine');
    },
    ['mine'],
  ],
  'sets 1,000 timers': [
    async (context, { timers }) => {
      for (let n = 0; n < 1_000; n += 1) await timers.schedule(context, `t${n}`, '5m');
      await context.sendActivity('set');
    },
    ['set'],
  ],
};

const acts = { ...failing, ...working };

for (const endpoint of endpoints) {
  describe(`A bot that does what few bots should (${endpoint})`, () => {
    for (const [what, [act, expected]] of Object.entries(acts)) {
      it(`${what}: all others are answered, and so is the customer's next word`, () =>
        withStage(
          {
            endpoint,
            bot: (parts) =>
              new FacebookActivityHandler().onMessage(async (context, next) => {
                if (context.activity.text === 'go') await act(context, parts);
                else await context.sendActivity('fine');
                await next();
              }),
          },
          async (stage) => {
            const other = stage.anotherCustomer('Ben');
            await Promise.all([stage.customer.says('go'), other.customer.says('hi')]);
            const letters = await stage.deadLetters();
            if (expected instanceof RegExp) {
              expect(letters.map(({ reason }) => reason)).to.have.length(1);
              expect(letters[0]?.sentence).to.match(expected);
              expect(stage.failures()).to.have.length.within(1, 5);
              stage.texts();
            } else {
              expect(stage.texts()).to.deep.equal(expected);
              expect(letters).to.deep.equal([]);
            }
            expect(other.texts()).to.deep.equal(['fine']);
            await stage.customer.says('hi');
            expect(stage.texts()).to.deep.equal(['fine']);
          },
        ));
    }
  });
}
