import type { Activity } from 'botbuilder';
import { expect } from 'chai';
import { LiveChatBot } from '../../bots/samples/liveChatBot.ts';
import { PrimaryBot } from '../../bots/samples/primaryBot.ts';
import { SecondaryBot } from '../../bots/samples/secondaryBot.ts';
import { BotStage } from '../support/botStage.ts';
import { conversationId, facebookActivity, primaryAppId } from '../support/facebookActivities.ts';

const conversation = { id: conversationId };
const elsewhere = (fields: object): Activity => ({
  ...facebookActivity({ type: 'conversationUpdate', conversation }),
  channelId: 'webchat',
  ...fields,
});
const choice = (text: string): Activity => facebookActivity({ type: 'message', text, conversation });

/** Nobody is there to be answered. */
const namesNobody: Record<string, Activity> = {
  'a pass without a sender': facebookActivity({
    type: 'conversationUpdate',
    channelData: { pass_thread_control: { new_owner_app_id: Number(primaryAppId) } },
  }),
  'a postback without a sender': facebookActivity({ type: 'event', value: { postback: { title: 'x', payload: 'y' } } }),
  'a message without channelData and conversation': facebookActivity({ type: 'message', text: 'hi' }),
  'a message with empty channelData': facebookActivity({ type: 'message', text: 'hi', channelData: {} }),
  'a choice of the inbox without a customer': choice('Pass to page inbox'),
  'a choice of the secondary bot without a customer': choice('Pass to secondary'),
  'a choice of the primary bot without a customer': choice('Pass to primary'),
  'a choice of a person without a customer': choice('Pass to Inbox'),
  'a member without a conversation': elsewhere({ conversation: undefined, membersAdded: [{ id: 'x' }] }),
};
const nothingToDo: Record<string, Activity> = {
  'members that are null': elsewhere({ recipient: { id: 'b' }, membersAdded: [null] }),
  'members without a recipient': elsewhere({ membersAdded: [null, { id: 'x' }] }),
};
const requests: Record<string, Activity> = {
  'a request without a sender': facebookActivity({
    type: 'event',
    value: { request_thread_control: { requested_owner_app_id: 5 } },
  }),
  'a nice request without a sender': facebookActivity({
    type: 'event',
    value: { request_thread_control: { requested_owner_app_id: 5, metadata: 'please' } },
  }),
};

for (const [name, Bot] of Object.entries({ PrimaryBot, SecondaryBot, LiveChatBot })) {
  describe(`${name}, told of somebody without saying of whom`, () => {
    const setUp = () => {
      const stage = new BotStage();
      stage.receivers = [{ id: '77' }];
      const { threadControl, logger } = stage;
      return { stage, bot: new Bot({ threadControl, logger, appId: primaryAppId }) };
    };

    for (const [what, activity] of Object.entries(namesNobody)) {
      it(`says nothing, moves nothing and writes it into the log: ${what}`, async () => {
        const { stage, bot } = setUp();
        expect(await stage.play(bot, structuredClone(activity))).to.deep.equal([]);
        expect(new Set(stage.levelsOfLog())).to.deep.equal(new Set(['debug']));
      });
    }
    for (const [what, activity] of Object.entries(requests)) {
      it(`grants nothing and does not fail: ${what}`, async () => {
        const { stage, bot } = setUp();
        expect(await stage.play(bot, structuredClone(activity))).to.deep.equal([]);
      });
    }
    for (const [what, activity] of Object.entries(nothingToDo)) {
      it(`does not fail: ${what}`, async () => {
        const { stage, bot } = setUp();
        const done = await stage.play(bot, structuredClone(activity));
        expect(done).to.have.length(what.includes('null') ? 0 : 1);
      });
    }
  });
}
