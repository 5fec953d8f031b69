import type { Storage } from 'botbuilder';
import { expect } from 'chai';
import { LiveChatBot, type LiveChatBotOptions } from '../../../bots/samples/liveChatBot.ts';
import { GraphApiError, GraphTransportError } from '../../../helpers/graph/graphErrors.ts';
import { createRecentStorage } from '../../../helpers/recentStorage.ts';
import { BotStage } from '../../support/botStage.ts';
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
  pageId,
  pageInboxAppId,
  primaryAppId,
  psid,
  says,
  secondaryAppId,
  standbyShapes,
  taps,
  type StandbyShape,
} from '../../support/facebookActivities.ts';

const welcome =
  'say Live chat bot: Hello! You are talking to a bot. To talk to a person, tap or write Pass to Inbox. [Pass to Inbox]';
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

    it("does not call Meta's AI a person", async () => {
      const { play } = setUp();
      const byMetaAi = { new_owner_app_id: Number(primaryAppId), previous_owner_app_id: 622851382610562 };
      expect(await play(conversationUpdate({ pass_thread_control: byMetaAi }))).to.deep.equal([taken]);
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

    it('understands what it told the customer to write, also with a full stop', async () => {
      const { play } = setUp();
      expect(await play(says('pass to inbox!'))).to.deep.equal([passing, pass]);
      expect(await setUp().play(heard('Take From Inbox.'))).to.deep.equal([take, taken]);
    });

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

    it('says nothing when the take stays unknown, because it may not', async () => {
      const { stage, play } = setUp();
      stage.failures['take'] = new GraphTransportError('timeout');
      expect(await play(heard('Take From Inbox', start, 'take_from_inbox'))).to.deep.equal([take]);
      expect(stage.levelsOfLog()).to.deep.equal(['warn']);
    });

    it('tells a customer who asked for the bot that he does not get it, as far as it may', async () => {
      const { stage, play } = setUp();
      stage.failures['take'] = notOwner;
      expect(await play(heard('Take From Inbox', start, 'take_from_inbox'))).to.deep.equal([
        take,
        'say Live chat bot: The conversation could not be taken back from the person, because another receiver owns the thread.',
      ]);
      stage.failures['say'] = notOwner;
      await play(heard('Take From Inbox', start, 'take_from_inbox'));
      expect(stage.levelsOfLog()).to.deep.equal(['warn', 'warn', 'debug']);
    });

    it('lets the turn run again when the refusal is one that passes', async () => {
      for (const reason of ['rateLimited', 'temporary', 'invalidToken'] as const) {
        const { stage, play } = setUp();
        const refusal = new GraphApiError({ status: 400, reason });
        stage.failures['take'] = refusal;
        const outcome = await play(heard('Take From Inbox')).catch((error: unknown) => error);
        expect(outcome, reason).to.equal(refusal);
        expect(stage.lines, reason).to.deep.equal([take]);
      }
    });
  });

  describe('on a Page without default app', () => {
    const noDefaultApp = new GraphApiError({ status: 400, reason: 'noDefaultApp', code: 27 });
    /** There the echo of a person comes as to everybody, for nobody had to be passed anything. */
    const answersByInbox = (at: number, message: object = {}) => {
      const about = { is_echo: true, app_id: Number(pageInboxAppId), text: 'Hi, I am Ana', ...message };
      return {
        ...facebookActivity({ type: 'message', channelData: { ...echoItem('x'), timestamp: at, message: about } }),
      };
    };
    const saysAt = (text: string, at: number) => ({ ...says(text), timestamp: new Date(at) });

    it('is silent while a person answers whom nobody passed the thread to', async () => {
      const { play } = setUp({ takeBackAfterMs: hour });
      await play(answersByInbox(start));
      expect(await play(saysAt('Hi Ana, my parcel did not come', start + 1_000))).to.deep.equal([]);
      await play(answersByInbox(start + hour));
      expect(await play(saysAt('and?', start + 2 * hour))).to.deep.equal([]);
      expect(await play(saysAt('hello?', start + 2 * hour + 1))).to.deep.equal([welcome]);
    });

    it('is silent for good where no time was set, until the customer or the person wants the bot', async () => {
      for (const back of [
        saysAt('Take From Inbox', start + 1000 * hour),
        conversationUpdate({ pass_thread_control: { new_owner_app_id: Number(primaryAppId) } }),
      ]) {
        const { play } = setUp();
        await play(answersByInbox(start));
        expect(await play(saysAt('hello?', start + 999 * hour))).to.deep.equal([]);
        await play(back);
        expect(await play(saysAt('hi', start + 1001 * hour))).to.deep.equal([welcome]);
      }
    });

    it("does not take its own words, another bot's, or those of Meta's AI for a person's", async () => {
      for (const message of [
        { app_id: Number(primaryAppId) },
        { app_id: Number(secondaryAppId) },
        { ai_generated: true },
      ]) {
        const { play } = setUp({ takeBackAfterMs: hour });
        await play(answersByInbox(start, message));
        expect(await play(saysAt('hi', start + 1_000)), JSON.stringify(message)).to.deep.equal([welcome]);
      }
    });

    it('answers the customer again who wants the bot back, although nobody can take a thread there', async () => {
      const { stage, play } = setUp();
      await play(taps('Pass to Inbox', 'pass_to_inbox'));
      stage.owner = { owner: 'app', appId: pageInboxAppId };
      stage.failures['take'] = noDefaultApp;
      expect(await play(heard('Take From Inbox', start, 'take_from_inbox'))).to.deep.equal([take, taken]);
      expect(await play(saysAt('hi', start + 1_000))).to.deep.equal([welcome]);
    });

    it('hears that wish also where it comes as an ordinary message', async () => {
      const { stage, play } = setUp();
      await play(taps('Pass to Inbox', 'pass_to_inbox'));
      stage.owner = { owner: 'app', appId: pageInboxAppId };
      stage.failures['take'] = noDefaultApp;
      expect(await play(taps('Take From Inbox', 'take_from_inbox'))).to.deep.equal([`owner of ${psid}`, take, taken]);
    });

    it('passes nothing any more once a take was refused, so that there is a way back', async () => {
      const { stage, play } = setUp({ takeBackAfterMs: hour });
      stage.failures['take'] = noDefaultApp;
      await play(heard('Take From Inbox'));
      expect(await play(taps('Pass to Inbox', 'pass_to_inbox'))).to.deep.equal([passing]);
      expect(await play(says('hello?'))).to.deep.equal([]);
      expect(await play(taps('Take From Inbox', 'take_from_inbox'))).to.deep.equal([taken]);
      expect(await play(says('hi'))).to.deep.equal([welcome]);
    });

    it('does so too where the inbox is named by its app id, or in capitals', async () => {
      for (const receiver of [pageInboxAppId, 'Inbox']) {
        const { stage, play } = setUp({ takeover: { receivers: [receiver] } });
        stage.failures['take'] = noDefaultApp;
        await play(heard('Take From Inbox'));
        expect(await play(taps('Pass to Inbox', 'pass_to_inbox')), receiver).to.deep.equal([passing]);
      }
    });

    it('passes again once somebody could take a thread of the Page', async () => {
      const tookByInbox = conversationUpdate({
        take_thread_control: { previous_owner_app_id: Number(primaryAppId), new_owner_app_id: Number(pageInboxAppId) },
      });
      const doneByInbox = conversationUpdate({ pass_thread_control: { new_owner_app_id: Number(primaryAppId) } });
      const { stage, play } = setUp();
      stage.failures['take'] = noDefaultApp;
      await play(heard('Take From Inbox'));
      await play(tookByInbox);
      await play(doneByInbox);
      expect(await play(taps('Pass to Inbox', 'pass_to_inbox'))).to.deep.equal([passing, pass]);
    });
  });

  describe('with what an earlier version noted before the upgrade', () => {
    /** A store in which that version noted when a person, or anybody else, had last spoken. */
    const notesOf = (topics: Readonly<Record<string, number>>): Storage => {
      const notes = createRecentStorage();
      for (const [topic, note] of Object.entries(topics)) {
        void notes.write({ [`thread notes/${topic}/${primaryAppId}/${pageId}/${psid}`]: { note } });
      }
      return notes;
    };
    const saysAt = (text: string, at: number) => ({ ...says(text), timestamp: new Date(at) });

    it('is silent over a person who answered just before, and comes back at the same time', async () => {
      const notes = notesOf({ 'person answered': start, 'last spoken': start });
      const { play } = setUp({ notes, takeBackAfterMs: hour });
      expect(await play(saysAt('Hi Ana, my parcel did not come', start + 1_000))).to.deep.equal([]);
      expect(await play(saysAt('and?', start + hour))).to.deep.equal([]);
      expect(await play(saysAt('hello?', start + hour + 1))).to.deep.equal([welcome]);
      expect(await play(saysAt('hi', start + hour + 2))).to.deep.equal([welcome]);
    });

    it('counts the silence in a thread that was passed from the last word before', async () => {
      const notes = notesOf({ 'last spoken': start });
      const { play } = setUp({ notes, takeBackAfterMs: hour });
      expect(await play(heard('still there?', start + hour))).to.deep.equal([]);
      expect(await play(heard('hello?', start + hour + 1))).to.deep.equal([take, unanswered]);
    });

    it('answers at once where the thread has come back since', async () => {
      const notes = notesOf({ 'last spoken': start });
      const { play } = setUp({ notes, takeBackAfterMs: hour });
      expect(await play(saysAt('hi', start + 1_000))).to.deep.equal([welcome]);
      expect(await play(saysAt('hi', start + 2_000))).to.deep.equal([welcome]);
    });

    it('reads it once: what has ended does not begin again', async () => {
      const notes = notesOf({ 'person answered': start });
      const { play } = setUp({ notes });
      expect(await play(saysAt('hello?', start + 1_000))).to.deep.equal([]);
      await play(conversationUpdate({ pass_thread_control: { new_owner_app_id: Number(primaryAppId) } }));
      expect(await play(saysAt('hi', start + 2_000))).to.deep.equal([welcome]);
    });
  });

  it('says once in the log that Meta answers customers itself, and does not count that as a person', async () => {
    const { stage, play } = setUp({ takeBackAfterMs: hour });
    const answer = { is_echo: true, app_id: Number(pageInboxAppId), ai_generated: true, text: 'x' };
    const byMetaAi = (at: number) => onStandby([{ ...echoItem('x'), timestamp: at, message: answer }]);
    await play(saidByInbox(start));
    await play(byMetaAi(start + hour));
    await play(byMetaAi(start + hour));
    expect(stage.levelsOfLog()).to.deep.equal(['warn']);
    expect(await play(heard('anyone?', start + hour + 1))).to.deep.equal([take, unanswered]);
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

    it('asks the conversation first, since not every endpoint lets it hear people', async () => {
      const asked: string[] = [];
      const lastWordOfOthers = (...thread: string[]) => {
        asked.push(thread.join(' '));
        return Promise.resolve(start + 30 * 60_000);
      };
      const { play } = setUp({ takeBackAfterMs: hour, lastWordOfOthers });
      await play(saidByInbox(start));
      expect(await play(heard('and?', start + hour))).to.deep.equal([]);
      expect(asked).to.deep.equal([]);
      expect(await play(heard('and?', start + hour + 1))).to.deep.equal([]);
      expect(asked).to.deep.equal([`${pageId} ${psid}`]);
      expect(await play(heard('hello?', start + 2 * hour))).to.deep.equal([take, unanswered]);
    });

    it('takes nothing back when it can neither hear people nor ask', async () => {
      const refusal = new GraphApiError({ status: 403, reason: 'permission' });
      const cannotAsk = { lastWordOfOthers: () => Promise.reject(refusal) };
      const deaf = { hearsOthers: () => Promise.resolve(false) };
      for (const [options, lines] of [
        [{ ...cannotAsk, ...deaf }, []],
        [deaf, []],
        [cannotAsk, [take, unanswered]],
      ] as const) {
        const { play } = setUp({ takeBackAfterMs: hour, ...options });
        await play(saidByInbox(start));
        expect(await play(heard('hello?', start + 2 * hour))).to.deep.equal(lines);
      }
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
