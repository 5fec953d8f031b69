import { expect } from 'chai';
import { createBotServer, type BotServer } from '../../server.ts';
import { rawRequest } from '../support/rawRequest.ts';
import { createRecordingLogger } from '../support/recordingLogger.ts';
import { startScriptedIssuer, type ScriptedIssuer } from '../support/scriptedIssuer.ts';
import { testSettings } from '../support/testSettings.ts';
import { tokenCases } from '../support/tokenCases.ts';
import { withoutRetries } from '../support/withoutRetries.ts';

const serviceUrl = 'http://127.0.0.1:9/';

describe('the endpoint for tokens', () => {
  let issuer: ScriptedIssuer;
  let server: BotServer;
  let turns = 0;

  before(async () => {
    issuer = await startScriptedIssuer();
    server = await createBotServer(testSettings(issuer.settings), {
      ...withoutRetries,
      logger: createRecordingLogger(),
      createBot: () => ({
        run: async () => {
          turns += 1;
          await Promise.resolve();
        },
      }),
    });
  });
  beforeEach(() => {
    turns = 0;
  });
  after(async () => {
    await server.close();
    await issuer.close();
  });

  for (const { what, header, activity, status } of tokenCases) {
    it(`answers ${what} with ${status}`, async () => {
      const authorization = await header(issuer, serviceUrl);
      const body = { type: 'message', channelId: 'facebook', serviceUrl, text: 'hello', ...activity };
      const response = await fetch(`${server.url}/api/messages`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(authorization !== undefined && { authorization }) },
        body: JSON.stringify(body),
      });
      expect(response.status).to.equal(status);
      const answer = await response.text();
      if (status === 401) {
        expect(JSON.parse(answer)).to.deep.equal({ error: 'The token was refused.' });
        expect(response.headers.get('www-authenticate')).to.equal('Bearer');
      }
      await server.settled();
      expect(turns).to.equal(status === 200 ? 1 : 0);
    });
  }

  it('answers who has no token, or a wrong one, before a byte of the body has come', async () => {
    const wrong = await issuer.sign({ claims: { serviceurl: serviceUrl, aud: 'another' } });
    for (const authorization of ['', 'Authorization: Bearer a.b.c\r\n', `Authorization: Bearer ${wrong}\r\n`]) {
      const headers = `Host: localhost\r\nContent-Type: application/json\r\n${authorization}Content-Length: 200000\r\n\r\n`;
      const { statuses, text } = await rawRequest(server.url, `POST /api/messages HTTP/1.1\r\n${headers}`);
      expect(statuses).to.deep.equal([401]);
      expect(text.toLowerCase()).to.include('connection: close');
    }
  });

  it('tells nobody without a token to send the body that it asks about', async () => {
    const headers = 'Host: x\r\nContent-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n';
    const { statuses } = await rawRequest(server.url, `POST /api/messages HTTP/1.1\r\n${headers}`);
    expect(statuses).to.deep.equal([401]);
  });

  async function postWithToken(activity: object): Promise<[number, string]> {
    const authorization = `Bearer ${await issuer.sign({ claims: { serviceurl: serviceUrl } })}`;
    const response = await fetch(`${server.url}/api/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization },
      body: JSON.stringify({ type: 'message', channelId: 'facebook', serviceUrl, text: 'hello', ...activity }),
    });
    return [response.status, await response.text()];
  }

  it('takes no more than 20,000 values, however short', async () => {
    expect((await postWithToken({ value: Array(19_900).fill(0) }))[0]).to.equal(200);
    const [status, text] = await postWithToken({ value: Array(20_000).fill(0) });
    expect([status, JSON.parse(text)]).to.deep.equal([
      413,
      { error: 'The body must not hold more than 20000 values.' },
    ]);
  });

  for (const [place, longest, activity] of [
    ['type', 64, (text: string) => ({ type: text })],
    ['channelId', 64, (text: string) => ({ channelId: text })],
    ['name', 256, (text: string) => ({ type: 'event', name: text })],
    ['id', 1024, (text: string) => ({ id: text })],
    ['replyToId', 1024, (text: string) => ({ replyToId: text })],
    ['serviceUrl', 1024, (text: string) => ({ serviceUrl: `http://127.0.0.1/${text}` })],
    ['from.id', 1024, (text: string) => ({ from: { id: text } })],
    ['recipient.id', 1024, (text: string) => ({ recipient: { id: text } })],
    ['conversation.id', 1024, (text: string) => ({ conversation: { id: text } })],
  ] as const) {
    it(`refuses a ${place} that is longer than ${longest} characters`, async () => {
      const [status, text] = await postWithToken(activity('eyJ-'.repeat(longest / 4) + 'x'));
      expect([status, JSON.parse(text)]).to.deep.equal([
        400,
        { error: `The activity's ${place} must not be longer than ${longest} characters.` },
      ]);
    });
  }
});
