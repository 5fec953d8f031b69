import { expect } from 'chai';
import { TurnContext } from 'botbuilder';
import { FacebookActivityHandler } from '../../bots/facebookActivityHandler.ts';
import type { BotParts } from '../../server.ts';
import { endpoints, type Stage, type StageOptions } from '../../testing/openStage.ts';
import { withStage } from '../../testing/withStage.ts';
import { useFolder } from '../support/brokenDisk.ts';

type Answer = (context: TurnContext, parts: BotParts) => Promise<unknown>;

/** Does what it is told with each message of a customer. */
const scripted = (answer: Answer) => (parts: BotParts) =>
  new FacebookActivityHandler().onMessage(async (context, next) => {
    await answer(context, parts);
    await next();
  });

const say = (text: string) => (context: TurnContext) => context.sendActivity(text);
const reconciled = (stage: Stage) =>
  stage
    .log()
    .filter(({ fields }) => 'by' in fields)
    .map(({ fields }) => [fields['outcome'], fields['by']]);
const loseEchoes = ({ emulator }: Stage, times: number) =>
  emulator.injectWebhookFault({ fault: 'drop', match: { kind: 'echo' }, times });
/** What happens as soon as a call is lost, while the bot waits for what can tell of it. */
function whenItIsLost({ emulator }: Stage, then: () => unknown): void {
  const stop = emulator.on((event) => {
    if (event.type !== 'faultUsed') return;
    stop();
    setImmediate(then);
  });
}
const reasons = async (stage: Stage) => (await stage.deadLetters()).map(({ reason }) => reason);

for (const endpoint of endpoints) {
  const mode = endpoint === 'azure' ? 'classic' : 'routing';
  describe(`What a lost answer is judged by, on the endpoint ${endpoint}, on a Page in mode ${mode}`, () => {
    const folder = useFolder();
    const play =
      (options: Pick<StageOptions, 'bot' | 'mode' | 'settings'>) =>
      (scene: (stage: Stage) => Promise<void>): Promise<void> => {
        const settings = { StorePath: folder.path('bot.db'), ...options.settings };
        return withStage({ endpoint, mode, ...options, settings }, scene);
      };

    for (const [choice, texts, letters] of [
      ['deadLetter', [], ['unknownOutcome']],
      ['resend', ['one'], []],
      ['assumeSent', [], []],
    ] as const) {
      it(`is nothing when reading back is refused for good: UnknownSendOutcome=${choice} decides`, () =>
        play({ bot: scripted(say('one')), settings: { UnknownSendOutcome: choice } })(async (stage) => {
          stage.emulator.injectFault({ fault: 'actionNotPermitted', times: 20, match: { edge: 'conversations' } });
          stage.graph.losesRequest('messages');
          await stage.customer.says('hi');
          expect(stage.texts()).to.deep.equal(texts);
          expect(await reasons(stage)).to.deep.equal(letters);
          expect(reconciled(stage)).to.deep.equal([['unknown', 'none']]);
        }));
    }

    for (const [where, settings] of [
      ['in a file', {}],
      ['in memory', { StorePath: ':memory:' }],
    ] as const)
      it(`is one message for one of two with the same words that were sent side by side, with notes ${where}`, () =>
        play({ settings, bot: scripted((context) => Promise.all([say('same')(context), say('same')(context)])) })(
          async (stage) => {
            loseEchoes(stage, 1);
            stage.graph.losesRequest('messages');
            stage.graph.losesAnswer('messages');
            await stage.customer.says('hi');
            expect(stage.texts()).to.deep.equal(['same', 'same']);
            expect(await reasons(stage)).to.deep.equal([]);
          },
        ));

    it('is the conversation that the message went to, not that of the turn', () => {
      let reference: ReturnType<typeof TurnContext.getConversationReference> | undefined;
      const answer: Answer = async (context, { settings }) => {
        if (reference === undefined) {
          reference = TurnContext.getConversationReference(context.activity);
          return;
        }
        const appId = 'appId' in settings.bot ? settings.bot.appId : '';
        await context.adapter.continueConversationAsync(appId, reference, async (their) => {
          await their.sendActivity('to the other');
        });
      };
      return play({ bot: scripted(answer) })(async (stage) => {
        const other = stage.anotherCustomer('Dora');
        await other.customer.says('here I am');
        loseEchoes(stage, 3);
        stage.graph.losesAnswer('messages');
        await stage.customer.says('tell them');
        expect(other.texts()).to.deep.equal(['to the other']);
        expect(stage.texts()).to.deep.equal([]);
        expect(reconciled(stage)).to.deep.equal([['done', 'reading']]);
      });
    });

    it('is not what a person said with the same words', () =>
      play({ bot: scripted(say('one')) })(async (stage) => {
        whenItIsLost(stage, () => stage.emulator.inbox().reply('one'));
        stage.graph.losesRequest('messages');
        await stage.customer.says('hi');
        expect(reconciled(stage)[0]).to.deep.equal(['absent', 'reading']);
      }));

    describe('when its echo is lost too, and a person has spoken before', () => {
      /** A customer whom a person has answered gets two messages, of which the second leaves no trace but itself. */
      const playSecond =
        (pageMode: StageOptions['mode'], then: 'losesAnswer' | 'losesRequest', meanwhile?: (stage: Stage) => void) =>
        (scene: (stage: Stage) => Promise<void>) => {
          let betweenThem: () => void;
          const bot = scripted(async (context) => {
            await say('first')(context);
            if (context.activity.text !== 'again') return;
            betweenThem();
            await say('second')(context);
          });
          return play({ bot, mode: pageMode })(async (stage) => {
            betweenThem = () => {
              loseEchoes(stage, 1);
              stage.graph[then]('messages');
              if (meanwhile !== undefined) whenItIsLost(stage, () => meanwhile(stage));
            };
            await stage.customer.says('hi');
            await stage.inbox.says('A person is here');
            await stage.inbox.marksDone();
            await stage.customer.says('again');
            await scene(stage);
          });
        };

      it('is that only this bot can have written, because it has the thread', () =>
        playSecond(
          'routing',
          'losesAnswer',
        )(async (stage) => {
          expect(stage.texts().at(-1)).to.equal('second');
          expect(await reasons(stage)).to.deep.equal([]);
          expect(reconciled(stage)).to.deep.equal([['done', 'owner']]);
        }));

      for (const pageMode of ['classic', 'open'] as const) {
        it(`is nothing where everybody may write, as in the mode ${pageMode}`, () =>
          playSecond(
            pageMode,
            'losesAnswer',
          )(async (stage) => {
            expect(await reasons(stage)).to.deep.equal(['unknownOutcome']);
          }));
      }

      it('is nothing when a person has had the thread meanwhile', () =>
        playSecond('routing', 'losesRequest', ({ emulator }) => {
          emulator.inbox().reply('second');
          emulator.inbox().markAsDone();
        })(async (stage) => {
          const said = stage.emulator.events().flatMap((one) => (one.type === 'pageMessage' ? [one.text] : []));
          expect(said.filter((text) => text === 'second')).to.have.length(1);
          expect(await reasons(stage)).to.deep.equal(['unknownOutcome']);
        }));
    });
  });
}
