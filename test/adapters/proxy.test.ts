import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ClaimsIdentity } from 'botframework-connector';
import { expect } from 'chai';
import { HandoverAuthentication } from '../../adapters/azure/botFrameworkAuthentication.ts';
import { createBot } from '../../bots/samples/createBot.ts';
import { createBotServer } from '../../server.ts';
import { conversationId, pageInboxAppId, psid, says } from '../support/facebookActivities.ts';
import { createRecordingLogger } from '../support/recordingLogger.ts';
import { startScriptedConnector } from '../support/scriptedConnector.ts';
import { routedGraph } from '../support/scriptedGraph.ts';
import { startScriptedIssuer, testAppId } from '../support/scriptedIssuer.ts';
import { testSettings } from '../support/testSettings.ts';

const names = ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'HTTPS_PROXY', 'no_proxy', 'NO_PROXY'];

function setVariable(name: string, value: string | undefined): void {
  if (value === undefined) Reflect.deleteProperty(process.env, name);
  else process.env[name] = value;
}

describe('With a proxy in the environment', () => {
  const before = new Map<string, string | undefined>();
  const seen: string[] = [];
  const trap = createServer((request, response) => {
    seen.push(`${request.method} ${request.url}`);
    response.statusCode = 502;
    response.end();
  });

  beforeEach(async () => {
    seen.length = 0;
    trap.listen(0, '127.0.0.1');
    await once(trap, 'listening');
    const url = `http://127.0.0.1:${(trap.address() as AddressInfo).port}`;
    for (const name of names) {
      before.set(name, process.env[name]);
      setVariable(name, name.toLowerCase() === 'no_proxy' ? undefined : url);
    }
  });
  afterEach(async () => {
    for (const [name, value] of before) setVariable(name, value);
    trap.closeAllConnections();
    trap.close();
    await once(trap, 'close');
  });

  it('a bot on this machine sends neither its tokens nor its words to it', async () => {
    const issuer = await startScriptedIssuer();
    const connector = await startScriptedConnector();
    const graph = await routedGraph(() => ({ json: { success: true } }));
    const settings = testSettings({
      ...issuer.settings,
      FacebookAppId: '1',
      FacebookPageToken: 'a-fake-page-token',
      GraphApiBaseUrl: graph.url,
    });
    const server = await createBotServer(settings, { createBot, logger: createRecordingLogger() });
    try {
      const token = await issuer.sign({ claims: { serviceurl: connector.serviceUrl } });
      await fetch(`${server.url}/api/messages`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify({ ...says('Pass to page inbox'), serviceUrl: connector.serviceUrl }),
      });
      await server.settled();
    } finally {
      await server.close();
      await graph.close();
      await connector.close();
      await issuer.close();
    }
    expect(seen).to.deep.equal([]);
    expect(connector.received.map(({ path }) => path)).to.have.length(1);
    expect(connector.received[0]?.path).to.contain(conversationId);
    const pass = graph.calls.find(({ path }) => path.endsWith('/pass_thread_control'));
    expect(JSON.parse(pass!.body)).to.deep.include({ recipient: { id: psid }, target_app_id: pageInboxAppId });
  });

  it('a token service on this machine is asked without it', async () => {
    const issuer = await startScriptedIssuer();
    const service = await routedGraph(() => ({ json: { token: 'a-fake-token' } }));
    const { bot } = testSettings({ ...issuer.settings, OAuthUrl: service.url });
    const identity = new ClaimsIdentity([{ type: 'aud', value: testAppId }], true);
    const client = await new HandoverAuthentication(bot).createUserTokenClient(identity);
    await client.getUserToken('user', 'connection', 'facebook', '');
    await service.close();
    await issuer.close();
    expect(seen).to.deep.equal([]);
    expect(service.calls).to.have.length(1);
  });
});
