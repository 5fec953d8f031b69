import type { Activity, TurnContext } from 'botbuilder';
import type { ClaimsIdentity } from 'botframework-connector';
import { expect } from 'chai';
import { createBotServer, type BotServer } from '../../server.ts';
import { PAGE, PSID, fromCustomer, setStage } from '../emulator/azureChannel/channelUnderTest.ts';
import { createRecordingLogger } from '../support/recordingLogger.ts';
import { startScriptedConnector } from '../support/scriptedConnector.ts';
import { startScriptedIssuer, testAppId, testPassword, type ScriptedIssuer } from '../support/scriptedIssuer.ts';
import { testSettings } from '../support/testSettings.ts';
import { withoutRetries } from '../support/withoutRetries.ts';

type Run = (context: TurnContext) => Promise<void>;

const say =
  (words: (activity: Activity) => string): Run =>
  async (context) => {
    await context.sendActivity(words(context.activity));
  };

/** The SDK's keys for what it leaves in a turn; they are fields of its adapter. */
const keysOf = ({ adapter }: TurnContext) => adapter as unknown as Record<'BotIdentityKey' | 'OAuthScopeKey', symbol>;

describe('a bot server with credentials', () => {
  let issuer: ScriptedIssuer;
  let connector: Awaited<ReturnType<typeof startScriptedConnector>>;
  let server: BotServer | undefined;

  beforeEach(async () => {
    issuer = await startScriptedIssuer();
    connector = await startScriptedConnector();
  });
  afterEach(async () => {
    await server?.close();
    server = undefined;
    await connector.close();
    await issuer.close();
  });

  async function start(run: Run): Promise<void> {
    server = await createBotServer(testSettings(issuer.settings), {
      ...withoutRetries,
      logger: createRecordingLogger(),
      createBot: () => ({ run }),
    });
  }

  async function post(fields: Record<string, unknown> = {}): Promise<Response> {
    const token = await issuer.sign({ claims: { serviceurl: connector.serviceUrl, extra: ['kept'] } });
    return fetch(`${server!.url}/api/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({
        type: 'message',
        id: 'activity-1',
        channelId: 'facebook',
        serviceUrl: connector.serviceUrl,
        from: { id: PSID },
        recipient: { id: PAGE },
        conversation: { id: `${PSID}-${PAGE}` },
        text: 'hello',
        ...fields,
      }),
    });
  }

  it('answers with a token that it asked for with its own credentials', async () => {
    await start(say(() => 'good morning'));
    expect((await post()).status).to.equal(200);
    await server!.settled();
    expect(connector.texts()).to.deep.equal(['good morning']);
    expect(connector.received[0]?.authorization).to.equal('Bearer outbound-1');
    expect(Object.fromEntries(issuer.tokenForms[0]!)).to.deep.equal({
      grant_type: 'client_credentials',
      client_id: testAppId,
      client_secret: testPassword,
      scope: 'https://api.botframework.com/.default',
    });
  });

  it('asks for its token once, however many turns send at the same time', async () => {
    await start(say(() => 'hello'));
    const turns = Array.from({ length: 10 }, (_, i) =>
      post({ id: `a-${i}`, from: { id: `1${i}` }, conversation: { id: `1${i}-${PAGE}` } }),
    );
    for (const response of await Promise.all(turns)) expect(response.status).to.equal(200);
    await server!.settled();
    expect(connector.received).to.have.length(10);
    expect(issuer.counts.token).to.equal(1);
  });

  it('gives the later turn the identity, audience, caller and dates that the SDK would have given it at once', async () => {
    let seen: unknown;
    await start(async (context) => {
      const identity = context.turnState.get<ClaimsIdentity>(keysOf(context).BotIdentityKey);
      seen = {
        isAuthenticated: identity.isAuthenticated,
        claims: Object.fromEntries(identity.claims.map(({ type, value }) => [type, value] as const)),
        audience: context.turnState.get<string>(keysOf(context).OAuthScopeKey),
        callerId: context.activity.callerId,
        timestamp: context.activity.timestamp,
      };
      await Promise.resolve();
    });
    await post({ timestamp: '2026-11-22T09:30:00.123Z', callerId: 'urn:somebody:else' });
    await server!.settled();
    const { claims, ...rest } = seen as { claims: Record<string, unknown> };
    expect(rest).to.deep.equal({
      isAuthenticated: true,
      audience: 'https://api.botframework.com',
      callerId: 'urn:botframework:azure',
      timestamp: new Date('2026-11-22T09:30:00.123Z'),
    });
    expect(claims).to.include({ iss: 'https://api.botframework.com', aud: testAppId });
    expect(claims)
      .to.include({ serviceurl: connector.serviceUrl })
      .and.to.have.keys(['iss', 'aud', 'nbf', 'exp', 'serviceurl', 'extra']);
    expect(claims['extra']).to.deep.equal(['kept']);
  });

  it('gives an inline turn the same identity and caller', async () => {
    let seen: unknown;
    await start(async (context) => {
      const identity = context.turnState.get<ClaimsIdentity>(keysOf(context).BotIdentityKey);
      seen = [identity.isAuthenticated, identity.getClaimValue('aud'), context.activity.callerId];
      await context.sendActivity({ type: 'invokeResponse', value: { status: 200, body: {} } });
    });
    expect((await post({ type: 'invoke', name: 'ask' })).status).to.equal(200);
    expect(seen).to.deep.equal([true, testAppId, 'urn:botframework:azure']);
  });

  it('answers 500 to an inline turn and says nothing to the customer when the token endpoint refuses', async () => {
    issuer.answerWith('token', (_request, response) => {
      response.statusCode = 401;
      response.end('{"error":"invalid_client"}');
    });
    await start(say(() => 'hello'));
    expect((await post({ type: 'invoke', name: 'ask' })).status).to.equal(500);
    expect(connector.received).to.have.length(0);
  });
});

describe("a bot server behind the emulator's Facebook channel", () => {
  it('hears a customer and answers, with authentication in both directions', async () => {
    const stage = await setStage();
    const { botAppId } = stage.registration;
    const settings = testSettings({ ...stage.channel.settingsFor(botAppId) });
    const server = await createBotServer(settings, {
      ...withoutRetries,
      logger: createRecordingLogger(),
      createBot: () => ({ run: say(({ text }) => `you said ${text}`) }),
    });
    try {
      stage.channel.setBotEndpoint(botAppId, `${server.url}/api/messages`);
      await stage.post({ messaging: [fromCustomer({ message: { mid: 'm_in', text: 'hello' } })] });
      await server.settled();
      expect(stage.graph.calls.map(({ body }) => body.message?.text)).to.deep.equal(['you said hello']);
      expect(stage.graph.calls[0]?.body.recipient).to.deep.equal({ id: PSID });
    } finally {
      await server.close();
      await stage.close();
    }
  });
});
