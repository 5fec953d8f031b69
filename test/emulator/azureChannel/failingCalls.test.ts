import { expect } from 'chai';
import type { FaultSpec } from '../../../emulator/faults/faultSpec.ts';
import { startPlatform, type AzurePlatform } from '../../../emulator/startPlatform.ts';

describe("calls of Azure's emulated channel that go wrong", () => {
  let platform: AzurePlatform;
  let settings: Readonly<Record<string, string>>;
  let psid: string;
  beforeEach(async () => {
    platform = await startPlatform({ mode: 'classic' });
    settings = platform.bots[0]!.settings;
    psid = platform.emulator.customer().psid;
    platform.emulator.customer().say('hi');
    await platform.emulator.settled();
  });
  afterEach(() => platform.close());

  const askForToken = (init: RequestInit = {}): Promise<Response> =>
    fetch(`${settings['ToChannelFromBotLoginUrl']}/oauth2/v2.0/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: settings['MicrosoftAppId']!,
        client_secret: settings['MicrosoftAppPassword']!,
        scope: 'https://api.botframework.com/.default',
      }),
      ...init,
    });
  let token = '';
  const send = (init: RequestInit = {}): Promise<Response> =>
    fetch(`${platform.azure.serviceUrl}v3/conversations/${psid}-${platform.emulator.pageId}/activities`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: JSON.stringify({ type: 'message', text: 'hello' }),
      ...init,
    });
  beforeEach(async () => {
    token = ((await (await askForToken()).json()) as { access_token: string }).access_token;
  });
  const control = async (spec: FaultSpec): Promise<void> => {
    const url = `${platform.emulator.url}/_emulator/faults`;
    expect((await fetch(url, { method: 'POST', body: JSON.stringify(spec) })).status).to.equal(200);
  };
  const sent = (): number =>
    platform.emulator.state().threads[psid]!.messages.filter(({ from }) => from === 'page').length;
  const rejects = (promise: Promise<unknown>): Promise<boolean> =>
    promise.then(
      () => false,
      () => true,
    );

  it('of the Connector arrive twice, and only those about one customer', async () => {
    await control({ effect: 'twice', mode: 'always', match: { at: 'connector', psid: '1' } });
    expect([(await send()).ok, sent()]).to.deep.equal([true, 1]);
    await control({ effect: 'twice', match: { at: 'connector', psid } });
    expect([(await send()).ok, sent()]).to.deep.equal([true, 3]);
  });

  for (const [at, call] of [
    ['connector', send],
    ['token', askForToken],
  ] as const) {
    describe(`of the ${at} endpoint`, () => {
      for (const [fault, status, retryAfter] of [
        ['unknownError', 500, null],
        ['badGateway', 502, null],
        ['overloaded', 503, '5'],
        ['tooManyRequests', 429, '30'],
        ['invalidToken', 401, null],
      ] as const) {
        it(`are refused with ${status}`, async () => {
          await control({ fault, match: { at, appId: settings['MicrosoftAppId']! } });
          const response = await call();
          expect([response.status, response.headers.get('retry-after')]).to.deep.equal([status, retryAfter]);
          expect(await response.json()).to.have.property('error');
          expect(sent()).to.equal(0);
          expect((await call()).ok).to.equal(true);
        });
      }

      it('are cut off, with or without the effect', async () => {
        await control({ connection: 'reset', match: { at } });
        expect([await rejects(call()), sent()]).to.deep.equal([true, 0]);
        await control({ connection: 'reset', when: 'after', match: { at } });
        expect([await rejects(call()), sent()]).to.deep.equal([true, at === 'connector' ? 1 : 0]);
      });

      it('are never answered', async () => {
        await control({ connection: 'silent', match: { at } });
        const caller = new AbortController();
        const used = new Promise<void>((resolve) => {
          platform.emulator.on(({ type }) => {
            if (type === 'faultUsed') resolve();
          });
        });
        const answer = rejects(call({ signal: caller.signal }));
        await used;
        caller.abort();
        expect(await answer).to.equal(true);
      });

      it('are answered with a page, with half a body, and a byte at a time', async () => {
        await control({ body: 'html', match: { at } });
        const page = await call();
        expect([page.status, (await page.text()).slice(0, 9)]).to.deep.equal([200, '<!DOCTYPE']);
        await control({ body: 'cut', when: 'after', match: { at } });
        expect(await rejects((await call()).text())).to.equal(true);
        await control({ body: 'drip', match: { at } });
        let text: string | undefined;
        void (await call()).text().then((whole) => (text = whole));
        while (text === undefined) {
          platform.emulator.advanceClock(1000);
          await new Promise(setImmediate);
        }
        expect(JSON.parse(text)).to.be.an('object').that.is.not.empty;
      });
    });
  }
});
