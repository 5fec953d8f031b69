import { expect } from 'chai';
import { LiveChatBot, type LiveChatBotOptions } from '../../bots/liveChatBot.ts';
import { GraphApiError, GraphTransportError } from '../../helpers/graphErrors.ts';
import { BotStage } from '../support/botStage.ts';
import {
  conversationUpdate,
  echoes,
  echoItem,
  eventActivity,
  facebookActivity,
  item,
  messageActivity,
  messageItem,
  onStandby,
  pageInboxAppId,
  primaryAppId,
  psid,
  says,
  secondaryAppId,
  standbyShapes,
  taps,
  type StandbyShape,
} from '../support/facebookActivities.ts';

const welcome =
  'say Live chat bot: Hello! You are talking to a bot. If you would rather talk to a person, say so. [Pass to Inbox]';
const passing =
  'say Live chat bot: A person in the page inbox will answer you. ' +
  'Whenever you want to, you can come back to the bot. [Take From Inbox]';
const ended =
  'say Live chat bot: The person has closed the conversation, so you are talking to the bot again. [Pass to Inbox]';
const taken = 'say Live chat bot: You are talking to the bot again. [Pass to Inbox]';
const unanswered =
  'say Live chat bot: No person has answered for a while, so you are talking to the bot again. [Pass to Inbox]';
const pass = `pass ${psid} to ${pageInboxAppId} "pass_to_inbox"`;
const take = `take ${psid} "taken by the live chat bot"`;

const notOwner = new GraphApiError({ status: 400, reason: 'notThreadOwner' });
const hour = 3_600_000;

function setUp(options: Partial<LiveChatBotOptions> = {}) {
  const stage = new BotStage();
  const { threadControl, logger } = stage;
  const bot = new LiveChatBot({ threadControl, logger, appId: primaryAppId, startedAt: 0, ...options });
  return { stage, play: (activity: Parameters<BotStage['play']>[1]) => stage.play(bot, activity) };
}

const start = 1572630578783;
const heard = (text: string, at = start, payload?: string) =>
  onStandby([{ ...messageItem(text, payload), timestamp: at }]);
const saidByInbox = (at: number) =>
  onStandby([
    { ...echoItem('How can I help?'), timestamp: at, message: { is_echo: true, app_id: Number(pageInboxAppId) } },
  ]);

