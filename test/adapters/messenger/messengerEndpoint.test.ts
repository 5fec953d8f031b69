import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { createHmac } from 'node:crypto';
import type { TurnContext } from 'botbuilder';
import { expect } from 'chai';
import { maxWebhookBytes } from '../../../adapters/messenger/messengerEndpoint.ts';
import { facebookEventOf } from '../../../models/facebookActivity.ts';
import { createBotServer, type BotServer, type BotServerOptions } from '../../../server.ts';
import { createMemoryStore } from '../../../store/memory/memoryStore.ts';
import { createRetryPolicy } from '../../../turns/retryPolicy.ts';
import { StoreUnavailableError } from '../../../store/storeErrors.ts';
import type { InboxEvent, Store } from '../../../store/store.ts';
import { deferred } from '../../support/deferred.ts';
import { messengerFixtures } from '../../support/messengerFixtures.ts';
import { createRecordingLogger } from '../../support/recordingLogger.ts';
import { webhookSettings } from '../../support/settingsReader.ts';
import { metaBytes, postSigned, signatureOf } from '../../support/signedWebhook.ts';
import { testSettings } from '../../support/testSettings.ts';

const appSecret = webhookSettings.FacebookAppSecret;
const verifyToken = webhookSettings.FacebookVerifyToken;

const from = (psid: string, mid: string, words = mid) => ({
  sender: { id: psid },
  recipient: { id: '10' },
  timestamp: 1767225600123,
  message: { mid, text: words },
});
const page = (...entry: object[]) => ({
  object: 'page',
  entry: entry.map((one) => ({ id: '10', time: 1e12, ...one })),
});

