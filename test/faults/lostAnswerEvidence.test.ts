import { expect } from 'chai';
import { TurnContext } from 'botbuilder';
import { FacebookActivityHandler } from '../../bots/facebookActivityHandler.ts';
import type { FaultSpec } from '../../emulator/faults/faultSpec.ts';
import type { Mode } from '../../emulator/core/state.ts';
import { startDirectPlatform } from '../../emulator/startDirectPlatform.ts';
import { startPlatform, type Platform } from '../../emulator/startPlatform.ts';
import { createBotServer, openStore, type BotServer } from '../../server.ts';
import { createRetryPolicy } from '../../turns/retryPolicy.ts';
import type { Store } from '../../store/store.ts';
import { useFolder } from '../support/brokenDisk.ts';
import { createRecordingLogger } from '../support/recordingLogger.ts';
import { testSettings } from '../support/testSettings.ts';

/** Does what it is told with each message of a customer. */
class ScriptedBot extends FacebookActivityHandler {
  constructor(answer: (context: TurnContext) => Promise<unknown>) {
    super();
    this.onMessage(async (context, next) => {
      await answer(context);
      await next();
    });
  }
}

for (const endpoint of ['webhook', 'azure'] as const) {
  describe(`What a lost answer is judged by, on the endpoint of ${endpoint === 'azure' ? 'Azure' : 'the webhook'}`, () => {
    const folder = useFolder();
    let platform: Platform;
    let server: BotServer | undefined;
    let store: Store;
    let logger: ReturnType<typeof createRecordingLogger>;
    let whileWaiting: () => unknown;

    const startIn = (mode: Mode) =>
      endpoint === 'azure' ? startPlatform({ mode, fields: 'all' }) : startDirectPlatform({ mode, fields: 'all' });

    beforeEach(async () => {
      platform = await startIn(endpoint === 'azure' ? 'classic' : 'routing');
      whileWaiting = () => undefined;
    });
    afterEach(async () => {
      await server?.close();
      server = undefined;
      await platform.close();
    });

    async function startBot(
      answer: (context: TurnContext) => Promise<unknown>,
      more: Record<string, string> = {},
    ): Promise<void> {
      const [{ settings, connect }] = platform.bots as [Platform['bots'][number]];
      const all = testSettings({ ...settings, StorePath: folder.path('bot.db'), ...more });
      logger = createRecordingLogger();
      store = await openStore(all, logger);
      server = await createBotServer(all, {
        ...{ logger, store, drainMs: 0 },
        createBot: () => new ScriptedBot(answer),
        retries: createRetryPolicy({ baseMs: 0 }),
        turnWork: {
          // Waiting takes no time here, so whatever is under way arrives before the bot has looked for the last time.
          sleep: async () => {
            await whileWaiting();
            await platform.emulator.settled();
          },
        },
      });
      await connect(server.url);
    }

    const say = (text: string) => (context: TurnContext) => context.sendActivity(text);
    const said = (): string[] =>
      platform.emulator.events().flatMap((one) => (one.type === 'pageMessage' ? [one.text] : []));
    const settled = async () => {
      for (let round = 0; round < 2; round += 1) {
        await platform.emulator.settled();
        await server?.settled();
      }
    };
    const lose = (spec: FaultSpec) => {
      const match = endpoint === 'azure' ? ({ at: 'connector', edge: 'activities' } as const) : { edge: 'messages' };
      platform.emulator.injectFault({ connection: 'reset', ...spec, match });
    };
    const loseEchoes = (times: number) =>
      platform.emulator.injectWebhookFault({ fault: 'drop', match: { kind: 'echo' }, times });
    const refuseReading = () =>
      platform.emulator.injectFault({ fault: 'actionNotPermitted', times: 20, match: { edge: 'conversations' } });
    const reconciled = () =>
      logger.lines.filter(({ fields }) => 'by' in fields).map(({ fields }) => [fields['outcome'], fields['by']]);
    const reasons = async () => (await store.deadLetters.list()).map(({ reason }) => reason);

    for (const [choice, texts, letters] of [
      ['deadLetter', [], ['unknownOutcome']],
      ['resend', ['one'], []],
      ['assumeSent', [], []],
    ] as const) {
      it(`is nothing when reading back is refused for good: UnknownSendOutcome=${choice} decides`, async () => {
        await startBot(say('one'), { UnknownSendOutcome: choice });
        refuseReading();
        lose({ when: 'before' });
        platform.emulator.customer().say('hi');
        await settled();
        expect(said()).to.deep.equal(texts);
        expect(await reasons()).to.deep.equal(letters);
        expect(reconciled()).to.deep.equal([['unknown', 'none']]);
      });
    }

    it('is one message for one of two with the same words that were sent side by side', async () => {
      await startBot((context) => Promise.all([say('same')(context), say('same')(context)]));
      loseEchoes(1);
      lose({ when: 'before' });
      lose({ when: 'after' });
      platform.emulator.customer().say('hi');
      await settled();
      expect(said()).to.deep.equal(['same', 'same']);
      expect(await reasons()).to.deep.equal([]);
    });

    it('is the conversation that the message went to, not that of the turn', async () => {
      const other = platform.emulator.customer(platform.emulator.addCustomer({ name: 'Dora' }));
      let reference: ReturnType<typeof TurnContext.getConversationReference> | undefined;
      const [{ settings }] = platform.bots as [Platform['bots'][number]];
      await startBot(async (context) => {
        if (context.activity.from.id !== platform.emulator.customer().psid) {
          reference = TurnContext.getConversationReference(context.activity);
          return;
        }
        const appId = settings['MicrosoftAppId'] ?? '';
        await context.adapter.continueConversationAsync(appId, reference!, async (their) => {
          await their.sendActivity('to the other');
        });
      });
      other.say('here I am');
      await settled();
      loseEchoes(3);
      lose({ when: 'after' });
      platform.emulator.customer().say('tell them');
      await settled();
      expect(said()).to.deep.equal(['to the other']);
      expect(reconciled()).to.deep.equal([['done', 'reading']]);
    });

    it('is not what a person said with the same words', async () => {
      await startBot(say('one'));
      let waits = 0;
      whileWaiting = async () => {
        if ((waits += 1) === 1) platform.emulator.inbox().reply('one');
        await platform.emulator.settled();
      };
      lose({ when: 'before' });
      platform.emulator.customer().say('hi');
      await settled();
      expect(reconciled()[0]).to.deep.equal(['absent', 'reading']);
    });

    describe('when its echo is lost too, and a person has spoken before', () => {
      /** A customer whom a person has answered gets two messages, of which the second leaves no trace but itself. */
      async function play(mode: Mode, then: Parameters<typeof lose>[0]): Promise<void> {
        await platform.close();
        platform = await startIn(mode);
        await startBot(async (context) => {
          await say('first')(context);
          if (context.activity.text !== 'again') return;
          loseEchoes(1);
          lose(then);
          await say('second')(context);
        });
        const { emulator } = platform;
        emulator.customer().say('hi');
        await settled();
        emulator.inbox().reply('A person is here');
        emulator.inbox().markAsDone();
        await settled();
        emulator.customer().say('again');
        await settled();
      }

      it('is that only this bot can have written, because it has the thread', async () => {
        await play('routing', { when: 'after' });
        expect(said().at(-1)).to.equal('second');
        expect(await reasons()).to.deep.equal([]);
        expect(reconciled()).to.deep.equal([['done', 'owner']]);
      });

      for (const mode of ['classic', 'open'] as const) {
        it(`is nothing where everybody may write, as in the mode ${mode}`, async () => {
          await play(mode, { when: 'after' });
          expect(await reasons()).to.deep.equal(['unknownOutcome']);
        });
      }

      it('is nothing when a person has had the thread meanwhile', async () => {
        let waits = 0;
        whileWaiting = () => {
          if ((waits += 1) !== 1) return;
          platform.emulator.inbox().reply('second');
          platform.emulator.inbox().markAsDone();
        };
        await play('routing', { when: 'before' });
        expect(said().filter((text) => text === 'second')).to.have.length(1);
        expect(await reasons()).to.deep.equal(['unknownOutcome']);
      });
    });
  });
}
