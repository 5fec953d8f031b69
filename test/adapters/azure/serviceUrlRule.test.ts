import { createPublicKey } from 'node:crypto';
import { expect } from 'chai';
import { ClaimsIdentity } from 'botframework-connector';
import { HandoverAuthentication } from '../../../adapters/azure/botFrameworkAuthentication.ts';
import { BotFrameworkTurnAdapter } from '../../../adapters/azure/botFrameworkAdapter.ts';
import { channelHostRuleOf, channelRuleOf, serviceUrlRuleOf } from '../../../adapters/azure/serviceUrlRule.ts';
import type { SigningKeySource } from '../../../adapters/azure/signingKeySource.ts';
import { startScriptedIssuer, testAppId, type ScriptedIssuer } from '../../support/scriptedIssuer.ts';
import { serviceUrlFixtures } from '../../support/serviceUrlFixtures.ts';
import { testSettings } from '../../support/testSettings.ts';

const { allowed, hostile } = serviceUrlFixtures();
const credentials = {
  MicrosoftAppId: testAppId,
  MicrosoftAppType: 'MultiTenant',
  MicrosoftAppPassword: 'a-fake-bot-password',
};
const publicBot = testSettings(credentials).bot;
const openBot = testSettings().bot;

const government = testSettings({
  ...credentials,
  ToChannelFromBotLoginUrl: 'https://login.microsoftonline.us/MicrosoftServices.onmicrosoft.us',
  ToChannelFromBotOAuthScope: 'https://api.botframework.us',
  ToBotFromChannelTokenIssuer: 'https://api.botframework.us',
  ToBotFromChannelOpenIdMetadataUrl: 'https://login.botframework.azure.us/v1/.well-known/openidconfiguration',
  ToBotFromEmulatorOpenIdMetadataUrl: 'https://login.microsoftonline.us/common/v2.0/.well-known/openid-configuration',
  OAuthUrl: 'https://api.botframework.azure.us',
  CallerId: 'urn:botframework:azureusgov',
}).bot;

describe('the service URLs of a bot in Azure', () => {
  const rule = serviceUrlRuleOf(publicBot);

  for (const url of allowed) it(`may be ${url}`, () => expect(rule(url)).to.equal(true));

  it('may be none of at least 200 hostile ones', () => {
    expect(hostile.length).to.be.at.least(200);
    expect(hostile.filter(({ url }) => rule(url))).to.deep.equal([]);
  });

  it("are those of the government's cloud for a bot in it, and no others", () => {
    const governmentRule = serviceUrlRuleOf(government);
    expect(governmentRule('https://facebook.botframework.us/')).to.equal(true);
    expect(governmentRule('https://directline.botframework.azure.us/')).to.equal(true);
    expect(allowed.filter(governmentRule)).to.deep.equal([]);
    const inGovernment = "the government's cloud, for a bot of the public one";
    expect(hostile.filter(({ url, why }) => why !== inGovernment && governmentRule(url))).to.deep.equal([]);
  });
});

describe('the service URLs of a bot that stays on this machine', () => {
  const rule = serviceUrlRuleOf(openBot);

  for (const url of ['http://127.0.0.1:1234/', 'http://localhost:54362', 'http://[::1]:1/x/', 'https://localhost/']) {
    it(`may be ${url}`, () => expect(rule(url)).to.equal(true));
  }
  for (const url of [
    ...allowed,
    'http://2130706433/',
    'http://127.1/',
    'http://user@127.0.0.1/',
    'http://127.0.0.1/?x',
    'http://127.0.0.1/#x',
    'http://127.0.0.1.nip.io/',
    'http://LOCALHOST/',
    'ftp://127.0.0.1/',
    'http://0.0.0.0/',
    'http://[::ffff:127.0.0.1]/',
    ' http://127.0.0.1/',
    'http:\\\\127.0.0.1/',
  ]) {
    it(`may not be ${JSON.stringify(url)}`, () => expect(rule(url)).to.equal(false));
  }
});

describe('the channels that a bot hears', () => {
  it('are Facebook, Web Chat and Direct Line in Azure', () => {
    const channels = ['facebook', 'webchat', 'directline', 'emulator', 'msteams', 'Facebook', '', 'AseChannel'];
    expect(channels.filter((channel) => channelRuleOf(publicBot)(channel))).to.deep.equal([
      'facebook',
      'webchat',
      'directline',
    ]);
  });

  it('are those that the settings name', () => {
    const rule = channelRuleOf(publicBot, testSettings({ Channels: ' facebook , ' }).channels);
    expect(['facebook', 'webchat', 'directline', 'emulator', ''].filter((channel) => rule(channel))).to.deep.equal([
      'facebook',
    ]);
  });

  it('are all without credentials, unless the settings name some', () => {
    expect(channelRuleOf(openBot)('anything')).to.equal(true);
    const rule = channelRuleOf(openBot, ['facebook']);
    expect(['facebook', 'emulator', 'webchat', 'anything'].filter((channel) => rule(channel))).to.deep.equal([
      'facebook',
      'emulator',
    ]);
  });

  for (const list of ['msteams', 'facebook,msteams', ',', 'Facebook', 'facebook webchat']) {
    it(`are not ${JSON.stringify(list)}`, () => expect(() => testSettings({ Channels: list })).to.throw('Channels'));
  }
});

