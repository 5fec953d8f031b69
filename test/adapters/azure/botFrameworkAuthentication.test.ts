import {
  type BotFrameworkAuthentication,
  ClaimsIdentity,
  ManagedIdentityServiceClientCredentialsFactory,
  PasswordServiceClientCredentialFactory,
} from 'botframework-connector';
import { expect } from 'chai';
import { HandoverAuthentication } from '../../../adapters/azure/botFrameworkAuthentication.ts';
import { RequestRefusedError } from '../../../adapters/http/answer.ts';
import { LimitedCredentialsFactory } from '../../../adapters/azure/limitedCredentials.ts';
import { LoopbackCredentialsFactory } from '../../../adapters/azure/loopbackCredentials.ts';
import { deferred } from '../../support/deferred.ts';
import { startScriptedConnector } from '../../support/scriptedConnector.ts';
import { routedGraph } from '../../support/scriptedGraph.ts';
import { startScriptedIssuer, testAppId, testTenantId, type ScriptedIssuer } from '../../support/scriptedIssuer.ts';
import { testSettings } from '../../support/testSettings.ts';

const identity = new ClaimsIdentity([{ type: 'aud', value: testAppId }], true);

/** The factory that the SDK asks for the bot's credentials. It has no public way to it. */
function credentialsFactoryOf(authentication: HandoverAuthentication): unknown {
  let factory: { inner?: object } = (authentication as unknown as { inner: { credentialsFactory: object } }).inner
    .credentialsFactory;
  while (factory.inner !== undefined) factory = factory.inner;
  return factory;
}

