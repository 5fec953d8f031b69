import type { Activity, ActivityHandler, TurnContext } from 'botbuilder';
import { expect } from 'chai';
import { CustomerState } from '../../bots/customerState.ts';
import { FacebookActivityHandler } from '../../bots/facebookActivityHandler.ts';
import { customerOf, facebookEventOf } from '../../bots/facebookTurn.ts';
import { BotThreadControl } from '../../helpers/botThreadControl.ts';
import { createRecentStorage } from '../../helpers/recentStorage.ts';
import { ThreadControlUnavailableError } from '../../helpers/threadControlUnavailableError.ts';
import { withoutForeignWords } from '../../models/facebookActivity.ts';
import { BotStage } from '../support/botStage.ts';
import {
  conversationUpdate,
  echoes,
  eventActivity,
  item,
  messageActivity,
  messageItem,
  onStandby,
  pageId,
  psid,
  says,
} from '../support/facebookActivities.ts';

const taking = { take_thread_control: { previous_owner_app_id: 1 } };
const about: Readonly<Record<string, () => Activity>> = {
  'a message': () => says('hi'),
  'an echo': () => echoes('hi'),
  'what is heard on standby': () => onStandby([messageItem('hi')]),
  'a take': () => conversationUpdate(taking),
  'a receipt': () => eventActivity({ read: { watermark: 1 } }),
};

describe('The customer of a turn', () => {
  for (const [name, activity] of Object.entries(about)) {
    it(`is the same in ${name}, and so is the customer's state`, async () => {
      const stage = new BotStage();
      const state = new CustomerState(createRecentStorage());
      const seen = state.createProperty<string>('seen');
      const note = async (context: TurnContext) => {
        await seen.set(context, 'yes');
        await state.saveChanges(context);
      };
      const found: unknown[] = [];
      const look = async (context: TurnContext) => {
        found.push(customerOf(context), await seen.get(context), facebookEventOf(context) === facebookEventOf(context));
      };
      await stage.play({ run: note }, says('before'));
      await stage.play({ run: look }, structuredClone(activity()));
      expect(found).to.deep.equal([{ pageId, psid }, 'yes', true]);
    });
  }

  it('is nobody where the Page itself is meant', async () => {
    const stage = new BotStage();
    const found: unknown[] = [];
    const run = async (context: TurnContext) => void found.push(customerOf(context));
    await stage.play({ run }, eventActivity({ app_roles: { '1': ['primary_receiver'] } }));
    expect(found).to.deep.equal([undefined]);
  });
});

describe('A tapped button', () => {
  const asMessage = () => messageActivity(item({ postback: { title: 'Start', payload: 'start' } }), 'start');
  const asEvent = () => eventActivity({ postback: { title: 'Start', payload: 'start' } });
  const answers = async (bot: ActivityHandler, activity: Activity) =>
    new BotStage().play(bot, structuredClone(activity));

  for (const [shape, activity] of Object.entries({ message: asMessage, event: asEvent })) {
    it(`is answered once, whichever way the bot does it: as ${shape}`, async () => {
      const own = () =>
        new FacebookActivityHandler().onFacebookPostback(async (event, context, next) => {
          await context.sendActivities([{ type: 'message', text: `own ${event.payload}` }]);
          await next();
        });
      const silent = () => new FacebookActivityHandler().onFacebookPostback((_event, _context, next) => next());
      const general = (bot: FacebookActivityHandler) => {
        bot.onMessage(async (context, next) => {
          await context.sendActivity(`general ${context.activity.text}`);
          await next();
        });
        bot.onEvent(async (context, next) => {
          await context.sendActivity('event');
          await next();
        });
        return bot;
      };
      const events = new FacebookActivityHandler();
      events.onEvent(async ({ activity: { value } }, next) => {
        told.push((value as { postback: { payload: string } }).postback.payload);
        await next();
      });
      const told: unknown[] = [];
      expect(await answers(general(own()), activity())).to.deep.equal(['say own start']);
      expect(await answers(general(silent()), activity())).to.deep.equal(['say general start']);
      expect(await answers(general(new FacebookActivityHandler()), activity())).to.deep.equal(['say general start']);
      await answers(events, activity());
      expect(told).to.deep.equal(['start']);
    });
  }

  it('reaches a bot of any base class as a message, with the payload as text', () => {
    expect(withoutForeignWords(asEvent())).to.include({ type: 'message', text: 'start' });
  });
});

describe('Thread control as a bot is handed it', () => {
  it('has short names, and knows the inbox and other receivers by theirs', async () => {
    const stage = new BotStage();
    stage.receivers = [{ id: '77', name: 'Order desk' }];
    const threadControl = new BotThreadControl(stage.threadControl);
    await threadControl.pass('5', { to: 'inbox', metadata: 'please' });
    await threadControl.pass('5', { to: '88' });
    await threadControl.pass('5', { to: 'order desk' });
    await threadControl.pass('5');
    await threadControl.take('5', { metadata: 'mine' });
    expect(stage.lines).to.deep.equal([
      'pass 5 to 263902037430900 "please"',
      'pass 5 to 88',
      'secondary receivers',
      'pass 5 to 77',
      'pass 5 to nobody named',
      'take 5 "mine"',
    ]);
    const outcome = await threadControl.pass('5', { to: 'nobody' }).catch((error: unknown) => String(error));
    expect(outcome).to.equal('RangeError: The Page has no receiver named nobody. It has: Order desk.');
  });

  it('throws at every call without a page token, and says so before', async () => {
    const threadControl = new BotThreadControl(undefined);
    expect(threadControl.isAvailable).to.equal(false);
    const calls = [
      () => threadControl.pass('5', { to: 'inbox' }),
      () => threadControl.take('5'),
      () => threadControl.request('5'),
      () => threadControl.release('5'),
      () => threadControl.extend('5', { seconds: 86_400 }),
      () => threadControl.passThreadControl('5'),
      () => threadControl.getThreadOwner('5'),
      () => threadControl.getSecondaryReceivers(),
    ];
    for (const call of calls) {
      const error: unknown = await call().catch((thrown: unknown) => thrown);
      expect(error).to.be.instanceOf(ThreadControlUnavailableError);
    }
  });
});
