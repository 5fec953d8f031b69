import { expect } from 'chai';
import { startEmulator } from '../emulator/startEmulator.ts';
import type { Emulator, EmulatorOptions } from '../emulator/emulator.ts';
import { createBot } from '../bots/samples/createBot.ts';
import { createBotServer, type BotServer } from '../server.ts';
import { createRecordingLogger } from './support/recordingLogger.ts';
import { testSettings } from './support/testSettings.ts';
import { withoutRetries } from './support/withoutRetries.ts';

const inboxAppId = '263902037430900';
const day = 86_400_000;

const welcome =
  'bot: Hello! You are talking to a bot. To talk to a person, tap or write Pass to Inbox. [Pass to Inbox]';
const passing =
  'bot: A person in the page inbox will answer you. ' +
  'Whenever you want to, you can come back to the bot. [Take From Inbox]';
const ended = 'bot: The person has closed the conversation, so you are talking to the bot again. [Pass to Inbox]';
const taken = 'bot: You are talking to the bot again. [Pass to Inbox]';
const unanswered = 'bot: No person has answered for a while, so you are talking to the bot again. [Pass to Inbox]';

/** The live-chat bot on Messenger's own webhook, in front of an emulated Messenger: nothing of Azure is there. */
for (const mode of ['classic', 'routing'] as const) {
  describe(`the live chat on Messenger, ${mode}`, () => {
    let emulator: Emulator;
    let server: BotServer;
    let seen: number;

    async function start(env: Record<string, string> = {}, options: EmulatorOptions = {}): Promise<void> {
      emulator = await startEmulator({ mode, fields: 'all', appSecretProof: 'required', ...options });
      const app = emulator.apps.find(({ role }) => role === 'primary')!;
      const settings = testSettings({
        BotRole: 'liveChat',
        FacebookPageToken: app.pageToken,
        FacebookAppId: app.id,
        FacebookAppSecret: app.appSecret,
        FacebookVerifyToken: app.verifyToken,
        GraphApiBaseUrl: emulator.url,
        ...env,
      });
      server = await createBotServer(settings, { ...withoutRetries, createBot, logger: createRecordingLogger() });
      await emulator.registerWebhook(app.id, {
        callbackUrl: `${server.url}/webhook`,
        verifyToken: app.verifyToken,
      });
      seen = 0;
    }
    afterEach(async () => {
      await server.close();
      await emulator.close();
    });

    async function settled(): Promise<void> {
      for (let before = -1; before !== emulator.events().length;) {
        before = emulator.events().length;
        await emulator.settled();
        await server.settled();
        await emulator.settled();
      }
    }

    /** What happened since the last time, as a person would tell it. */
    async function happened(): Promise<string[]> {
      await settled();
      const events = emulator.events(seen);
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
    }

    const owned = (line: string) => line.startsWith('owner: ');

    it('is the flow of the tutorial: welcome, Pass to Inbox, an agent, Done', async () => {
      await start();
      emulator.customer().say('hi');
      expect((await happened()).filter((line) => !owned(line))).to.deep.equal(['customer: hi', welcome]);

      emulator.customer().tap('Pass to Inbox');
      expect(await happened()).to.deep.equal(['customer: Pass to Inbox', passing, 'owner: inbox']);

      emulator.customer().say('is anybody there?');
      expect(await happened()).to.deep.equal(['customer: is anybody there?']);

      emulator.inbox().reply('I am!');
      expect(await happened()).to.deep.equal(['agent: I am!']);

      emulator.inbox().markAsDone();
      expect(await happened()).to.deep.equal(['owner: bot', ended]);

      emulator.customer().say('thanks');
      expect(await happened()).to.deep.equal(['customer: thanks', welcome]);
    });

    it('takes first and then speaks when the customer taps Take From Inbox', async () => {
      await start();
      emulator.customer().say('hi');
      await settled();
      emulator.customer().tap('Pass to Inbox');
      await happened();
      emulator.customer().tap('Take From Inbox');
      expect(await happened()).to.deep.equal(['customer: Take From Inbox', 'owner: bot', taken]);
      emulator.customer().say('hello again');
      expect(await happened()).to.deep.equal(['customer: hello again', welcome]);
    });

    it('comes back when the words are written, after the agent has made the quick reply go away', async () => {
      await start();
      emulator.customer().say('pass to inbox');
      await settled();
      emulator.inbox().reply('Hello, this is Bob.');
      await happened();
      emulator.customer().say('Take from inbox');
      expect(await happened()).to.deep.equal(['customer: Take from inbox', 'owner: bot', taken]);
    });

    it('answers the customer again when the agent never clicks Done', async () => {
      await start({ LiveChatTakeBackMinutes: '60' });
      emulator.customer().say('pass to inbox');
      await settled();
      emulator.inbox().reply('One moment, please.');
      await happened();
      emulator.advanceClock(day / 48);
      emulator.customer().say('hello?');
      expect(await happened()).to.deep.equal(['customer: hello?']);
      emulator.advanceClock(day / 24);
      emulator.customer().say('anybody?');
      expect(await happened()).to.deep.equal(['customer: anybody?', 'owner: bot', unanswered]);
    });

    it('answers the customer again after a day, whoever ends the turn of the inbox', async () => {
      await start();
      emulator.customer().say('pass to inbox');
      await settled();
      emulator.inbox().reply('One moment, please.');
      await happened();
      emulator.advanceClock(day + 1000);
      emulator.customer().say('anybody?');
      const lines = (await happened()).filter((line) => !owned(line));
      // In routing mode Meta itself has ended it by then, and the message comes to the bot as a new one.
      expect(lines).to.deep.equal(['customer: anybody?', mode === 'classic' ? unanswered : welcome]);
    });

    it('lets an agent take over who clicks Move to Main', async () => {
      await start();
      emulator.customer().say('hi');
      await happened();
      emulator.inbox().moveToMain();
      const lines = await happened();
      expect(lines.filter(owned)).to.deep.equal(['owner: inbox']);
      emulator.customer().say('who is there?');
      expect(await happened()).to.deep.equal(['customer: who is there?']);
    });

    it('hears the echo of its own words without a turn, and nothing is refused or sent twice', async () => {
      await start({}, { batching: 'items' });
      for (const words of ['one', 'two', 'three']) emulator.customer().say(words);
      const lines = await happened();
      expect(lines.filter((line) => line === welcome)).to.have.length(3);
      expect(lines.filter((line) => /refused|Failed|Error/.test(line))).to.deep.equal([]);
      const echoes = emulator.events().filter((event) => event.type === 'webhookDelivered' && event.kind === 'echo');
      expect(echoes).to.have.length(3);
    });
  });
}