describe('HandoverAuthentication', () => {
  let issuer: ScriptedIssuer;
  let connector: Awaited<ReturnType<typeof startScriptedConnector>>;

  beforeEach(async () => {
    issuer = await startScriptedIssuer();
    connector = await startScriptedConnector();
  });
  afterEach(async () => {
    await connector.close();
    await issuer.close();
  });

  const authenticationWithin = (settings = {}) =>
    new HandoverAuthentication(testSettings({ ...issuer.settings, ...settings }).bot);

  /** Authentication whose calls run out of time when the test says so. */
  const authenticationUntil = (settings = {}) => {
    const times: AbortController[] = [];
    const deadline = (): AbortSignal => {
      const time = new AbortController();
      times.push(time);
      return time.signal;
    };
    const { bot } = testSettings({ ...issuer.settings, ...settings });
    return {
      authentication: new HandoverAuthentication(bot, { deadline }),
      timeIsUp: () => times.forEach((time) => time.abort()),
    };
  };

  const send = async (authentication: HandoverAuthentication): Promise<unknown> => {
    const client = await authentication.createConnectorFactory(identity).create(connector.serviceUrl);
    return client.conversations.sendToConversation('c', { type: 'message', text: 'hello' });
  };

  it('keeps one connector client per service URL and audience', async () => {
    const factory = authenticationWithin().createConnectorFactory(identity);
    const first = await factory.create(connector.serviceUrl, 'https://api.botframework.com');
    expect(await factory.create(connector.serviceUrl, 'https://api.botframework.com')).to.equal(first);
    expect(await factory.create(connector.serviceUrl)).to.equal(first);
    expect(await factory.create(connector.serviceUrl, 'another')).to.not.equal(first);
    expect(await factory.create(`${connector.serviceUrl}other/`)).to.not.equal(first);
  });

  it('keeps clients across turns, with an identity built anew for each', async () => {
    const authentication = authenticationWithin();
    const again = new ClaimsIdentity([...identity.claims], true);
    const first = await authentication.createConnectorFactory(identity).create(connector.serviceUrl);
    expect(await authentication.createConnectorFactory(again).create(connector.serviceUrl)).to.equal(first);
    expect(await authentication.createUserTokenClient(again)).to.equal(
      await authentication.createUserTokenClient(identity),
    );
  });

  it('keeps a bounded number of connector clients', async () => {
    const factory = authenticationWithin().createConnectorFactory(identity);
    const first = await factory.create(connector.serviceUrl);
    for (let i = 0; i < 100; i += 1) await factory.create(`${connector.serviceUrl}${i}/`);
    expect(await factory.create(connector.serviceUrl)).to.not.equal(first);
  });

  it('gives up on a connector that never answers', async () => {
    const { authentication, timeIsUp } = authenticationUntil();
    connector.answerWith(timeIsUp);
    const failure = await send(authentication).catch((err: unknown) => err);
    expect(failure).to.be.instanceOf(Error).with.property('name', 'AbortError');
    expect(connector.received).to.have.length(1);
  });

  it('gives up on a token endpoint that never answers', async () => {
    const { authentication, timeIsUp } = authenticationUntil();
    issuer.answerWith('token', timeIsUp);
    const failure = await send(authentication).catch((err: unknown) => err);
    expect(failure).to.be.instanceOf(Error).with.property('message', 'The token endpoint did not answer.');
    expect(connector.received).to.have.length(0);
  });

  it('gives up on a token service that never answers', async () => {
    const called = deferred();
    const service = await routedGraph(() => {
      called.resolve();
      return 'silence';
    });
    const { authentication, timeIsUp } = authenticationUntil({ OAuthUrl: service.url });
    const client = await authentication.createUserTokenClient(identity);
    const failure = client.getUserToken('user', 'connection', 'facebook', '').catch((err: unknown) => err);
    await called.promise;
    timeIsUp();
    expect(await failure)
      .to.be.instanceOf(Error)
      .with.property('name', 'AbortError');
    await service.close();
  });

  it('asks the token service once, whatever becomes of the call', async () => {
    const service = await routedGraph(() => 'reset');
    const client = await authenticationWithin({ OAuthUrl: service.url }).createUserTokenClient(identity);
    const failure = await client.getUserToken('user', 'connection', 'facebook', '').catch((err: unknown) => err);
    expect(failure).to.be.instanceOf(Error);
    expect(service.calls).to.have.length(1);
    await service.close();
  });

  it('asks again for a token after the token endpoint failed', async () => {
    issuer.answerWith('token', (_request, response) => {
      response.statusCode = 503;
      response.end('busy');
    });
    const authentication = authenticationWithin();
    const failure = await send(authentication).catch((err: unknown) => err);
    expect(failure).to.have.property('message', 'The token endpoint gave no token: status 503.');
    issuer.answerWith('token');
    await send(authentication);
    expect(connector.received[0]?.authorization).to.equal('Bearer outbound-2');
  });

  it('asks for a token once for many messages', async () => {
    const authentication = authenticationWithin();
    await Promise.all(Array.from({ length: 10 }, () => send(authentication)));
    await send(authentication);
    expect(connector.received).to.have.length(11);
    expect(issuer.counts.token).to.equal(1);
  });

  it('serves no skills, no streams and calls none', async () => {
    const authentication = authenticationWithin();
    const header = `Bearer ${await issuer.sign()}`;
    const endpoints: Pick<BotFrameworkAuthentication, 'authenticateChannelRequest' | 'authenticateStreamingRequest'> =
      authentication;
    for (const work of [
      endpoints.authenticateChannelRequest(header),
      endpoints.authenticateStreamingRequest(header, 'facebook'),
    ]) {
      const refusal = await (work as Promise<unknown>).catch((err: unknown) => err);
      expect(refusal).to.be.instanceOf(RequestRefusedError).with.property('status', 401);
    }
    expect(() => authentication.createBotFrameworkClient()).to.throw('These bots call no skills.');
  });

  describe('has the credentials of', () => {
    const base = { MicrosoftAppId: testAppId, MicrosoftAppTenantId: testTenantId };
    const of = (settings: Record<string, string>): unknown =>
      credentialsFactoryOf(new HandoverAuthentication(testSettings(settings).bot));

    it('a managed identity', () => {
      expect(of({ ...base, MicrosoftAppType: 'UserAssignedMSI' })).to.be.instanceOf(
        ManagedIdentityServiceClientCredentialsFactory,
      );
    });

    it('a single tenant, asking for tokens in that tenant', () => {
      const factory = of({ ...base, MicrosoftAppType: 'SingleTenant', MicrosoftAppPassword: 'a-fake-password' });
      expect(factory).to.be.instanceOf(PasswordServiceClientCredentialFactory);
      expect(factory).to.include({ appId: testAppId, password: 'a-fake-password', tenantId: testTenantId });
    });

    it('all tenants, asking for tokens in the tenant of the Bot Framework', () => {
      const { MicrosoftAppId } = base;
      const factory = of({ MicrosoftAppId, MicrosoftAppType: 'MultiTenant', MicrosoftAppPassword: 'a-fake-password' });
      expect(factory).to.be.instanceOf(PasswordServiceClientCredentialFactory);
      expect(factory).to.include({ appId: testAppId, tenantId: '' });
    });

    it("Microsoft's login library, with a time limit", () => {
      const { bot } = testSettings({
        ...base,
        MicrosoftAppType: 'SingleTenant',
        MicrosoftAppPassword: 'a-fake-password',
      });
      const { inner } = new HandoverAuthentication(bot) as unknown as { inner: { credentialsFactory: unknown } };
      expect(inner.credentialsFactory).to.be.instanceOf(LimitedCredentialsFactory);
    });

    it('a token endpoint on this machine, when the login URL leads there', () => {
      expect(of(issuer.settings)).to.be.instanceOf(LoopbackCredentialsFactory);
    });
  });
});
