import { inspect } from 'node:util';
import { expect } from 'chai';
import { createBot } from '../../bots/samples/createBot.ts';
import { createBotServer, type BotServer } from '../../server.ts';
import { createMemoryStore } from '../../store/memory/memoryStore.ts';
import { conversationId, pageId, psid } from '../support/facebookActivities.ts';
import { createRecordingLogger } from '../support/recordingLogger.ts';
import { startScriptedConnector } from '../support/scriptedConnector.ts';
import { startScriptedIssuer, testPassword, type ScriptedIssuer } from '../support/scriptedIssuer.ts';
import { testSettings } from '../support/testSettings.ts';
import { wireAnswers, wireBreaks, wireSilences } from '../support/wireFaults.ts';
import { withoutRetries } from '../support/withoutRetries.ts';

/** How often each fault comes in a row. */
const rounds = 2;

/** Refusals that mean: another receiver owns the thread. The turn is over then and has not failed. */
const anotherOwner = new Set(['a relayed 10/2018300']);

describe('The bot while its neighbours at Microsoft fail', () => {
  let issuer: ScriptedIssuer;
  let connector: Awaited<ReturnType<typeof startScriptedConnector>>;
  let server: BotServer;
  let store: ReturnType<typeof createMemoryStore>;
  let logger: ReturnType<typeof createRecordingLogger>;
  let count = 0;

  beforeEach(async () => {
    issuer = await startScriptedIssuer();
    connector = await startScriptedConnector();
    logger = createRecordingLogger();
    store = createMemoryStore();
  });
  afterEach(async () => {
    await server.close();
    await connector.close();
    await issuer.close();
  });

  async function start(connectorTimeoutMs = 15_000): Promise<void> {
    server = await createBotServer(testSettings(issuer.settings), {
      createBot,
      ...withoutRetries,
      logger,
      store,
      connectorTimeoutMs,
    });
  }

  async function say(text: string): Promise<number> {
    count += 1;
    const token = await issuer.sign({ claims: { serviceurl: connector.serviceUrl } });
    const response = await fetch(`${server.url}/api/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({
        type: 'message',
        id: `activity-${count}`,
        channelId: 'facebook',
        serviceUrl: connector.serviceUrl,
        from: { id: psid },
        recipient: { id: pageId },
        conversation: { id: conversationId },
        text,
      }),
    });
    await server.settled();
    return response.status;
  }

  const failed = async (): Promise<number> => (await store.counts()).failed;
  const said = () => inspect(logger.lines, { depth: Infinity, showHidden: true });

  async function expectHealth(): Promise<void> {
    const before = connector.received.length;
    const failures = await failed();
    connector.answerWith((_request, response) => {
      response.setHeader('content-type', 'application/json');
      response.end('{"id":"sent"}');
    });
    expect(await say('hello')).to.equal(200);
    expect(connector.received).to.have.length(before + 1);
    expect(await failed()).to.equal(failures);
  }

  describe('Bot Connector', () => {
    for (const [name, fault] of Object.entries({ ...wireAnswers, ...wireBreaks })) {
      it(`sends a message once, and goes on, after ${name}`, async () => {
        await start();
        connector.answerWith(fault);
        for (let round = 1; round <= rounds; round += 1) {
          expect(await say('hello')).to.equal(200);
          expect(connector.received).to.have.length(round);
        }
        if (anotherOwner.has(name)) expect(await failed()).to.equal(0);
        else if (name !== 'half of the JSON with 200') expect(await failed()).to.equal(rounds);
        expect(said()).not.to.contain(testPassword).and.not.to.contain('outbound-1');
        await expectHealth();
      });
    }

    for (const [name, fault] of Object.entries(wireSilences)) {
      it(`gives up on ${name}, having sent the message once`, async () => {
        await start(150);
        await say('hello');
        const before = { sent: connector.received.length, failures: await failed() };
        connector.answerWith(fault);
        expect(await say('hello')).to.equal(200);
        expect(connector.received).to.have.length(before.sent + 1);
        expect(await failed()).to.equal(before.failures + 1);
      });
    }
  });

  describe('the token endpoint', () => {
    const unusable = {
      'a token of a wrong type': { access_token: 7, expires_in: 3600 },
      'no token': { expires_in: 3600 },
      'no end of the token': { access_token: 'a-fake-token' },
      nothing: null,
      'an error with 200': { error: 'invalid_client', error_description: testPassword },
    };
    const worthless = Object.entries(unusable).map(
      ([name, json]) => [`an answer with ${name}`, wireAnswers['a 500']!, JSON.stringify(json)] as const,
    );
    const faults = [
      ...Object.entries({ ...wireAnswers, ...wireBreaks }).map(([name, fault]) => [name, fault, undefined] as const),
      ...worthless,
    ];
    for (const [name, fault, json] of faults) {
      it(`asks once, says nothing, and goes on, after ${name}`, async () => {
        await start();
        issuer.answerWith('token', (request, response) => {
          if (json === undefined) fault(request, response);
          else response.setHeader('content-type', 'application/json').end(json);
        });
        for (let round = 1; round <= rounds; round += 1) {
          expect(await say('hello')).to.equal(200);
          expect(issuer.counts.token).to.equal(round);
        }
        expect(connector.received).to.deep.equal([]);
        expect(await failed()).to.equal(rounds);
        expect(said()).not.to.contain(testPassword);
        issuer.answerWith('token');
        await expectHealth();
      });
    }

    for (const [name, fault] of Object.entries(wireSilences)) {
      it(`gives up on ${name}`, async () => {
        await start(150);
        issuer.answerWith('token', fault);
        expect(await say('hello')).to.equal(200);
        expect(connector.received).to.deep.equal([]);
        expect(await failed()).to.equal(1);
      });
    }
  });
});
