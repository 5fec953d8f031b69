import { expect } from 'chai';
import { read, refusal, refused, singleTenant, webhookSettings } from '../../support/settingsReader.ts';

/** Refuses it in this setting, whatever else these settings lack. */
const refuses = (name: string, value: string): boolean =>
  refused({ ...singleTenant, FacebookAppId: '1', ...{ [name]: value } }).includes(name);

describe('The format of a setting', () => {
  const bad: Record<string, readonly string[]> = {
    MicrosoftAppId: [
      ' 00000000-fa4e-4000-8000-000000000001',
      '00000000-fa4e-4000-8000-000000000001\n',
      '00000000-fake-4000-8000-000000000001',
      '00000000fa4e40008000000000000001',
      'my-bot',
      '1284000000000001',
    ],
    MicrosoftAppTenantId: ['ten ant', '\ttenant.example', 'tenant', 'https://tenant.example', '.example', 'a..example'],
    MicrosoftAppPassword: [' fake-password', 'fake-password\n', 'fake\npassword', 'fake-pw'],
    FacebookAppId: ['12a', '1 2', '-1', '1.0', '\u0661\u0662'],
    FacebookPageToken: ['fake token', 'fake-token\n', 'f\u00e4ke-token', 'fake-pt', '1284000000000001'],
    FacebookAppSecret: ['fake secret', 'short'],
    FacebookVerifyToken: [' fake-verify', 'short'],
    BotRole: ['livechat', 'Primary'],
    PageInboxMoveToMain: ['yes'],
    NotOwnerRequest: ['take'],
    TurnTimeoutSeconds: ['0', '-1', '1.5', 'two minutes', '100000000'],
    MaxWaitingEvents: ['0', '-1', '1.5', '1e6', 'many', '100000000'],
    KeepCustomerState: ['0', '30', 'never', '400d'],
    KeepConversations: ['-1d', '2 weeks'],
    KeepDeadLetters: ['0d', 'P30D'],
    LiveChatTakeBackMinutes: ['-1', '1.5', 'never', '1234567'],
    Port: ['-1', '65536', '3978.5', '0x10', '1e3', '99999999', 'any'],
    Host: ['http://localhost', 'localhost:3978', '[::1]', 'a b', '-host', 'host/'],
    LogLevel: ['INFO', 'verbose'],
    NODE_ENV: ['prod', 'Production', 'staging'],
    GraphApiVersion: ['26.0', 'v26', 'V26.0', 'v26.0/'],
    GraphApiBaseUrl: [
      'graph.facebook.com',
      'ftp://graph.example',
      'https://user@graph.example',
      'https://user:fake@graph.example',
      'https://graph.example?x=1',
      'https://graph.example?',
      'https://graph.example#x',
      'https://graph. example',
      'http://graph.example',
      'http://127.0.0.1.example',
    ],
  };
  for (const [name, values] of Object.entries(bad)) {
    it(`of ${name} refuses what cannot be meant`, () => {
      for (const value of values) expect(refuses(name, value), JSON.stringify(value)).to.equal(true);
    });
  }

  it('of a secret is not the reference to Key Vault that App Service leaves when it cannot follow it', () => {
    const reference = '@Microsoft.KeyVault(VaultName=kv-example;SecretName=FacebookPageToken)';
    for (const name of ['FacebookPageToken', 'FacebookAppSecret', 'FacebookVerifyToken', 'MicrosoftAppPassword']) {
      expect(refuses(name, reference), name).to.equal(true);
    }
    const { message } = refusal({ ...singleTenant, MicrosoftAppPassword: reference });
    expect(message)
      .to.contain('MicrosoftAppPassword in the environment is a reference to Key Vault')
      .and.to.contain('App Service');
    expect(message).not.to.contain('kv-example');
  });

  it('of a tenant is a GUID or a domain name', () => {
    for (const MicrosoftAppTenantId of ['00000000-FA4E-4000-8000-00000000000A', 'company.example', 'a.b-c.example']) {
      expect(read({ ...singleTenant, MicrosoftAppTenantId }).bot).to.deep.include({ tenantId: MicrosoftAppTenantId });
    }
  });

  it('is told with the place where the value stands', () => {
    const problemOf = (...given: Parameters<typeof refusal>): string | undefined =>
      refusal(...given).message.split('\n')[1];
    expect(problemOf({}, { '.env': 'Port=x' })).to.match(/^- Port in \.env is not a port\. /);
    expect(problemOf({ Port: 'x' })).to.match(/^- Port in the environment is not a port\. /);
    expect(problemOf({ PORT: 'x' })).to.match(/^- Port \(as PORT in the environment\) is not a port\. /);
    expect(problemOf({}, { 'appsettings.json': '{"BotRole":"first"}' })).to.match(
      /^- BotRole in appsettings\.json has a value that it cannot have\. Write one of primary, secondary, liveChat/,
    );
  });

  it('of a page token tells an id that was put in its place', () => {
    const { problems } = refusal({ FacebookPageToken: '1284000000000001', FacebookAppId: '1' });
    expect(problems).to.have.length(1);
    expect(problems[0]?.problem).to.contain('no access token');
  });

  it('of a port has 0 and 65535 as its ends', () => {
    expect([read({ Port: '0' }).port, read({ Port: '65535' }).port]).to.deep.equal([0, 65_535]);
  });

  it('of the Graph address accepts plain http on this machine, but not under NODE_ENV=production', () => {
    for (const GraphApiBaseUrl of ['http://127.0.0.1:4000', 'http://localhost:4000/graph', 'http://[::1]:4000']) {
      expect(read({ GraphApiBaseUrl }).graph.baseUrl).to.equal(GraphApiBaseUrl);
      expect(refused({ ...singleTenant, NODE_ENV: 'production', GraphApiBaseUrl })).to.deep.equal(['GraphApiBaseUrl']);
    }
  });

  it('of the verify token, which people make up, allows spaces inside', () => {
    const settings = read({ ...webhookSettings, FacebookVerifyToken: 'three fake words' });
    expect(settings.webhook?.verifyToken.reveal()).to.equal('three fake words');
  });

  it('does not hide that a page token needs an app id', () => {
    expect(refused({ FacebookPageToken: 'fake-page-token' })).to.deep.equal(['FacebookAppId']);
    expect(refused({ FacebookPageToken: 'fake-page-token', FacebookAppId: 'x' })).to.deep.equal(['FacebookAppId']);
    expect(refused({ PAGE_ACCESS_TOKEN: 'fake-page-token' })).to.deep.equal(['FacebookAppId']);
  });
});