describe('LiveChatBot', () => {
  describe('while it owns the thread', () => {
    it('answers anything with a welcome and a quick reply to get a person', async () => {
      const { play } = setUp();
      expect(await play(says('hi'))).to.deep.equal([welcome]);
      expect(
        await play(messageActivity(item({ postback: { title: 'Start', payload: 'start' } }), 'start')),
      ).to.deep.equal([welcome]);
      expect(await play(taps('Something else', 'other'))).to.deep.equal([welcome]);
    });

    it('gives its quick reply the payload of the tutorial', async () => {
      const { stage, play } = setUp();
      const sent: unknown[] = [];
      stage.adapter.use(async (context, next) => {
        context.onSendActivities((_context, activities, send) => {
          sent.push(...activities.map(({ suggestedActions }) => suggestedActions?.actions));
          return send();
        });
        await next();
      });
      await play(says('hi'));
      expect(sent).to.deep.equal([[{ type: 'imBack', title: 'Pass to Inbox', value: 'pass_to_inbox' }]]);
    });

    for (const [how, activity] of [
      ['tapped', taps('Pass to Inbox', 'pass_to_inbox')],
      ['tapped in another language', taps('Zum Menschen', 'pass_to_inbox')],
      ['written', says(' pass to inbox ')],
      ['tapped where the channel gives the title as payload', taps('Pass to Inbox', 'Pass to Inbox')],
    ] as const) {
      it(`says so and then passes to the inbox when that is ${how}`, async () => {
        const { play } = setUp();
        expect(await play(activity)).to.deep.equal([passing, pass]);
      });
    }

    it('says in plain words when the thread cannot be passed', async () => {
      const { stage, play } = setUp();
      stage.failures['pass'] = notOwner;
      expect(await play(taps('Pass to Inbox', 'pass_to_inbox'))).to.deep.equal([
        passing,
        pass,
        'say Live chat bot: The conversation could not be passed to a person, because another receiver owns the thread.',
      ]);
    });

    it('passes nothing without a page token, and says why', async () => {
      const { play } = setUp({ threadControl: undefined });
      const [line] = await play(taps('Pass to Inbox', 'pass_to_inbox'));
      expect(line).to.contain('no Facebook page token');
    });
  });

  describe('when the agent is done', () => {
    const passed = (newOwner: unknown, metadata?: string) =>
      conversationUpdate({ pass_thread_control: { new_owner_app_id: newOwner, metadata } });

    it('says that the bot is back', async () => {
      const { play } = setUp();
      expect(await play(passed(Number(primaryAppId), 'Pass thread control from Page Inbox'))).to.deep.equal([ended]);
      expect(await play(passed(undefined))).to.deep.equal([ended]);
    });

    it('says nothing when the thread went to somebody else', async () => {
      const { play } = setUp();
      expect(await play(passed(Number(secondaryAppId)))).to.deep.equal([]);
    });

    it('says nothing about the pass that its own take causes under the classic protocol', async () => {
      const { play } = setUp();
      expect(await play(passed(Number(primaryAppId), 'taken by the live chat bot'))).to.deep.equal([]);
    });
  });

  describe('on standby', () => {
    for (const shape of Object.keys(standbyShapes) as StandbyShape[]) {
      it(`takes first and then speaks when the customer wants the bot back (${shape})`, async () => {
        const { play } = setUp();
        const activity = onStandby([messageItem('Take From Inbox', 'take_from_inbox')], shape);
        expect(await play(activity)).to.deep.equal([take, taken]);
      });
    }

    it('understands the words too, since the quick reply is gone once the agent has written', async () => {
      const { play } = setUp();
      expect(await play(heard('take from inbox'))).to.deep.equal([take, taken]);
    });

    it('listens to everything else and says nothing', async () => {
      const { play } = setUp();
      expect(await play(heard('hello, agent'))).to.deep.equal([]);
      expect(await play(heard('Pass to Inbox', start, 'pass_to_inbox'))).to.deep.equal([]);
      expect(await play(onStandby([item({ read: { watermark: 1 } })]))).to.deep.equal([]);
      expect(await play(echoes('said by the agent'))).to.deep.equal([]);
    });

    for (const [what, failure] of [
      ['is refused', notOwner],
      ['stays unknown', new GraphTransportError('timeout')],
    ] as const) {
      it(`says nothing when the take ${what}, because it may not`, async () => {
        const { stage, play } = setUp();
        stage.failures['take'] = failure;
        expect(await play(heard('Take From Inbox', start, 'take_from_inbox'))).to.deep.equal([take]);
        expect(stage.levelsOfLog()).to.deep.equal(['warn']);
      });
    }
  });

  describe('when an agent never clicks Done', () => {
    it('comes back with the next message of the customer after the time that was set', async () => {
      const { play } = setUp({ takeBackAfterMs: hour });
      await play(saidByInbox(start));
      expect(await play(heard('still there?', start + hour))).to.deep.equal([]);
      expect(await play(heard('hello?', start + hour + 1))).to.deep.equal([take, unanswered]);
    });

    it('counts from the last word of the agent', async () => {
      const { play } = setUp({ takeBackAfterMs: hour });
      await play(saidByInbox(start));
      await play(saidByInbox(start + hour));
      expect(await play(heard('and?', start + 2 * hour))).to.deep.equal([]);
    });

    it('counts from the pass when no agent said anything', async () => {
      const { play } = setUp({ takeBackAfterMs: hour });
      await play({ ...taps('Pass to Inbox', 'pass_to_inbox'), timestamp: new Date(start) });
      expect(await play(heard('anyone?', start + hour + 1))).to.deep.equal([take, unanswered]);
    });

    it('counts from an agent who took the thread over', async () => {
      const { play } = setUp({ takeBackAfterMs: hour });
      await play(conversationUpdate({ take_thread_control: { previous_owner_app_id: Number(primaryAppId) } }));
      expect(await play(heard('anyone?', start + hour + 1))).to.deep.equal([take, unanswered]);
    });

    it('counts from the first message that it hears when it knows of nothing before', async () => {
      const { play } = setUp({ takeBackAfterMs: hour });
      expect(await play(heard('anyone?', start))).to.deep.equal([]);
      expect(await play(heard('anyone??', start + hour + 1))).to.deep.equal([take, unanswered]);
    });

    it('begins to count again after it came back', async () => {
      const { play } = setUp({ takeBackAfterMs: hour });
      await play(saidByInbox(start));
      await play(heard('hello?', start + 2 * hour));
      expect(await play(heard('hello?', start + 4 * hour))).to.deep.equal([]);
    });

    it('leaves the customer alone when no time was set', async () => {
      const { play } = setUp();
      await play(saidByInbox(start));
      expect(await play(heard('hello?', start + 1000 * hour))).to.deep.equal([]);
    });
  });

  describe('when an agent clicks Move to Main under the classic protocol', () => {
    const requested = (appId: unknown) => eventActivity({ request_thread_control: { requested_owner_app_id: appId } });

    it('says so and lets the agent have the thread', async () => {
      const { play } = setUp();
      expect(await play(requested(Number(pageInboxAppId)))).to.deep.equal([
        'say Live chat bot: A person in the page inbox takes over now. [Take From Inbox]',
        `pass ${psid} to ${pageInboxAppId} "request granted"`,
      ]);
    });

    it('does not when that is not wanted, nor for another app', async () => {
      expect(await setUp({ pageInboxMoveToMain: 'ignore' }).play(requested(Number(pageInboxAppId)))).to.deep.equal([]);
      expect(await setUp().play(requested(Number(secondaryAppId)))).to.deep.equal([]);
    });
  });

  describe('on another channel', () => {
    const elsewhere = (fields: object) => ({
      ...facebookActivity({ type: 'message', from: { id: 'u' }, recipient: { id: 'b' }, conversation: { id: 'c' } }),
      channelId: 'emulator',
      ...fields,
    });

    it('greets who is new, and not itself', async () => {
      const { play } = setUp();
      const added = (id: string) => elsewhere({ type: 'conversationUpdate', membersAdded: [{ id }] });
      expect(await play(added('u'))).to.deep.equal([welcome]);
      expect(await play(added('b'))).to.deep.equal([]);
    });

    it('says that there is no inbox to pass to', async () => {
      const { play } = setUp();
      const [line, ...rest] = await play(elsewhere({ text: 'pass_to_inbox' }));
      expect(line).to.contain('exists only on Facebook Messenger');
      expect(rest).to.deep.equal([]);
    });
  });
});
