import { expect } from 'chai';
import { startDirectPlatform } from '../../emulator/startDirectPlatform.ts';
import { startPlatform } from '../../emulator/startPlatform.ts';
import { createBotServer, openStore, type Store } from '../../server.ts';
import { createRetryPolicy } from '../../turns/retryPolicy.ts';
import { useFolder } from '../support/brokenDisk.ts';
import { deferred } from '../support/deferred.ts';
import { createRecordingLogger } from '../support/recordingLogger.ts';
import { testSettings } from '../support/testSettings.ts';

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

for (const [endpoint, startMessenger] of [
  ['direct', () => startDirectPlatform({ fields: 'all' })],
  ['azure', () => startPlatform({ mode: 'classic', fields: 'all' })],
] as const) {
  describe(`An answer of a process that ended, on the endpoint ${endpoint}`, () => {
    const folder = useFolder();

    for (const when of ['before', 'after'] as const) {
      it(`is not doubled when it was not written down, and its echo comes ${when} the next one starts`, async () => {
        await using ends = new AsyncDisposableStack();
        const platform = await startMessenger();
        ends.defer(() => platform.close());
        const { emulator, bots } = platform;
        const [{ app, settings, connect }] = bots as [(typeof bots)[number]];
        const all = testSettings({ ...settings, StorePath: folder.path(`${when}.db`) });
        const logger = createRecordingLogger();
        const start = async (store: Store, whileWaiting: () => unknown = () => undefined) => {
          const server = await createBotServer(all, {
            ...{ logger, store, drainMs: 0, retries: createRetryPolicy({ baseMs: 0 }) },
            createBot: () => ({
              run: async (context) => {
                if (context.activity.type !== 'message') return;
                await context.sendActivity('one');
                await context.sendActivity('two');
              },
            }),
            turnWork: {
              // Waiting takes no time here, so whatever is under way arrives before the bot has looked for the last time.
              sleep: async () => {
                await whileWaiting();
                await emulator.settled();
              },
            },
          });
          ends.defer(() => server.close());
          await connect(server.url);
          return server;
        };
        const says = () => emulator.events().flatMap((one) => (one.type === 'pageMessage' ? [one.text] : []));
        const calls = () =>
          emulator.events().filter((one) => one.type === 'graphCall' && one.path.endsWith('/conversations'));

        const ending = endsBeforeItIsWritten(await openStore(all, logger));
        const first = await start(ending.store);
        if (when === 'after') emulator.injectWebhookFault({ fault: 'hold', match: { kind: 'echo' } });
        emulator.customer().say('hi');
        await ending.sent;
        await emulator.settled();
        await first.close();
        expect(says()).to.deep.equal(['one']);

        const connected = deferred();
        const second = await start(await openStore(all, logger), async () => {
          await connected.promise;
          emulator.releaseWebhooks(app.id);
          await emulator.settled();
        });
        connected.resolve();
        for (let round = 0; round < 2; round += 1) {
          await emulator.settled();
          await second.settled();
        }
        expect(says()).to.deep.equal(['one', 'two']);
        expect(calls()).to.deep.equal([]);
      });
    }
  });
}
