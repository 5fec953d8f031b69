import { expect } from 'chai';
import { loadBotModule } from '../../bots/botModule.ts';
import { roles as sampleRoles } from '../../bots/samples/createBot.ts';
import { createBotServer } from '../../server.ts';
import { createRecordingLogger } from '../support/recordingLogger.ts';
import { startScriptedConnector } from '../support/scriptedConnector.ts';
import { testSettings } from '../support/testSettings.ts';

describe('bots/createBot.ts, as it comes with the project', () => {
  it('has the roles of the sample bots', async () => {
    const { roles } = await loadBotModule(undefined, '.');
    expect(roles).to.include.members(Object.keys(sampleRoles));
  });

  it('makes the bot of the configured role for a server that is given none', async () => {
    const connector = await startScriptedConnector();
    const server = await createBotServer(testSettings({ BotRole: 'primary' }), { logger: createRecordingLogger() });
    try {
      const activity = { type: 'message', id: 'a1', channelId: 'emulator', text: 'hello' };
      const parties = { from: { id: 'user-1' }, recipient: { id: 'bot-1' }, conversation: { id: 'c1' } };
      await fetch(`${server.url}/api/messages`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ ...activity, ...parties, serviceUrl: connector.serviceUrl }),
      });
      await server.settled();
      const { actions } = connector.received[0]?.body['suggestedActions'] as { actions: { title: string }[] };
      expect(actions.map(({ title }) => title)).to.include.members(['Pass to page inbox', 'Pass to secondary']);
    } finally {
      await server.close();
      await connector.close();
    }
  });
});
