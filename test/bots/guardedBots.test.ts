import { expect } from 'chai';
import { ActivityHandler, type TurnContext } from 'botbuilder';
import type { BotParts } from '../../bots/botParts.ts';
import { endpoints, openStage } from '../../testing/openStage.ts';
import { HelpDeskBot } from '../project/docs/exampleBot.ts';

/** Knows nothing of Messenger: answers everything, shows that it types, and passes when it is asked to. */
class PlainBot extends ActivityHandler {
  constructor({ threadControl }: BotParts) {
    super();
    this.onMessage(async (context, next) => {
      await context.sendActivities([
        { type: 'typing' },
        { type: 'message', text: `You said ${context.activity.text}` },
      ]);
      if (context.activity.text.includes('person')) {
        await threadControl.passThreadControl(context.activity.from.id, '263902037430900');
        await context.sendActivity('Goodbye.');
        await threadControl.extend(context.activity.from.id, { seconds: 86_400 });
      }
      await next();
    });
  }
}

const bots: Readonly<Record<string, (parts: BotParts) => { run(context: TurnContext): Promise<void> }>> = {
  "the README's bot": (parts) => new HelpDeskBot(parts),
  "Bot Builder's own ActivityHandler": (parts) => new PlainBot(parts),
  'an object with run': (parts) => {
    const bot = new PlainBot(parts);
    return { run: (context) => bot.run(context) };
  },
};

for (const endpoint of endpoints) {
  for (const mode of ['classic', 'exclusive', 'routing', 'open'] as const) {
    describe(`A guarded bot on the endpoint ${endpoint}, on a Page in mode ${mode}`, () => {
      for (const [name, bot] of Object.entries(bots)) {
        it(`passes once and says nothing over a person, though the customer types on and it is started anew: ${name}`, async () => {
          await using stage = await openStage({ bot, endpoint, mode });
          const { customer, inbox } = stage;
          await customer.says('hi');
          // All of them are under way before the first one is answered.
          await customer.says('A person, please', 'hello?', 'a person!');
          expect(stage.texts()).to.have.length(2);
          await stage.restart();
          await inbox.says('How can I help?');
          await customer.says('Are you a person?', 'My order is late');
          expect(stage.texts()).to.deep.equal([]);
          expect(await stage.deadLetters()).to.deep.equal([]);
          expect(stage.log().filter(({ level }) => level === 'error' || level === 'warn')).to.deep.equal([]);
          expect(stage.log().some(({ fields }) => fields['suppressed'] === true)).to.equal(true);
          await inbox.marksDone();
          stage.replies();
          await customer.says('hi again');
          expect(stage.texts()).to.have.length(1);
        });
      }
    });
  }
}
