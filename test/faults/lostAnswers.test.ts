import { expect } from 'chai';
import type { TurnContext } from 'botbuilder';
import { FacebookActivityHandler } from '../../bots/facebookActivityHandler.ts';
import type { FaultSpec } from '../../emulator/faults/faultSpec.ts';
import { startDirectPlatform } from '../../emulator/startDirectPlatform.ts';
import { pageInboxAppId, startPlatform, type Platform } from '../../emulator/startPlatform.ts';
import { createBotServer, openStore, type BotParts, type BotServer } from '../../server.ts';
import { createRetryPolicy } from '../../turns/retryPolicy.ts';
import type { Store } from '../../store/store.ts';
import { useFolder } from '../support/brokenDisk.ts';
import { deferred } from '../support/deferred.ts';
import { createRecordingLogger } from '../support/recordingLogger.ts';
import { testSettings } from '../support/testSettings.ts';

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

/** A store whose process ends when something was sent and before that is written down. */
function endsBeforeItIsWritten(store: Store): { store: Store; sent: Promise<void> } {
  const { promise: sent, resolve } = deferred();
  const forever = new Promise<never>(() => undefined);
  let ended = false;
  const journal: Store['journal'] = {
    ...store.journal,
    begin: (...given) => (ended ? forever : store.journal.begin(...given)),
    end: () => {
      ended = true;
      resolve();
      return forever;
    },
  };
  return { store: { ...store, journal }, sent };
}

for (const endpoint of ['webhook', 'azure'] as const) {
  describe(`An answer that is lost, on the endpoint of ${endpoint === 'azure' ? 'Azure' : 'the webhook'}`, () => {
    const folder = useFolder();
    let platform: Platform;
    let server: BotServer | undefined;
    /** What happens while the bot waits for an echo, or for a call that is still on its way. */
    let whileWaiting: () => unknown;

    beforeEach(async () => {
      platform = await (endpoint === 'azure'
        ? startPlatform({ mode: 'classic', fields: 'all' })
        : startDirectPlatform({ fields: 'all' }));
      whileWaiting = () => undefined;
    });
    afterEach(async () => {
      await server?.close();
      server = undefined;
      await platform.close();
    });

    async function startBot(wrap: (store: Store) => Store = (store) => store): Promise<void> {
      const [{ settings, connect }] = platform.bots as [Platform['bots'][number]];
      const all = testSettings({ ...settings, StorePath: folder.path('bot.db') });
      const logger = createRecordingLogger();
      server = await createBotServer(all, {
        logger,
        store: wrap(await openStore(all, logger)),
        createBot: (parts) => new TwoSentences(parts),
        retries: createRetryPolicy({ baseMs: 0 }),
        drainMs: 0,
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

    const { says, passes, calls, settled } = {
      says: (): string[] => platform.emulator.events().flatMap((one) => (one.type === 'pageMessage' ? [one.text] : [])),
      passes: () => platform.emulator.events().filter((one) => one.type === 'ownershipChanged' && one.cause === 'pass'),
      calls: (edge: string) =>
        platform.emulator.events().filter((one) => one.type === 'graphCall' && one.path.endsWith(`/${edge}`)).length,
      settled: async () => {
        await platform.emulator.settled();
        await server?.settled();
        await platform.emulator.settled();
        await server?.settled();
      },
    };
    const lose = (spec: FaultSpec, edge = 'messages') => {
      const at = endpoint === 'azure' && edge === 'messages' ? 'connector' : 'graph';
      const match = { at, edge: at === 'connector' ? 'activities' : edge } as const;
      platform.emulator.injectFault({ connection: 'reset', ...spec, match });
    };

    it('costs the customer nothing when the echo comes: the turn goes on with it', async () => {
      await startBot();
      lose({ when: 'after' });
      platform.emulator.customer().say('hi');
      await settled();
      expect(says()).to.deep.equal(['one', 'two']);
      expect(calls('conversations')).to.equal(0);
    });

    it('is found out by reading the conversation when no echo comes', async () => {
      await startBot();
      platform.emulator.injectWebhookFault({ fault: 'drop', match: { kind: 'echo' }, times: 2 });
      lose({ when: 'after' });
      platform.emulator.customer().say('hi');
      await settled();
      expect(says()).to.deep.equal(['one', 'two']);
      expect(calls('conversations')).to.equal(1);
    });

    it('is sent for good when it turns out that nothing was sent', async () => {
      await startBot();
      lose({ when: 'before' });
      platform.emulator.customer().say('hi');
      await settled();
      expect(says()).to.deep.equal(['one', 'two']);
      expect(calls('conversations')).to.equal(1);
    });

    it('does not double a pass, also when the thread came back before anybody asked', async () => {
      await startBot();
      const inbox = platform.emulator.inbox();
      const stop = platform.emulator.on((event) => {
        if (event.type !== 'ownershipChanged' || event.cause !== 'pass') return;
        stop();
        setImmediate(() => inbox.markAsDone());
      });
      // The question for the owner is lost too, so that the thread is back when it is asked again.
      platform.emulator.injectFault({ fault: 'unknownError', times: 3, match: { edge: 'thread_owner' } });
      lose({ when: 'after' }, 'pass_thread_control');
      platform.emulator.customer().say('pass');
      await settled();
      expect(passes()).to.have.length(1);
      expect(says()).to.deep.equal(['one', 'back']);
    });

    for (const when of ['before', 'after'] as const) {
      it(`does not double a message when the process ends before it is written down, and the echo comes ${when} the next one starts`, async () => {
        let sent = Promise.resolve();
        await startBot((store) => {
          const ending = endsBeforeItIsWritten(store);
          sent = ending.sent;
          return ending.store;
        });
        const [{ app }] = platform.bots as [Platform['bots'][number]];
        if (when === 'after') platform.emulator.injectWebhookFault({ fault: 'hold', match: { kind: 'echo' } });
        platform.emulator.customer().say('hi');
        await sent;
        await platform.emulator.settled();
        await server?.close();
        expect(says()).to.deep.equal(['one']);

        const { promise: connected, resolve: connect } = deferred();
        whileWaiting = async () => {
          await connected;
          platform.emulator.releaseWebhooks(app.id);
          await platform.emulator.settled();
        };
        await startBot();
        connect();
        await settled();
        expect(says()).to.deep.equal(['one', 'two']);
        expect(calls('conversations')).to.equal(0);
      });
    }
  });
}
