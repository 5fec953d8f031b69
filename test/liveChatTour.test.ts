import { expect } from 'chai';
import { createBot } from '../bots/samples/createBot.ts';
import type { Stage, StageOptions } from '../testing/openStage.ts';
import { withStage } from '../testing/withStage.ts';

const inboxAppId = '263902037430900';

const welcome =
  'bot: Hello! You are talking to a bot. To talk to a person, tap or write Pass to Inbox. [Pass to Inbox]';
const passing =
  'bot: A person in the page inbox will answer you. ' +
  'Whenever you want to, you can come back to the bot. [Take From Inbox]';
const ended = 'bot: The person has closed the conversation, so you are talking to the bot again. [Pass to Inbox]';
const taken = 'bot: You are talking to the bot again. [Pass to Inbox]';
const unanswered = 'bot: No person has answered for a while, so you are talking to the bot again. [Pass to Inbox]';

const needsProof = { appSecretProof: 'required' } as const;
const owned = (line: string) => line.startsWith('owner: ');

/** The live-chat bot on Messenger's own webhook, in front of an emulated Messenger: nothing of Azure is there. */
for (const mode of ['classic', 'routing'] as const) {
  describe(`the live chat on Messenger, ${mode}`, () => {
    /** @param scene gets what happened since it last asked, as a person would tell it */
    const play =
      (scene: (stage: Stage, happened: () => string[]) => Promise<void>, more: Partial<StageOptions> = {}) =>
      () =>
        withStage({ bot: createBot, role: 'liveChat', mode, messenger: needsProof, ...more }, async (stage) => {
          let seen = 0;
          await scene(stage, () => {
            const events = stage.emulator.events(seen);
            seen = events.at(-1)?.id ?? seen;
            return events.flatMap((event) => {
              switch (event.type) {
                case 'customerMessage':
                  return `customer: ${event.text}`;
                case 'pageMessage': {
                  const replies = event.quickReplies.length === 0 ? '' : ` [${event.quickReplies.join(' | ')}]`;
                  const who = event.appId === inboxAppId ? 'agent' : 'bot';
                  return `${who}: ${event.text.replace('Live chat bot: ', '')}${replies}`;
                }
                case 'ownershipChanged':
                  return `owner: ${event.to === null ? 'nobody' : event.to === inboxAppId ? 'inbox' : 'bot'}`;
                case 'refused':
                case 'webhookFailed':
                case 'internalError':
                  return `${event.type}: ${event.because}`;
                default:
                  return [];
              }
            });
          });
          expect(stage.failures()).to.deep.equal([]);
        });

    it(
      'is the flow of the tutorial: welcome, Pass to Inbox, an agent, Done',
      play(async ({ customer, inbox }, happened) => {
        await customer.says('hi');
        expect(happened().filter((line) => !owned(line))).to.deep.equal(['customer: hi', welcome]);

        await customer.taps('Pass to Inbox');
        expect(happened()).to.deep.equal(['customer: Pass to Inbox', passing, 'owner: inbox']);

        await customer.says('is anybody there?');
        expect(happened()).to.deep.equal(['customer: is anybody there?']);

        await inbox.says('I am!');
        expect(happened()).to.deep.equal(['agent: I am!']);

        await inbox.marksDone();
        expect(happened()).to.deep.equal(['owner: bot', ended]);

        await customer.says('thanks');
        expect(happened()).to.deep.equal(['customer: thanks', welcome]);
      }),
    );

    it(
      'takes first and then speaks when the customer taps Take From Inbox',
      play(async ({ customer }, happened) => {
        await customer.says('hi');
        await customer.taps('Pass to Inbox');
        happened();
        await customer.taps('Take From Inbox');
        expect(happened()).to.deep.equal(['customer: Take From Inbox', 'owner: bot', taken]);
        await customer.says('hello again');
        expect(happened()).to.deep.equal(['customer: hello again', welcome]);
      }),
    );

    it(
      'comes back when the words are written, after the agent has made the quick reply go away',
      play(async ({ customer, inbox }, happened) => {
        await customer.says('pass to inbox');
        await inbox.says('Hello, this is Bob.');
        happened();
        await customer.says('Take from inbox');
        expect(happened()).to.deep.equal(['customer: Take from inbox', 'owner: bot', taken]);
      }),
    );

    it(
      'answers the customer again when the agent never clicks Done',
      play(
        async ({ customer, inbox, clock }, happened) => {
          await customer.says('pass to inbox');
          await inbox.says('One moment, please.');
          happened();
          await clock.advance('30m');
          await customer.says('hello?');
          expect(happened()).to.deep.equal(['customer: hello?']);
          await clock.advance('1h');
          await customer.says('anybody?');
          expect(happened()).to.deep.equal(['customer: anybody?', 'owner: bot', unanswered]);
        },
        { settings: { LiveChatTakeBackMinutes: '60' } },
      ),
    );

    it(
      'answers the customer again after a day, whoever ends the turn of the inbox',
      play(async ({ customer, inbox, clock }, happened) => {
        await customer.says('pass to inbox');
        await inbox.says('One moment, please.');
        happened();
        await clock.advance(86_401_000);
        await customer.says('anybody?');
        const lines = happened().filter((line) => !owned(line));
        // In routing mode Meta itself has ended it by then, and the message comes to the bot as a new one.
        expect(lines).to.deep.equal(['customer: anybody?', mode === 'classic' ? unanswered : welcome]);
      }),
    );

    it(
      'lets an agent take over who clicks Move to Main',
      play(async ({ customer, inbox }, happened) => {
        await customer.says('hi');
        happened();
        await inbox.movesToMain();
        expect(happened().filter(owned)).to.deep.equal(['owner: inbox']);
        await customer.says('who is there?');
        expect(happened()).to.deep.equal(['customer: who is there?']);
      }),
    );

    it(
      'hears the echo of its own words without a turn, and nothing is refused or sent twice',
      play(
        async ({ customer, emulator }, happened) => {
          await customer.says('one', 'two', 'three');
          const lines = happened();
          expect(lines.filter((line) => line === welcome)).to.have.length(3);
          expect(lines.filter((line) => /refused|Failed|Error/.test(line))).to.deep.equal([]);
          const echoes = emulator
            .events()
            .filter((event) => event.type === 'webhookDelivered' && event.kind === 'echo');
          expect(echoes).to.have.length(3);
        },
        { messenger: { ...needsProof, batching: 'items' } },
      ),
    );
  });
}