describe('the channel for which a service URL speaks', () => {
  const rule = channelHostRuleOf(publicBot);

  for (const [channelId, url] of [
    ['facebook', 'https://facebook.botframework.com/'],
    ['facebook', 'https://facebook.botframework.com/path/'],
    ['directline', 'https://directline.botframework.com/'],
    ['directline', 'https://europe.directline.botframework.com/'],
    ['webchat', 'https://webchat.botframework.com/'],
  ] as const) {
    it(`is ${channelId} for ${url}`, () => expect(rule(channelId, url)).to.equal(true));
  }
  for (const [channelId, url] of [
    ['facebook', 'https://directline.botframework.com/'],
    ['facebook', 'https://webchat.botframework.com/'],
    ['facebook', 'https://facebook.directline.botframework.com/'],
    ['facebook', 'https://notfacebook.botframework.com/'],
    ['facebook', 'https://facebook-x.botframework.com/'],
    ['facebook', 'https://api.botframework.com/'],
    ['facebook', 'https://smba.trafficmanager.net/amer/'],
    ['facebook', 'https://facebook.trafficmanager.net/'],
    ['facebook', 'https://facebook.botframework.us/'],
    ['directline', 'https://facebook.botframework.com/'],
    ['webchat', 'https://directline.botframework.com/'],
    ['', 'https://facebook.botframework.com/'],
    ['facebook', 'nothing'],
  ] as const) {
    it(`is not ${JSON.stringify(channelId)} for ${url}`, () => expect(rule(channelId, url)).to.equal(false));
  }

  it("is that of the government's cloud there", () => {
    const governmentRule = channelHostRuleOf(government);
    expect(governmentRule('facebook', 'https://facebook.botframework.azure.us/')).to.equal(true);
    expect(governmentRule('facebook', 'https://facebook.botframework.us/')).to.equal(true);
    expect(governmentRule('facebook', 'https://directline.botframework.azure.us/')).to.equal(false);
    expect(governmentRule('facebook', 'https://facebook.botframework.com/')).to.equal(false);
  });

  it('is any on this machine, where hosts have no names', () => {
    expect(channelHostRuleOf(openBot)('facebook', 'http://127.0.0.1:9/')).to.equal(true);
  });
});

describe('HandoverAuthentication and service URLs', () => {
  let issuer: ScriptedIssuer;
  before(async () => {
    issuer = await startScriptedIssuer();
  });
  after(() => issuer.close());

  const channels = ['facebook', 'webchat', 'directline'];
  const bodyFor = (serviceUrl: string, channelId = 'facebook') => ({ type: 'message', channelId, serviceUrl }) as never;

  it('refuses every hostile one although a valid token names it', async () => {
    const keys: SigningKeySource = {
      find: async () => ({
        key: createPublicKey({ format: 'jwk', key: issuer.publicJwk }),
        endorsements: undefined,
      }),
    };
    const authentication = new HandoverAuthentication(publicBot, { keys });
    const ask = async (serviceurl: string, channelId?: string) => {
      const token = await issuer.sign({ claims: { serviceurl } });
      const result = await authentication
        .authenticateRequest(bodyFor(serviceurl, channelId), `Bearer ${token}`)
        .catch((err: unknown) => (err as { status: unknown }).status);
      return typeof result === 'object' ? 'allowed' : result;
    };
    const outcomes = new Map<unknown, number>();
    for (const { url } of hostile) {
      const outcome = await ask(url);
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
    expect([...outcomes.keys()]).to.deep.equal([403]);
    expect(outcomes.get(403)).to.equal(hostile.length);
    for (const url of allowed) {
      const spoken = channels.filter((channelId) => new URL(url).hostname.includes(channelId));
      for (const channelId of channels) {
        expect(await ask(url, channelId), `${channelId} by ${url}`).to.equal(
          spoken.includes(channelId) ? 'allowed' : 403,
        );
      }
    }
  });

  it('builds no client for a hostile one, whoever names it, and keeps none', async () => {
    const factory = new HandoverAuthentication(publicBot).createConnectorFactory(new ClaimsIdentity([], true));
    for (const { url } of hostile) {
      const failure = await factory.create(url, 'x').catch((err: unknown) => err);
      expect(failure, url)
        .to.be.instanceOf(Error)
        .with.property('message', 'The bot does not send to this serviceUrl.');
    }
  });

  it('runs neither a stored turn nor a proactive one that would lead there', async () => {
    let turns = 0;
    const adapter = new BotFrameworkTurnAdapter(new HandoverAuthentication(publicBot), async () => {
      turns += 1;
    });
    for (const { url } of hostile) {
      const activity = { type: 'message', channelId: 'facebook', serviceUrl: url, conversation: { id: 'c' } };
      const stored = { activity, claims: [], authenticationType: true, audience: 'https://api.botframework.com' };
      const failure = await adapter.runStoredTurn(JSON.stringify(stored)).catch((err: unknown) => err);
      expect(failure, url).to.be.instanceOf(Error);
      const reference = { channelId: 'facebook', serviceUrl: url, conversation: { id: 'c' } };
      const proactive = await adapter
        .continueConversationAsync(testAppId, reference as never, async () => {
          turns += 1;
        })
        .then(
          () => 'ran',
          (err: unknown) => err,
        );
      expect(proactive, url).to.be.instanceOf(Error);
    }
    expect(turns).to.equal(0);
  });
});
