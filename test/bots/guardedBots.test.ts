import { expect } from 'chai';
import { ActivityHandler, type TurnContext } from 'botbuilder';
import { startDirectPlatform } from '../../emulator/startDirectPlatform.ts';
import { startPlatform, type Mode, type Platform } from '../../emulator/startPlatform.ts';
import type { BotParts } from '../../bots/botParts.ts';
import { createBotServer, openStore } from '../../server.ts';
import { createRetryPolicy } from '../../turns/retryPolicy.ts';
import { HelpDeskBot } from '../project/docs/exampleBot.ts';
import { useFolder } from '../support/brokenDisk.ts';
import { createRecordingLogger } from '../support/recordingLogger.ts';
import { testSettings } from '../support/testSettings.ts';

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

for (const endpoint of ['webhook', 'azure'] as const) {
  for (const mode of ['classic', 'exclusive', 'routing', 'open'] satisfies Mode[]) {
    describe(`A guarded bot on the endpoint ${endpoint}, on a Page in mode ${mode}`, function () {
      this.timeout(60_000);
      const folder = useFolder();
      let platform: Platform;
      before(async () => {
        platform = await (endpoint === 'azure'
          ? startPlatform({ mode, fields: 'all' })
          : startDirectPlatform({ mode, fields: 'all' }));
      });
      after(() => platform.close());

      for (const [name, createBot] of Object.entries(bots)) {
        it(`passes once and says nothing over a person, though the customer types on and it is started anew: ${name}`, async () => {
          const { emulator } = platform;
          emulator.reset();
          const begun = emulator.events().length;
          const { app, settings, connect } = platform.bots[0]!;
          const logger = createRecordingLogger();
          const all = testSettings({ ...settings, StorePath: folder.path('bot.db') });
          const start = async () => {
            const store = await openStore(all, logger);
            const retries = createRetryPolicy({ baseMs: 0 });
            const server = await createBotServer(all, { logger, store, createBot, retries, drainMs: 0 });
            await connect(server.url);
            return { server, store };
          };
          let bot = await start();
          const settled = async (): Promise<void> => {
            for (let known = -1; known !== emulator.events().length;) {
              known = emulator.events().length;
              await emulator.settled();
              await bot.server.settled();
            }
          };
          const customer = emulator.customer();
          customer.say('hi');
          await settled();
          // All of them are under way before the first one is answered.
          for (const text of ['A person, please', 'hello?', 'a person!']) customer.say(text);
          await settled();
          await bot.server.close();
          bot = await start();
          const passed = emulator.events().findLastIndex(({ type }) => type === 'ownershipChanged');
          emulator.inbox().reply('How can I help?');
          await settled();
          for (const text of ['Are you a person?', 'My order is late']) customer.say(text);
          await settled();
          const said = emulator
            .events()
            .slice(begun)
            .filter((event) => event.type === 'pageMessage' && event.appId === app.id);
          const after = emulator.events().slice(passed + 1);
          expect(after.filter((event) => event.type === 'pageMessage' && event.appId === app.id)).to.deep.equal([]);
          expect(said).to.have.length(2);
          expect(await bot.store.deadLetters.list()).to.deep.equal([]);
          expect(logger.lines.filter(({ level }) => level === 'error' || level === 'warn')).to.deep.equal([]);
          expect(logger.lines.some(({ fields }) => fields['suppressed'] === true)).to.equal(true);
          emulator.inbox().markAsDone();
          await settled();
          customer.say('hi again');
          await settled();
          const last = emulator
            .events()
            .filter((event) => event.type === 'pageMessage')
            .at(-1);
          expect(last).to.include({ appId: app.id });
          await bot.server.close();
        });
      }
    });
  }
}
