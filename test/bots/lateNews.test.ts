import { expect } from 'chai';
import { FacebookActivityHandler } from '../../bots/facebookActivityHandler.ts';
import type { BotParts } from '../../bots/botParts.ts';
import { PAGE_INBOX_APP_ID } from '../../models/facebookEvent.ts';
import { endpoints, openStage, type Stage } from '../../testing/openStage.ts';

/**
 * Moves threads by itself, and speaks as soon as it may: when the thread comes to it, when its timer is due, and whatever it hears.
 */
function restlessBot({ threadControl, timers }: BotParts): FacebookActivityHandler {
  const bot = new FacebookActivityHandler();
  bot.onMessage(async (context, next) => {
    const { text, from } = context.activity;
    await context.sendActivity(`You said ${text}.`);
    if (text === 'agent') {
      await timers.schedule(context, 'reminder', '1h');
      await threadControl.pass(from.id, { to: 'inbox' });
    }
    await next();
  });
  bot.onFacebookStandby(async (event, context, next) => {
    if (event.kind === 'message' && event.text === 'anybody?' && event.psid !== undefined) {
      await threadControl.take(event.psid);
      await context.sendActivity('They will be with you soon.');
      await threadControl.passThreadControl(event.psid, PAGE_INBOX_APP_ID);
    }
    await next();
  });
  bot.onFacebookPassThreadControl(async (_event, context, next) => {
    await context.sendActivity('I am here again.');
    await next();
  });
  bot.onTimer('reminder', async (_timer, context, next) => {
    await context.sendActivity('Is there anything else?');
    await next();
  });
  return bot;
}

/** The webhooks of a kind do not reach the bot until they are released. */
function hold(stage: Stage, kind: 'pass_thread_control' | 'take_thread_control'): () => Promise<void> {
  const { emulator } = stage;
  const [app] = emulator.state().apps.filter(({ name }) => name === 'primary');
  const appId = app?.id ?? '';
  emulator.injectWebhookFault({ fault: 'hold', match: { appId, kind } });
  return async () => {
    emulator.releaseWebhooks(appId);
    await stage.settled();
  };
}

for (const endpoint of endpoints) {
  describe(`A bot that moves threads itself, on the endpoint ${endpoint}`, () => {
    it('says nothing over a person, though it learns of its own take only after it has passed the thread on', async () => {
      await using stage = await openStage({ bot: restlessBot, endpoint, mode: 'classic' });
      await stage.customer.says('hi', 'agent');
      // Messenger's clock is another one than this machine's.
      await stage.clock.advance('30m');
      const release = hold(stage, 'pass_thread_control');
      await stage.customer.says('anybody?');
      expect(stage.texts().at(-1)).to.equal('They will be with you soon.');
      expect(stage.owner()).to.equal('inbox');
      await stage.clock.advance('1m');
      await release();
      expect(stage.texts()).to.deep.equal([]);
      await stage.restart();
      await stage.clock.advance('1h');
      expect(stage.texts()).to.deep.equal([]);
      await stage.inbox.marksDone();
      expect(stage.texts()).to.deep.equal(['I am here again.']);
    });

    for (const mode of ['classic', 'exclusive', 'routing'] as const) {
      it(`says nothing over a person, though it learns only now that an earlier one was done, in mode ${mode}`, async () => {
        await using stage = await openStage({ bot: restlessBot, endpoint, mode });
        await stage.customer.says('agent');
        const release = hold(stage, 'pass_thread_control');
        await stage.inbox.marksDone();
        await stage.customer.says('agent');
        expect(stage.owner()).to.equal('inbox');
        expect(stage.texts()).to.have.length(2);
        await release();
        await stage.restart();
        await stage.clock.advance('1h');
        expect(stage.texts()).to.deep.equal([]);
      });
    }

    it('knows that a person took the thread after it did, though its process ended in between and did not know when it had', async () => {
      const taken = Promise.withResolvers<undefined>();
      let runs = 0;
      const bot = ({ threadControl, timers }: BotParts) => {
        const handler = new FacebookActivityHandler();
        handler.onMessage(async (context, next) => {
          await timers.schedule(context, 'reminder', '2h');
          // The next process learns from this what time it is for Messenger.
          if (runs === 1) await threadControl.getSecondaryReceivers();
          await threadControl.take(context.activity.from.id);
          runs += 1;
          taken.resolve(undefined);
          if (runs === 1) await new Promise(() => undefined);
          await next();
        });
        return handler.onTimer('reminder', async (_timer, context, next) => {
          await context.sendActivity('Is there anything else?');
          await next();
        });
      };
      await using stage = await openStage({ bot, endpoint });
      stage.emulator.customer().say('hi');
      await taken.promise;
      stage.kill();
      stage.emulator.advanceClock(600_000);
      const release = hold(stage, 'take_thread_control');
      stage.emulator.inbox().reply('I am Ana.');
      stage.emulator.advanceClock(600_000);
      await stage.restart();
      await release();
      await stage.clock.advance('2h');
      expect(runs).to.equal(2);
      expect(stage.texts()).to.deep.equal([]);
      const reasons = stage.log().flatMap(({ fields }) => (fields['suppressed'] === true ? [fields['reason']] : []));
      expect(reasons).to.deep.equal(['ownedByAnother']);
    });
  });
}
