import { expect } from 'chai';
import { createBotServer, type BotServer } from '../../server.ts';
import { createRecordingLogger } from '../support/recordingLogger.ts';
import { startScriptedIssuer, type ScriptedIssuer } from '../support/scriptedIssuer.ts';
import { testSettings } from '../support/testSettings.ts';
import { tokenCases } from '../support/tokenCases.ts';

const serviceUrl = 'http://127.0.0.1:9/';

describe('the entrance for tokens', () => {
  let issuer: ScriptedIssuer;
  let server: BotServer;
  let turns = 0;

  before(async () => {
    issuer = await startScriptedIssuer();
    server = await createBotServer(testSettings(issuer.settings), {
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
});
