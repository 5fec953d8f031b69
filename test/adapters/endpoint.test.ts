import type { Activity } from 'botbuilder';
import { expect } from 'chai';
import { createBotServer, type BotServer } from '../../server.ts';
import { createRecordingLogger } from '../support/recordingLogger.ts';
import { startScriptedConnector } from '../support/scriptedConnector.ts';
import { startScriptedIssuer, type ScriptedIssuer } from '../support/scriptedIssuer.ts';
import { testSettings } from '../support/testSettings.ts';
import { withoutRetries } from '../support/withoutRetries.ts';

describe('the endpoint', () => {
  let issuer: ScriptedIssuer;
  let connector: Awaited<ReturnType<typeof startScriptedConnector>>;
  let server: BotServer;
  let logger: ReturnType<typeof createRecordingLogger>;
  let seen: Activity[];

  beforeEach(async () => {
    issuer = await startScriptedIssuer({ endorsements: [] });
    connector = await startScriptedConnector();
    logger = createRecordingLogger();
    seen = [];
  });
  afterEach(async () => {
    await server.close();
    await connector.close();
    await issuer.close();
  });

  async function start(settings: Record<string, string> = issuer.settings): Promise<void> {
    server = await createBotServer(testSettings(settings), {
      ...withoutRetries,
      logger,
      createBot: () => ({
        run: async (context) => {
          seen.push({ ...context.activity });
          await context.sendActivity('hello');
        },
      }),
    });
  }

  async function post(fields: Record<string, unknown> = {}): Promise<[number, string]> {
    const serviceUrl = connector.serviceUrl;
    const body = { type: 'message', channelId: 'facebook', serviceUrl, conversation: { id: 'c' }, ...fields };
    const token = await issuer.sign({ claims: { serviceurl: body.serviceUrl } });
    const response = await fetch(`${server.url}/api/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
    });
    const answer = await response.text();
    await server.settled();
    return [response.status, answer === '' ? '' : (JSON.parse(answer) as { error: string }).error];
  }

  for (const channelId of ['facebook', 'webchat', 'directline', 'emulator']) {
    it(`hears ${channelId} on this machine`, async () => {
      await start();
      expect(await post({ channelId })).to.deep.equal([200, '']);
      expect(seen).to.have.length(1);
    });
  }

  for (const channelId of ['msteams', 'slack', 'Facebook', 'facebook ', 'AseChannel', '__proto__']) {
    it(`does not hear ${channelId}, although the token is valid`, async () => {
      await start();
      expect(await post({ channelId })).to.deep.equal([403, 'This bot does not serve this channel.']);
      expect(seen).to.have.length(0);
    });
  }

  it('does not answer to Azure when everything that it trusts is on this machine', async () => {
    await start();
    const serviceUrl = 'https://facebook.botframework.com/';
    expect(await post({ serviceUrl })).to.deep.equal([403, 'This bot does not send to this serviceUrl.']);
    expect(seen).to.have.length(0);
  });

  it('answers 503 while no key was ever fetched, and says nothing else', async () => {
    issuer.answerWith('metadata', (_request, response) => response.destroy());
    await start();
    expect(await post()).to.deep.equal([503, 'The keys that verify tokens could not be fetched.']);
    expect(seen).to.have.length(0);
  });

  it('asks the key server once for fifty requests at the same time', async () => {
    await start();
    await Promise.all(Array.from({ length: 50 }, (_, i) => post({ id: `a-${i}` })));
    expect(seen).to.have.length(50);
    expect(issuer.counts).to.include({ metadata: 1, keys: 1 });
  });

  it('goes on with the keys that it has when the key server is gone', async () => {
    await start();
    await post();
    issuer.answerWith('metadata', (_request, response) => response.destroy());
    issuer.answerWith('keys', (_request, response) => response.destroy());
    expect(await post({ id: 'next' })).to.deep.equal([200, '']);
  });

  it('does not send a message again where a redirect of the connector tells it to', async () => {
    await start();
    connector.answerWith((_request, response) => {
      response.statusCode = 307;
      response.setHeader('location', '/elsewhere');
      response.end();
    });
    await post();
    expect(connector.received).to.have.length(1);
  });

  for (const settings of ['with', 'without'] as const) {
    it(`takes nobody's word for the caller, ${settings} credentials`, async () => {
      await start(settings === 'with' ? issuer.settings : {});
      await post({ callerId: 'urn:somebody:else' });
      expect(seen[0]?.callerId).to.equal(settings === 'with' ? 'urn:botframework:azure' : undefined);
    });
  }

  it('gives an inline turn its dates as dates', async () => {
    await start();
    await post({ deliveryMode: 'expectReplies', timestamp: '2026-11-22T09:30:00.000Z' });
    expect(seen[0]?.timestamp).to.deep.equal(new Date('2026-11-22T09:30:00.000Z'));
  });

  it('logs a refusal without the token', async () => {
    await start();
    await post({ channelId: 'msteams' });
    expect(logger.lines).to.deep.equal([
      {
        level: 'warn',
        fields: { status: 403, reason: 'This bot does not serve this channel.' },
        message: 'request refused',
      },
    ]);
  });

  it('makes no skill of an activity that calls itself one', async () => {
    await start({});
    const fields = { channelId: 'emulator', recipient: { id: 'b', role: 'skill' }, deliveryMode: 'expectReplies' };
    expect((await post(fields))[0]).to.equal(200);
    expect(seen).to.have.length(1);
  });
});
