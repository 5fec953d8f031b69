import { expect } from 'chai';
import { createBot } from '../../../bots/samples/createBot.ts';
import { startPlatform, type AzurePlatform, type PlatformOptions } from '../../../emulator/startPlatform.ts';
import { createBotServer } from '../../../server.ts';
import { createRecordingLogger } from '../../support/recordingLogger.ts';
import { testSettings } from '../../support/testSettings.ts';

interface Scene {
  readonly platform: AzurePlatform;
  settled(): Promise<void>;
  close(): Promise<void>;
}

/** The shipped bots of both roles behind Azure's channel. */
async function startScene(options: PlatformOptions): Promise<Scene> {
  const platform = await startPlatform({ mode: 'routing', fields: 'all', ...options });
  const servers = await Promise.all(
    platform.bots.map(async ({ app, settings, connect }) => {
      const own = { BotRole: app.role, Port: '0', Host: '127.0.0.1', FacebookPageId: platform.emulator.pageId };
      const more = { EventTimes: 'unchecked' };
      const server = await createBotServer(testSettings({ ...settings, ...own, ...more }), {
        createBot,
        logger: createRecordingLogger(),
      });
      await connect(server.url);
      return server;
    }),
  );
  return {
    platform,
    async settled() {
      for (let round = 0; round < 3; round += 1) {
        await platform.emulator.settled();
        for (const server of servers) await server.settled();
      }
    },
    async close() {
      for (const server of servers) await server.close();
      await platform.close();
    },
  };
}

describe('the shipped bots', () => {
  it('go on against a state that was exported elsewhere, with an empty memory', async () => {
    const before = await startScene({});
    const { emulator } = before.platform;
    emulator.customer().say('Hi');
    await before.settled();
    const { quickReplies } = emulator.state().threads[emulator.customers[0]!]!;
    const toInbox = quickReplies.find(({ title }) => /inbox/i.test(title))!.title;
    const exported = emulator.exportState();
    await before.close();

    const after = await startScene({});
    const { emulator: other } = after.platform;
    other.importState(exported);
    const owner = (): string | null => other.state().threads[other.customers[0]!]!.owner;
    const said = (): number =>
      other.state().threads[other.customers[0]!]!.messages.filter(({ from }) => from === 'page').length;
    expect(owner()).to.equal(other.apps[0]!.id);
    other.customer().tap(toInbox);
    await after.settled();
    expect(owner()).to.equal('263902037430900');
    other.inbox().markAsDone();
    await after.settled();
    const answers = said();
    other.customer().say('Back again');
    await after.settled();
    expect([owner(), said() > answers]).to.deep.equal([other.apps[0]!.id, true]);
    await after.close();
  });
});
