import { expect } from 'chai';
import { endpoints } from '../../../testing/openStage.ts';
import { withStage } from '../../../testing/withStage.ts';
import { BotThreadControl } from '../../../helpers/botThreadControl.ts';
import { BotStage } from '../../support/botStage.ts';
import {
  conversationUpdate,
  echoes,
  messageItem,
  onStandby,
  primaryAppId,
  psid,
  says,
  secondaryAppId,
} from '../../support/facebookActivities.ts';
import { HelpDeskBot } from './exampleBot.ts';

describe("the README's example bot", () => {
  const setUp = () => {
    const stage = new BotStage();
    return {
      stage,
      bot: new HelpDeskBot({ threadControl: new BotThreadControl(stage.threadControl), appId: primaryAppId }),
    };
  };

  it('answers a customer', async () => {
    const { stage, bot } = setUp();
    expect(await stage.play(bot, says('hi'))).to.deep.equal(['say Shall I get you a person?']);
  });

  it('speaks first, then passes, when the customer asks for a person', async () => {
    const { stage, bot } = setUp();
    expect(await stage.play(bot, says('A person, please'))).to.deep.equal([
      'say A person will answer you here.',
      `pass ${psid} to 263902037430900`,
    ]);
  });

  it('says that it is back when control is passed to it', async () => {
    const { stage, bot } = setUp();
    const done = conversationUpdate({ pass_thread_control: { new_owner_app_id: Number(primaryAppId) } });
    expect(await stage.play(bot, done)).to.deep.equal(['say I am back.']);
  });

  it('ignores a pass to another app', async () => {
    const { stage, bot } = setUp();
    const passed = conversationUpdate({ pass_thread_control: { new_owner_app_id: Number(secondaryAppId) } });
    expect(await stage.play(bot, passed)).to.deep.equal([]);
  });

  it('promises nobody when it has no thread control', async () => {
    const { stage } = setUp();
    const bot = new HelpDeskBot({ threadControl: new BotThreadControl(undefined), appId: primaryAppId });
    expect(await stage.play(bot, says('A person, please'))).to.deep.equal(['say Shall I get you a person?']);
  });

  it('is silent for echoes and on standby', async () => {
    const { stage, bot } = setUp();
    expect(await stage.play(bot, echoes('a person'))).to.deep.equal([]);
    expect(await stage.play(bot, onStandby([messageItem('a person')]))).to.deep.equal([]);
  });

  for (const endpoint of endpoints) {
    it(`hands over to a person and comes back, ${endpoint}`, () =>
      withStage({ bot: (parts) => new HelpDeskBot(parts), endpoint }, async (stage) => {
        await stage.customer.says('hi', 'A person, please', 'hello?');
        expect(stage.texts()).to.deep.equal(['Shall I get you a person?', 'A person will answer you here.']);
        expect(stage.owner()).to.equal('inbox');
        await stage.inbox.says('Here I am.');
        await stage.inbox.marksDone();
        expect([stage.texts(), stage.owner()]).to.deep.equal([['I am back.'], 'primary']);
        expect([stage.failures(), await stage.deadLetters()]).to.deep.equal([[], []]);
      }));
  }
});
