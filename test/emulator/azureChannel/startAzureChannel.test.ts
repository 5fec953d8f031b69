import { expect } from 'chai';
import { request } from 'node:http';
import { startAzureChannel } from '../../../emulator/azureChannel/azureChannel.ts';
import type { AzureChannel, AzureChannelOptions } from '../../../emulator/azureChannel/azureChannel.ts';
import type { EmulatorHooks } from '../../../emulator/runtime/hooks.ts';
import { registrationWith } from './channelUnderTest.ts';

const hooks: EmulatorHooks = {
  clock: Date.now,
  trace: () => undefined,
  addBusySource: () => () => undefined,
  hideSecret: () => undefined,
  graphBaseUrl: 'http://127.0.0.1:9',
  registerWebhook: () => Promise.resolve(),
};

const failure = async (attempt: Promise<unknown>): Promise<Error> => {
  try {
    await attempt;
  } catch (error) {
    return error as Error;
  }
  throw new Error('It was expected to fail.');
};

describe('starting the channel', () => {
  let started: AzureChannel[] = [];
  const start = async (options: Partial<AzureChannelOptions> = {}): Promise<AzureChannel> => {
    const channel = await startAzureChannel({ registrations: [], hooks, ...options });
    started.push(channel);
    return channel;
  };
  afterEach(async () => {
    await Promise.all(started.map((channel) => channel.close()));
    started = [];
  });

  it('serves several bots, each with settings and a webhook of its own', async () => {
    const one = registrationWith();
    const two = registrationWith({ facebookAppId: '5200000000000002' });
    const channel = await start({ registrations: [one, two] });
    expect(channel.settingsFor(two.botAppId)).to.deep.equal({
      MicrosoftAppType: 'SingleTenant',
      MicrosoftAppId: two.botAppId,
      MicrosoftAppPassword: two.botPassword,
      MicrosoftAppTenantId: two.tenantId,
      ToChannelFromBotLoginUrl: `${channel.url}/${two.tenantId}`,
      ToChannelFromBotOAuthScope: 'https://api.botframework.com',
      ToBotFromChannelTokenIssuer: 'https://api.botframework.com',
      ToBotFromChannelOpenIdMetadataUrl: `${channel.url}/v1/.well-known/openidconfiguration`,
      ToBotFromEmulatorOpenIdMetadataUrl: `${channel.url}/v1/.well-known/openidconfiguration`,
      OAuthUrl: `${channel.url}/oauth`,
      CallerId: 'urn:botframework:azure',
    });
    expect(channel.webhookOf(one.botAppId)).not.to.deep.equal(channel.webhookOf(two.botAppId));
  });

  it('refuses two registrations with the same bot or the same Facebook app', async () => {
    const one = registrationWith();
    for (const two of [{ ...one, facebookAppId: '5200000000000002' }, registrationWith()]) {
      const error = await failure(start({ registrations: [one, two] }));
      expect(error.message).to.equal('Each registration needs a bot and a Facebook app of its own.');
    }
  });

  it('fails when its port is taken', async () => {
    const first = await start();
    const port = Number(new URL(first.url).port);
    expect(await failure(start({ port }))).to.include({ code: 'EADDRINUSE' });
  });

  it('fails and leaves its port when Messenger refuses the webhook', async () => {
    const first = await start();
    await first.close();
    const port = Number(new URL(first.url).port);
    const registerWebhook = () => Promise.reject(new Error('The callback was refused.'));
    const refusing = { ...hooks, registerWebhook };
    const error = await failure(start({ registrations: [registrationWith()], hooks: refusing, port }));
    expect(error.message).to.equal('The callback was refused.');
    expect((await start({ port })).url).to.equal(first.url);
  });

  it('answers nobody who was led to it under another name, and no page of another origin', async () => {
    const channel = await start();
    const { port } = new URL(channel.url);
    const status = (headers: Record<string, string>): Promise<number> =>
      new Promise((resolve, reject) => {
        // fetch sets Host by itself
        const call = request({ port, host: '127.0.0.1', path: '/v1/.well-known/keys', headers }, (response) => {
          response.resume();
          resolve(response.statusCode!);
        });
        call.on('error', reject);
        call.end();
      });
    expect(await status({})).to.equal(200);
    expect(await status({ host: `evil.example:${port}` })).to.equal(403);
    expect(await status({ origin: 'https://evil.example' })).to.equal(403);
  });

  it('refuses a body that is too large', async () => {
    const channel = await start();
    const response = await fetch(`${channel.url}/t/oauth2/v2.0/token`, { method: 'POST', body: 'x'.repeat(1_000_001) });
    expect(response.status).to.equal(413);
  });
});
