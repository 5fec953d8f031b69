import http from 'node:http';
import https, { get as namedGet } from 'node:https';
import axios from 'axios';
import { ActivityHandler, CloudAdapter, ConfigurationBotFrameworkAuthentication, type TurnContext } from 'botbuilder';
import { expect } from 'chai';
import { startPlatform, type AzurePlatform } from '../../../emulator/startPlatform.ts';
import { hostsOf, redirectHosts } from '../../../emulator/redirect/redirectHosts.js';
import { startBotServer } from '../azureChannel/stockBot.ts';

describe('calls of bots that know only the hosts of Meta and Microsoft', () => {
  let platform: AzurePlatform;
  let undo: () => void;
  before(async () => {
    platform = await startPlatform();
    undo = redirectHosts(hostsOf({ graph: platform.emulator.url, azure: platform.azure.url }));
  });
  after(async () => {
    undo();
    await platform.close();
  });

  const path = (): string => `/v27.0/me?access_token=${platform.emulator.apps[0]!.pageToken}`;
  const me = (): object => ({ name: 'Emulated Page', id: platform.emulator.pageId });
  const host = 'graph.facebook.com';
  const read = (call: (done: (response: AsyncIterable<Buffer>) => void) => void): Promise<unknown> =>
    new Promise((resolve, reject) => {
      call((response) => {
        (async () => {
          const chunks: Buffer[] = [];
          for await (const chunk of response) chunks.push(chunk);
          resolve(JSON.parse(Buffer.concat(chunks).toString()));
        })().catch(reject);
      });
    });

  const ways: Readonly<Record<string, () => Promise<unknown>>> = {
    'https.get with an address': () => read((done) => https.get(`https://${host}${path()}`, done)),
    'https.get by its name, with options': () =>
      read((done) => namedGet(new URL(`https://${host}${path()}`), { headers: { Host: host } }, done)),
    'https.request with options and an agent of its own': () =>
      read((done) => {
        const agent = new https.Agent();
        https.request({ host, port: 443, path: path(), agent, headers: { host } }, done).end();
      }),
    axios: async () => (await axios.get(`https://${host}${path()}`)).data as unknown,
    fetch: async () => (await fetch(`https://${host}${path()}`)).json(),
    'fetch with a request': async () => (await fetch(new Request(`https://${host}${path()}`))).json(),
  };
  for (const [name, call] of Object.entries(ways)) {
    it(`come to the emulator: ${name}`, async () => {
      expect(await call()).to.deep.equal(me());
    });
  }

  it('have their bodies', async () => {
    platform.emulator.customer().say('hi');
    const [psid] = platform.emulator.customers;
    const body = JSON.stringify({ recipient: { id: psid }, message: { text: 'hello' } });
    const url = `https://${host}/me/messages?access_token=${platform.emulator.apps[0]!.pageToken}`;
    const headers = { 'content-type': 'application/json' };
    const request = new Request(url, { method: 'POST', body, headers });
    for (const sent of [await fetch(url, { method: 'POST', body, headers }), await fetch(request)]) {
      expect(sent.status).to.equal(200);
    }
    expect((await axios.post<object>(url, JSON.parse(body))).status).to.equal(200);
  });

  it('go where they went before to other hosts', async () => {
    const outcome = await axios.get('https://127.0.0.1:1/').catch((error: unknown) => error);
    expect(outcome).to.have.property('code', 'ECONNREFUSED');
  });

  it('let a stock bot of Bot Builder in and out with authentication on, by the four settings that every bot has', async () => {
    const { settings, connect } = platform.bots[0]!;
    const names = ['MicrosoftAppType', 'MicrosoftAppId', 'MicrosoftAppPassword', 'MicrosoftAppTenantId'];
    const stock = Object.fromEntries(names.map((name) => [name, settings[name]]));
    const adapter = new CloudAdapter(new ConfigurationBotFrameworkAuthentication(stock));
    const errors: unknown[] = [];
    adapter.onTurnError = (_context, error) => Promise.resolve(void errors.push(error));
    const echo = new ActivityHandler();
    echo.onMessage(async (context, next) => {
      await context.sendActivity(`You said: ${context.activity.text}`);
      await next();
    });
    const bot = await startBotServer(adapter, (context) => echo.run(context));
    await connect(bot.endpoint.replace('/api/messages', ''));
    platform.emulator.customer().say('stock');
    await platform.emulator.settled();
    await bot.close();
    const [psid] = platform.emulator.customers;
    const last = platform.emulator.state().threads[psid ?? '']?.messages.at(-1);
    expect([errors, last?.text]).to.deep.equal([[], 'You said: stock']);
  });

  it("let a stock bot speak first, by the service address that Azure's channel has", async () => {
    const { settings, app } = platform.bots[0]!;
    const names = ['MicrosoftAppType', 'MicrosoftAppId', 'MicrosoftAppPassword', 'MicrosoftAppTenantId'];
    const stock = Object.fromEntries(names.map((name) => [name, settings[name]]));
    const adapter = new CloudAdapter(new ConfigurationBotFrameworkAuthentication(stock));
    const psid = platform.emulator.customers[0] ?? '';
    platform.emulator.customer().say('hi');
    const { pageId } = platform.emulator;
    const serviceUrl = 'https://facebook.botframework.com/';
    const said = async (context: TurnContext): Promise<void> => {
      await context.sendActivity('Your order is ready');
    };
    const conversation = { id: `${psid}-${pageId}`, isGroup: false, conversationType: '', name: '' };
    const reference = { channelId: 'facebook', serviceUrl, conversation, bot: { id: pageId, name: '' } };
    const botAppId = settings['MicrosoftAppId'] ?? '';
    await adapter.continueConversationAsync(botAppId, reference, said);
    const parameters = { isGroup: false, bot: { id: pageId, name: '' }, members: [{ id: psid, name: '' }] };
    const audience = 'https://api.botframework.com';
    await adapter.createConversationAsync(botAppId, 'facebook', serviceUrl, audience, parameters as never, said);
    const messages = platform.emulator.state().threads[psid]!.messages.filter(({ appId }) => appId === app.id);
    expect(messages.slice(-2).map(({ text }) => text)).to.deep.equal(['Your order is ready', 'Your order is ready']);
  });

  it('find the emulated Azure by the names of Microsoft, and a stranger is told of in the event stream', async () => {
    const path = '/v1/.well-known/openidconfiguration';
    const askAs = (name: string): Promise<number> =>
      new Promise((resolve, reject) => {
        const { port } = new URL(platform.azure.url);
        http
          .get({ host: '127.0.0.1', port, path, headers: { host: name } }, (response) => {
            response.resume();
            resolve(response.statusCode ?? 0);
          })
          .on('error', reject);
      });
    expect(await askAs('login.botframework.com')).to.equal(200);
    expect(await askAs('evil.example')).to.equal(403);
    const refused = platform.emulator.events().filter(({ type }) => type === 'azureChannel.hostRefused');
    expect(refused.at(-1)).to.include({ host: 'evil.example', path });
  });
});
