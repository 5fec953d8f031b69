import { expect } from 'chai';
import { BotStage } from '../support/botStage.ts';
import { conversationUpdate, echoes, messageItem, onStandby, psid, says } from '../support/facebookActivities.ts';
import { HelpDeskBot } from './exampleBot.ts';

describe("the README's example bot", () => {
  const setUp = () => {
    const stage = new BotStage();
    return { stage, bot: new HelpDeskBot(stage.threadControl) };
  };

  it('answers a customer', async () => {
    const { stage, bot } = setUp();
    expect(await stage.play(bot, says('hi'))).to.deep.equal([
      'say I can tell you our opening hours. Or would you like to talk to a person?',
    ]);
  });

  it('speaks first, then passes, when the customer asks for a person', async () => {
    const { stage, bot } = setUp();
    expect(await stage.play(bot, says('A person, please'))).to.deep.equal([
      'say A person will answer you here.',
      `pass ${psid} to 263902037430900 "wants a person"`,
    ]);
  });

  it('says that it is back when control is passed to it', async () => {
    const { stage, bot } = setUp();
    const done = conversationUpdate({ pass_thread_control: { new_owner_app_id: 1, metadata: 'all done' } });
    expect(await stage.play(bot, done)).to.deep.equal(['say I am back. The person left this note: all done']);
  });

  it('is silent for echoes and on standby', async () => {
    const { stage, bot } = setUp();
    expect(await stage.play(bot, echoes('a person'))).to.deep.equal([]);
    expect(await stage.play(bot, onStandby([messageItem('a person')]))).to.deep.equal([]);
  });
});
