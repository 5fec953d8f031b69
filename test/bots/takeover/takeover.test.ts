import { expect } from 'chai';
import type { BotParts } from '../../../bots/botParts.ts';
import { FacebookActivityHandler } from '../../../bots/facebookActivityHandler.ts';
import type { TakeoverRules } from '../../../bots/takeover/rules.ts';
import { Takeover } from '../../../bots/takeover/takeover.ts';
import { endpoints, type Stage, type StageOptions } from '../../../testing/openStage.ts';
import { withStage } from '../../../testing/withStage.ts';

const minute = 60_000;

/** Says what it heard, behind the takeover. */
function echoBot(rules: Partial<TakeoverRules>, told: string[] = []) {
  return (parts: BotParts) => {
    const takeover = new Takeover(parts, rules)
      .onHandedOver(async ({ reason }) => void told.push(`over ${reason}`))
      .onPersonSpoke(async (_handover, _context, text) => void told.push(`person ${text}`))
      .onHandedBack(async ({ end }) => void told.push(`back ${end}`))
      .onHandoverDeclined(async ({ end }) => void told.push(`declined ${end}`));
    const bot = new FacebookActivityHandler().onMessage(async (context, next) => {
      await context.sendActivity(`bot: ${context.activity.text}`);
      await next();
    });
    return takeover.before(bot);
  };
}

for (const endpoint of endpoints) {
  const play = (options: Omit<StageOptions, 'endpoint'>, test: (stage: Stage) => Promise<void>) =>
    withStage({ ...options, endpoint }, test);

  describe(`A takeover, through ${endpoint}`, () => {
    it('hands over in words, is silent, and comes back when the people have been silent', async () => {
      const told: string[] = [];
      await play({ bot: echoBot({ silenceMs: 30 * minute }, told) }, async (stage) => {
        await stage.customer.says('hi');
        await stage.customer.says('can I talk to an agent?');
        expect(stage.texts()).to.deep.equal(['bot: hi', 'I am passing you on to a person, who will answer you here.']);
        expect(stage.owner()).to.equal('inbox');
        await stage.clock.advance('20m');
        await stage.inbox.says('How can I help?');
        await stage.customer.says('My parcel is lost');
        await stage.clock.advance('29m');
        expect(stage.texts()).to.deep.equal([]);
        expect(stage.owner()).to.equal('inbox');
        await stage.clock.advance('1m');
        expect(stage.texts()).to.deep.equal([
          'Nobody from our team has written for a while. You are talking to the bot again.',
        ]);
        expect(stage.owner()).to.equal('primary');
        await stage.customer.says('hello');
        expect(stage.texts()).to.deep.equal(['bot: hello']);
        expect(told).to.deep.equal(['over phrase', 'person How can I help?', 'back silence']);
      });
    });
  });
}