describe("Messenger's webhook", () => {
  let server: BotServer | undefined;
  let logger: ReturnType<typeof createRecordingLogger>;
  let accepted: InboxEvent[];
  let told: string[];

  beforeEach(() => {
    logger = createRecordingLogger();
    accepted = [];
    told = [];
  });
  afterEach(async () => {
    await server?.close();
    server = undefined;
  });

  function recordingStore(): Store {
    const store = createMemoryStore();
    return {
      ...store,
      accept: (events) => {
        accepted.push(...events);
        return store.accept(events);
      },
    };
  }

  const listen = async ({ activity }: TurnContext) => {
    const event = facebookEventOf(activity);
    const { text: words } = activity as Partial<typeof activity>;
    told.push(`${event?.kind}/${event?.via}/${event?.psid} ${words ?? ''}`.trim());
    await Promise.resolve();
  };

  async function start(options: Partial<BotServerOptions> = {}, env: Record<string, string> = {}): Promise<BotServer> {
    const settings = testSettings({ ...webhookSettings, GraphApiBaseUrl: 'http://127.0.0.1:9', ...env });
    server = await createBotServer(settings, {
      logger,
      createBot: () => ({ run: listen }),
      store: recordingStore(),
      retries: createRetryPolicy({ baseMs: 0 }),
      ...options,
    });
    return server;
  }
  const url = () => `${server!.url}/webhook`;
  const post = (payload: unknown) => postSigned(url(), metaBytes(payload), appSecret);
  const postAs = (headers: Record<string, string>, body = metaBytes(page({ messaging: [from('76', 'm_1')] }))) =>
    fetch(url(), { method: 'POST', headers, body });

  describe('batches as Meta makes them after an outage', () => {
    for (const [what, count, words] of [
      ['1,000 short texts', 1_000, 'ok'],
      ['400 Cyrillic texts of 120 letters', 400, 'ж'.repeat(120)],
      ['22 Thai texts of 2,000 letters', 22, 'ก'.repeat(2_000)],
      ['1,000 texts of 2,000 letters that are all escaped', 1_000, '界'.repeat(2_000)],
    ] as const) {
      it(`takes ${what}`, async () => {
        await start();
        const messaging = Array.from({ length: count }, (_, i) => from(String(1000 + i), `m_${i}`, words));
        expect((await post(page({ messaging }))).status).to.equal(200);
        expect(accepted).to.have.length(count);
        await server!.settled();
        expect(told).to.have.length(count);
        expect(told[0]).to.equal(`message/messaging/1000 ${words}`);
      });
    }

    it('takes 16 kB for each of a thousand items', async () => {
      await start();
      const body = metaBytes(page({ messaging: [from('76', 'm_1')] })).padEnd(16_384_000);
      expect((await postSigned(url(), body, appSecret)).status).to.equal(200);
      expect(accepted).to.have.length(1);
    });
  });

  describe('handshake', () => {
    const ask = (query: Record<string, string>) => {
      const all = new URLSearchParams({ 'hub.mode': 'subscribe', 'hub.challenge': '1158201444', ...query });
      return fetch(`${url()}?${all.toString()}`);
    };

    it('answers the challenge as plain text when the token is right', async () => {
      await start();
      const response = await ask({ 'hub.verify_token': verifyToken });
      expect([response.status, await response.text()]).to.deep.equal([200, '1158201444']);
      expect(response.headers.get('content-type')).to.match(/^text\/plain/);
    });

    const refusals: [string, Record<string, string>, number][] = [
      ['another token', { 'hub.verify_token': 'fake-verify-tokem' }, 403],
      ['the beginning of the token', { 'hub.verify_token': verifyToken.slice(0, -1) }, 403],
      ['no token', {}, 403],
      ['another mode', { 'hub.verify_token': verifyToken, 'hub.mode': 'unsubscribe' }, 403],
      ['a challenge that is none', { 'hub.verify_token': verifyToken, 'hub.challenge': '<script>' }, 400],
      ['no challenge', { 'hub.verify_token': verifyToken, 'hub.challenge': '' }, 400],
    ];
    for (const [what, query, status] of refusals) {
      it(`refuses ${what} with ${status}, and does not tell the token`, async () => {
        await start();
        const response = await ask(query);
        expect(response.status).to.equal(status);
        expect(await response.text()).to.not.contain(verifyToken);
        expect(JSON.stringify(logger.lines)).to.not.contain(verifyToken);
      });
    }
  });

  it('takes a signed event and runs the turn after the answer', async () => {
    const gate = deferred();
    await start({ createBot: () => ({ run: () => gate.promise }) });
    const response = await post(page({ messaging: [from('76', 'm_1')] }));
    expect([response.status, await response.text()]).to.deep.equal([200, 'EVENT_RECEIVED']);
    gate.resolve();
    await server!.settled();
  });

  it('believes the bytes that came: escaped unicode, emoji and slashes', async () => {
    await start();
    const words = 'Grüße 👋🏽 a/b \u2028!';
    const body = metaBytes(page({ messaging: [from('76', 'm_1', words)] }));
    expect(body).to.contain('\\u00fc').and.contain('\\ud83d\\udc4b').and.contain('a\\/b');
    expect((await postSigned(url(), body, appSecret)).status).to.equal(200);
    const unescaped = JSON.stringify(page({ messaging: [from('76', 'm_2', words)] }));
    expect((await postSigned(url(), unescaped, appSecret)).status).to.equal(200);
    await server!.settled();
    expect(told).to.deep.equal([`message/messaging/76 ${words}`, `message/messaging/76 ${words}`]);
  });

  it('refuses a body that was parsed and printed again', async () => {
    await start();
    const body = metaBytes(page({ messaging: [from('76', 'm_1', 'Grüße')] }));
    const headers = { 'x-hub-signature-256': signatureOf(body, appSecret) };
    expect((await postAs(headers, JSON.stringify(JSON.parse(body)))).status).to.equal(403);
    expect(accepted).to.deep.equal([]);
  });

  it('hears every item of every entry, on messaging and on standby', async () => {
    await start();
    const body = page(
      { messaging: [from('1', 'm_1'), from('2', 'm_2')], standby: [from('3', 'm_3')] },
      { standby: [from('4', 'm_4'), from('1', 'm_5')] },
    );
    expect((await post(body)).status).to.equal(200);
    await server!.settled();
    expect(told).to.have.members([
      'message/messaging/1 m_1',
      'message/messaging/2 m_2',
      'message/standby/3',
      'message/standby/4',
      'message/standby/1',
    ]);
    expect(told.indexOf('message/messaging/1 m_1')).to.be.below(told.indexOf('message/standby/1'));
  });

  it('handles an event once, however often it is delivered, alone or with others', async () => {
    await start();
    const [first, second] = [from('76', 'm_1'), from('76', 'm_2')];
    const receipt = { ...from('76', ''), message: undefined, read: { watermark: 1767225600000 } };
    await Promise.all(Array.from({ length: 5 }, () => post(page({ messaging: [first] }))));
    await post(page({ messaging: [first, second, receipt] }, { messaging: [second, null] }));
    await post(page({ messaging: [receipt, null] }));
    await server!.settled();
    expect(told).to.deep.equal(['message/messaging/76 m_1', 'message/messaging/76 m_2', 'read/messaging/76']);
  });

  it('handles the neighbours of what makes no sense, and quarantines that', async () => {
    await start();
    const strangers = [null, 'text', { message: {} }, { sender: { id: '76' }, recipient: { id: '10' }, message: 'x' }];
    const response = await post(page({ messaging: [from('76', 'm_1'), ...strangers, from('76', 'm_2')] }));
    expect(response.status).to.equal(200);
    await server!.settled();
    expect(told.filter((line) => line.startsWith('message'))).to.deep.equal([
      'message/messaging/76 m_1',
      'message/messaging/76 m_2',
    ]);
    expect(accepted.map(({ kind }) => kind)).to.deep.equal([
      'message',
      ...strangers.map(() => 'unsupported'),
      'message',
    ]);
  });

  it('recognises Instagram, answers, and keeps its events', async () => {
    await start();
    expect((await post({ ...page({ messaging: [from('76', 'm_1')] }), object: 'instagram' })).status).to.equal(200);
    await server!.settled();
    expect(told).to.deep.equal([]);
    expect(accepted.map(({ kind }) => kind)).to.deep.equal(['unsupported']);
  });

  for (const [name, body] of [
    ['no JSON', 'no JSON'],
    ['nothing', ''],
    ['JSON that is nested too deeply', `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
    ['bytes that are no UTF-8', Buffer.from([0x7b, 0xff, 0xfe, 0x7d])],
  ] as const) {
    it(`quarantines a signed body of ${name} and answers 200, since Meta would send it again for an hour`, async () => {
      await start();
      expect((await postSigned(url(), body, appSecret)).status).to.equal(200);
      await server!.settled();
      expect(accepted.map(({ kind }) => kind)).to.deep.equal(['unsupported']);
      expect(told).to.deep.equal([]);
    });
  }

  it('gives every golden payload a turn, or quarantines it', async () => {
    await start();
    let items = 0;
    for (const { payload, expected } of messengerFixtures().values()) {
      expect((await post(payload)).status).to.equal(200);
      items += expected.length;
    }
    await server!.settled();
    expect(accepted).to.have.length(items);
    expect(logger.lines.filter(({ fields }) => fields['outcome'] === 'failed')).to.deep.equal([]);
  });

  describe('refuses, each with its own status and sentence, and stores nothing:', () => {
    const body = metaBytes(page({ messaging: [from('76', 'm_1')] }));
    const right = signatureOf(body, appSecret);
    const sha1 = `sha1=${createHmac('sha1', appSecret).update(body).digest('hex')}`;
    const cases: [string, Record<string, string>, number, RegExp][] = [
      ['no signature', {}, 401, /has no X-Hub-Signature-256 header\.$/],
      ['the older signature alone', { 'x-hub-signature': sha1 }, 401, /X-Hub-Signature alone is not enough/],
      ['a signature that is none', { 'x-hub-signature-256': right.slice(0, -1) }, 400, /64 lower-case/],
      ['the older signature in the new place', { 'x-hub-signature-256': sha1 }, 400, /64 lower-case/],
      [
        'the signature of another secret',
        { 'x-hub-signature-256': signatureOf(body, 'fake-other-secret') },
        403,
        /not the signature of this body/,
      ],
    ];
    for (const [what, headers, status, sentence] of cases) {
      it(what, async () => {
        await start();
        const response = await postAs({ 'content-type': 'application/json', ...headers }, body);
        const answer = await response.text();
        expect([response.status, answer]).to.satisfy(() => response.status === status && sentence.test(answer), answer);
        expect(answer + JSON.stringify(logger.lines)).to.not.contain(right.slice(7, 20));
        expect(accepted).to.deep.equal([]);
      });
    }

    it('a body over the limit, by its announced length and by what comes', async () => {
      await start();
      const large = ' '.repeat(maxWebhookBytes + 1);
      // The client may still be sending when the answer has come and the connection is at its end.
      const announced = await postSigned(url(), large, appSecret).catch(() => undefined);
      expect(announced?.status ?? 413).to.equal(413);
      const { port } = new URL(server!.url);
      const socket = connect(Number(port), '127.0.0.1');
      socket.on('error', () => undefined); // the server closes while this still writes
      const answer = text(socket);
      socket.write(`POST /webhook HTTP/1.1\r\nHost: localhost\r\nX-Hub-Signature-256: ${right}\r\n`);
      socket.write(`Transfer-Encoding: chunked\r\n\r\n${large.length.toString(16)}\r\n${large}\r\n`);
      expect(await answer).to.match(/^HTTP\/1\.1 413 /);
      expect(accepted).to.deep.equal([]);
    });
  });

  it('takes a body of exactly the limit', async () => {
    await start();
    const body = metaBytes(page({ messaging: [from('76', 'm_1')] })).padEnd(256 * 1024, ' ');
    expect((await postSigned(url(), body, appSecret)).status).to.equal(200);
    await server!.settled();
    expect(told).to.deep.equal(['message/messaging/76 m_1']);
  });

  it('does not acknowledge what the store did not take, so that Meta sends it again', async () => {
    const store = { ...createMemoryStore(), accept: () => Promise.reject(new Error('disk full')) };
    await start({ store });
    const response = await post(page({ messaging: [from('76', 'm_1')] }));
    expect(response.status).to.equal(503);
    expect(await response.text()).to.not.contain('disk');
    expect(logger.lines.some(({ level }) => level === 'error')).to.equal(true);
  });

  it('answers 503 when the store cannot commit now', async () => {
    const store = { ...createMemoryStore(), accept: () => Promise.reject(new StoreUnavailableError('full')) };
    await start({ store });
    expect((await post(page({ messaging: [from('76', 'm_1')] }))).status).to.equal(503);
  });

  it('begins at once with what was taken of a body that is refused for another page', async () => {
    const memory = createMemoryStore();
    const accept: typeof memory.accept = (events) =>
      events.some(({ conversation }) => conversation.includes(' 20 '))
        ? Promise.reject(new StoreUnavailableError('full'))
        : memory.accept(events);
    // No time goes by, so that nothing else begins a turn.
    const clock = { monotonicNow: () => 0, after: () => () => undefined, every: () => () => undefined };
    await start({ store: { ...memory, accept }, clock });
    const entry = ['10', '20'].map((id) => ({
      ...{ id, time: 1 },
      messaging: [{ ...from('76', `m_${id}`), recipient: { id } }],
    }));
    expect((await post({ object: 'page', entry })).status).to.equal(503);
    // Not `settled`, which looks for work itself.
    while (told.length === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(told).to.deep.equal(['message/messaging/76 m_10']);
  });

  it('is not there when the settings do not ask for it', async () => {
    await start({}, { FacebookVerifyToken: '' });
    expect((await fetch(url())).status).to.equal(404);
    expect((await post(page({ messaging: [from('76', 'm_1')] }))).status).to.equal(404);
  });

  it('closes /api/messages when there are no Microsoft credentials, since whoever reaches one reaches both', async () => {
    await start();
    const activity = { type: 'message', channelId: 'emulator', serviceUrl: 'http://127.0.0.1:9/', text: 'hi' };
    const response = await fetch(`${server!.url}/api/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(activity),
    });
    expect(response.status).to.equal(403);
    expect(accepted).to.deep.equal([]);
  });

  it('fails the stored turn of the webhook, and says why, when the webhook is off now', async () => {
    const store = createMemoryStore();
    await start({ store: { ...store, claim: () => Promise.resolve(undefined), close: () => Promise.resolve() } });
    await post(page({ messaging: [from('76', 'm_1')] }));
    await server!.close();
    await start({ store }, { FacebookVerifyToken: '' });
    await server!.settled();
    const failed = logger.lines.find(({ fields }) => fields['outcome'] === 'failed');
    expect(String(failed?.fields['err'])).to.contain('which is off now');
  });
});
