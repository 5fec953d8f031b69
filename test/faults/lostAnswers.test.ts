import { expect } from 'chai';
import type { TurnContext } from 'botbuilder';
import { FacebookActivityHandler } from '../../bots/facebookActivityHandler.ts';
import { pageInboxAppId } from '../../emulator/startPlatform.ts';
import type { BotParts } from '../../server.ts';
import { endpoints, type Stage } from '../../testing/openStage.ts';
import { withStage } from '../../testing/withStage.ts';
import { useFolder } from '../support/brokenDisk.ts';

/** Says two sentences and, when it is asked to, passes the thread to the Page Inbox between them. */
class TwoSentences extends FacebookActivityHandler {
  constructor({ threadControl }: BotParts) {
    super();
    const say = (context: TurnContext, text: string) => context.sendActivity(text);
    this.onMessage(async (context, next) => {
      const { text, from } = context.activity;
      await say(context, 'one');
      if (text === 'pass') await threadControl.passThreadControl(from.id, pageInboxAppId, 'please');
      else await say(context, 'two');
      await next();
    });
    this.onFacebookPassThreadControl(async (_event, context, next) => {
      await say(context, 'back');
      await next();
    });
  }
}

const bot = (parts: BotParts) => new TwoSentences(parts);

for (const endpoint of endpoints) {
  const mode = endpoint === 'azure' ? 'classic' : 'routing';
  describe(`An answer that is lost, on the endpoint ${endpoint}, on a Page in mode ${mode}`, () => {
    const folder = useFolder();
    const play = (scene: (stage: Stage) => Promise<void>) => () =>
      withStage({ bot, endpoint, mode, settings: { StorePath: folder.path('bot.db') } }, scene);
    const readings = ({ emulator }: Stage): number =>
      emulator.events().filter((one) => one.type === 'graphCall' && one.path.endsWith('/conversations')).length;

    it(
      'costs the customer nothing when the echo comes: the turn goes on with it',
      play(async (stage) => {
        stage.graph.losesAnswer('messages');
        await stage.customer.says('hi');
        expect(stage.texts()).to.deep.equal(['one', 'two']);
        expect(readings(stage)).to.equal(0);
      }),
    );

    it(
      'is found out by reading the conversation when no echo comes',
      play(async (stage) => {
        stage.emulator.injectWebhookFault({ fault: 'drop', match: { kind: 'echo' }, times: 2 });
        stage.graph.losesAnswer('messages');
        await stage.customer.says('hi');
        expect(stage.texts()).to.deep.equal(['one', 'two']);
        expect(readings(stage)).to.equal(1);
      }),
    );

    it(
      'is sent for good when it turns out that nothing was sent',
      play(async (stage) => {
        stage.graph.losesRequest('messages');
        await stage.customer.says('hi');
        expect(stage.texts()).to.deep.equal(['one', 'two']);
        expect(readings(stage)).to.equal(1);
      }),
    );

    it(
      'does not double a pass, also when the thread came back before anybody asked',
      play(async (stage) => {
        const passes = () =>
          stage.emulator.events().filter((one) => one.type === 'ownershipChanged' && one.cause === 'pass');
        const stop = stage.emulator.on((event) => {
          if (event.type !== 'ownershipChanged' || event.cause !== 'pass') return;
          stop();
          setImmediate(() => stage.emulator.inbox().markAsDone());
        });
        // The question for the owner is lost too, so that the thread is back when it is asked again.
        stage.graph.refuses('thread_owner', { as: 'unknownError', times: 3 });
        stage.graph.losesAnswer('pass_thread_control');
        await stage.customer.says('pass');
        expect(passes()).to.have.length(1);
        expect(stage.texts()).to.deep.equal(['one', 'back']);
      }),
    );
  });
}
