import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import { expect } from 'chai';
import type { Emulator } from '../../../emulator/emulator.ts';
import { listenOnLoopback } from '../../../emulator/http/listen.ts';
import { startEmulator } from '../../../emulator/startEmulator.ts';

type Json = Record<string, unknown>;

describe('what the emulated Graph API tells about an app', () => {
  let emulator: Emulator;
  let primary: Emulator['apps'][number];
  let secondary: Emulator['apps'][number];
  let now: number;

  beforeEach(async () => {
    now = Date.UTC(2026, 10, 22);
    emulator = await startEmulator({ clock: () => now });
    [primary, secondary] = [emulator.apps[0]!, emulator.apps[1]!];
  });
  afterEach(() => emulator.close());

  const appToken = (app = primary): string => `${app.id}|${app.appSecret}`;
  async function ask(path: string, token: string, init: RequestInit = {}): Promise<{ status: number; body: unknown }> {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const response = await fetch(`${emulator.url}${path}`, { ...init, headers });
    return { status: response.status, body: await response.json() };
  }
  async function inspect(token: string, by = appToken()): Promise<Json> {
    const { body } = await ask(`/v27.0/debug_token?input_token=${encodeURIComponent(token)}`, by);
    return (body as { data: Json }).data;
  }

  it('tells app, Page, permissions and end of a page token', async () => {
    expect(await inspect(primary.pageToken)).to.deep.include({
      app_id: primary.id,
      type: 'PAGE',
      profile_id: emulator.pageId,
      is_valid: true,
      expires_at: 0,
      scopes: ['pages_show_list', 'pages_messaging', 'pages_manage_metadata', 'public_profile'],
    });
  });

  it('tells nothing about a token of another app, or of none', async () => {
    const other = await inspect(secondary.pageToken);
    expect(other).to.deep.include({ is_valid: false, scopes: [] });
    expect(other).to.have.nested.property('error.code', 100);
    expect(await inspect('nonsense')).to.have.nested.property('error.code', 190);
    expect(other).not.to.have.property('app_id');
  });

  it('lets a page token end when its time has come', async () => {
    emulator.changeAccount(primary.id, { token: { expiresAt: now / 1000 + 60 } });
    const before = await ask('/v27.0/me?fields=id', primary.pageToken);
    now += 60_000;
    const after = await ask('/v27.0/me?fields=id', primary.pageToken);
    expect([before.status, after.status]).to.deep.equal([200, 401]);
    expect(after.body).to.have.nested.property('error.error_subcode', 463);
    expect(await inspect(primary.pageToken)).to.deep.include({ is_valid: false, app_id: primary.id });
    expect((await ask('/v27.0/me?fields=id', secondary.pageToken)).status).to.equal(200);
  });

  const control = async (path: string, body: unknown): Promise<[number, Json]> => {
    const init = { method: 'POST', body: JSON.stringify(body) };
    const response = await fetch(`${emulator.url}/_emulator/${path}`, init);
    return [response.status, (await response.json()) as Json];
  };
  const setToken = (body: object): Promise<[number, Json]> => control(`apps/${primary.id}/token`, body);

  it('lets each kind of token expire after a time by its clock, in the words of Meta', async () => {
    now = Date.UTC(2025, 11, 1, 14, 6, 2);
    for (const [of, token, path] of [
      ['page', primary.pageToken, '/me?fields=id'],
      ['user', `user-${primary.pageToken}`, '/me/accounts'],
      ['app', appToken(), `/${primary.id}/subscriptions`],
    ] as const) {
      expect(await setToken({ of, expiresInSeconds: 60 })).to.deep.equal([
        200,
        { of, expiresAt: emulator.clock() / 1000 + 60, invalidated: 'no' },
      ]);
      expect((await ask(path, token)).status, of).to.equal(200);
      emulator.advanceClock(60_000);
      const { status, body } = await ask(path, token);
      expect([status, of]).to.deep.equal([401, of]);
      expect(body).to.have.nested.property('error.error_subcode', 463);
    }
    const told = await ask('/me?fields=id', primary.pageToken);
    expect(told.body).to.have.nested.property(
      'error.message',
      'Error validating access token: Session has expired on Monday, 01-Dec-25 06:07:02 PST. The current time is Monday, 01-Dec-25 06:09:02 PST.',
    );
    expect((await ask('/me?fields=id', secondary.pageToken)).status).to.equal(200);
  });

  it('lets a token be invalidated before its time, and be good again', async () => {
    const tokens = { page: primary.pageToken, user: `user-${primary.pageToken}` };
    for (const kind of ['page', 'user'] as const) {
      await setToken({ of: kind, invalidated: 'passwordChanged' });
      const { status, body } = await ask('/me', tokens[kind]);
      expect(status).to.equal(401);
      expect(body).to.deep.nested.include({ 'error.code': 190, 'error.error_subcode': 460 });
      expect(await inspect(tokens[kind])).to.deep.nested.include({ is_valid: false, 'error.subcode': 460 });
      await setToken({ of: kind, invalidated: 'no' });
      expect((await ask('/me', tokens[kind])).status).to.equal(200);
      expect(await inspect(tokens[kind])).to.deep.include({ is_valid: true, type: kind.toUpperCase(), expires_at: 0 });
    }
    expect(await inspect(appToken())).to.deep.include({ is_valid: true, type: 'APP', scopes: [] });
    const batch = [{ method: 'GET', relative_url: 'me' }];
    await setToken({ of: 'app', invalidated: 'passwordChanged' });
    expect((await ask('/', appToken(), { method: 'POST', body: JSON.stringify({ batch }) })).status).to.equal(401);
    emulator.reset();
    expect((await ask(`/${primary.id}/subscriptions`, appToken())).status).to.equal(200);
  });

  it('tells until when tokens work, but not the tokens', async () => {
    await setToken({ expiresAt: now / 1000 + 90 });
    expect(emulator.state().apps[0]!.tokens.page).to.deep.equal({ expiresAt: now / 1000 + 90, invalidated: 'no' });
    for (const told of [emulator.state(), emulator.events()]) {
      expect(JSON.stringify(told)).not.to.contain(primary.pageToken).and.not.to.contain(primary.appSecret);
    }
    expect(emulator.events().at(-1)).to.deep.include({ type: 'tokenChanged', of: 'page', appId: primary.id });
  });

  it('refuses what is no time and no token', async () => {
    const wrong = [
      {},
      { of: 'bot', expiresAt: 0 },
      { of: 'constructor', expiresAt: 0 },
      { expiresAt: -1 },
      { expiresAt: 1.5 },
      { expiresAt: '1' },
      { expiresAt: 2 ** 53 },
      { expiresAt: 8_640_000_000_001 },
      { expiresInSeconds: 8_640_000_000_000 },
      { expiresAt: 1, expiresInSeconds: 1 },
      { invalidated: true },
      { invalidated: 'toString' },
    ];
    for (const body of wrong) expect((await setToken(body))[0], JSON.stringify(body)).to.equal(400);
    expect((await control('apps/1/token', { expiresAt: 1 }))[0]).to.equal(400);
    expect(emulator.state().apps[0]!.tokens.page).to.deep.equal({ expiresAt: 0, invalidated: 'no' });
  });

  it('refuses an app token with a wrong secret, and a wrong proof', async () => {
    expect((await ask('/v27.0/debug_token?input_token=x', `${primary.id}|nonsense`)).status).to.equal(401);
    const path = `/debug_token?input_token=x&appsecret_proof=${'0'.repeat(64)}`;
    expect((await ask(path, appToken())).status, 'clients send that of their page token').to.equal(200);
    emulator.setSwitches({ appTokenProof: 'checked' });
    const wrong = await ask('/v27.0/debug_token?input_token=x&appsecret_proof=00', appToken());
    expect(wrong.status).to.equal(400);
    const proof = createHmac('sha256', primary.appSecret).update(appToken()).digest('hex');
    expect((await ask(`/debug_token?input_token=x&appsecret_proof=${proof}`, appToken())).status).to.equal(200);
  });

  it('tells the webhook of the app, and none when there is none', async () => {
    const path = `/v27.0/${primary.id}/subscriptions`;
    emulator.changeAccount(primary.id, {
      webhook: { callbackUrl: 'https://bot.example/webhook', fields: ['messages'], active: true },
    });
    const fields = [{ name: 'messages', version: 'v27.0' }];
    expect((await ask(path, appToken())).body).to.deep.equal({
      data: [{ object: 'page', callback_url: 'https://bot.example/webhook', active: true, fields }],
    });
    emulator.changeAccount(primary.id, { webhook: null });
    expect((await ask(path, appToken())).body).to.deep.equal({ data: [] });
    expect((await ask(path, appToken(secondary))).status).to.equal(400);
  });

  it('answers several calls in one, each with a body of JSON text', async () => {
    const batch = [
      { method: 'GET', relative_url: `debug_token?input_token=${primary.pageToken}` },
      { method: 'GET', relative_url: `${primary.id}/subscriptions` },
      { method: 'GET', relative_url: 'nonsense' },
      { method: 'POST', relative_url: 'debug_token' },
    ];
    const { status, body } = await ask('/v27.0/me', appToken(), { method: 'POST', body: JSON.stringify({ batch }) });
    const answers = body as { code: number; body: string }[];
    expect(status).to.equal(200);
    expect(answers.map(({ code }) => code)).to.deep.equal([200, 200, 400, 400]);
    expect(JSON.parse(answers[0]!.body)).to.have.nested.property('data.app_id', primary.id);
    expect((await ask('/v27.0/me', appToken(), { method: 'POST', body: '{"batch":7}' })).status).to.equal(400);
    const stranger = await ask('/v27.0/me', `${primary.id}|x`, { method: 'POST', body: JSON.stringify({ batch }) });
    expect(stranger.status).to.equal(401);
  });

  describe('and registers of it', () => {
    const answerWith = async (answer: (challenge: string) => string): Promise<{ url: string; close: () => void }> => {
      const server = createServer((request, response) => {
        const query = new URL(request.url ?? '/', 'http://x').searchParams;
        response.end(request.method === 'GET' ? answer(query.get('hub.challenge') ?? '') : '');
      });
      const port = await listenOnLoopback(server, 0);
      return { url: `http://127.0.0.1:${port}/hook`, close: () => server.close() };
    };
    const subscribe = (callback_url: string): Promise<{ status: number; body: unknown }> => {
      const query = new URLSearchParams({ object: 'page', callback_url, verify_token: 'word', fields: 'messages' });
      return ask(`/v11.0/${primary.id}/subscriptions?${query.toString()}`, appToken(), { method: 'POST' });
    };

    it('a webhook that answers the handshake, also with a newline, until it is deleted', async () => {
      const bot = await answerWith((challenge) => `${challenge}\n`);
      expect((await subscribe(bot.url)).body).to.deep.equal({ success: true });
      expect(emulator.state().apps[0]?.callbackUrl).to.equal(bot.url);
      emulator.customer().say('hi');
      await emulator.settled();
      expect(emulator.events().filter(({ type }) => type === 'webhookDelivered')).to.have.length(1);
      const path = `/v11.0/${primary.id}/subscriptions?object=page`;
      expect((await ask(path, appToken(), { method: 'DELETE' })).body).to.deep.equal({ success: true });
      expect(emulator.state().apps[0]).not.to.have.property('callbackUrl');
      bot.close();
    });

    it('no webhook that answers something else', async () => {
      const bot = await answerWith((challenge) => `"${challenge}"`);
      const { status, body } = await subscribe(bot.url);
      expect([status, (body as { error: Json }).error['code']]).to.deep.equal([400, 2200]);
      expect((body as { error: Json }).error['message']).to.match(/^\(#2200\) Callback verification failed with/);
      expect(emulator.state().apps[0]).not.to.have.property('callbackUrl');
      bot.close();
    });
  });

  describe('and gives tokens', () => {
    const tokenFor = async (more: object): Promise<Json> => {
      const query = new URLSearchParams({ client_id: primary.id, client_secret: primary.appSecret, ...more });
      const response = await fetch(`${emulator.url}/v20.0/oauth/access_token?${query.toString()}`);
      return (await response.json()) as Json;
    };

    it('to an app that shows its secret, without a token of its own', async () => {
      const given = await tokenFor({ grant_type: 'client_credentials' });
      expect(given).to.deep.equal({ access_token: appToken(), token_type: 'bearer' });
      expect(await tokenFor({ client_secret: 'nonsense' })).to.have.nested.property('error.code', 1);
      const records = JSON.stringify(emulator.events());
      for (const secret of [primary.appSecret, 'nonsense']) expect(records).not.to.contain(secret);
    });

    it('of the person who set up the Page, whose Pages have tokens themselves', async () => {
      const { access_token: user } = await tokenFor({ grant_type: 'fb_exchange_token', fb_exchange_token: 'any' });
      expect((await ask('/me', String(user))).body).to.deep.include({ name: 'Page Owner' });
      const { body } = await ask('/v20.0/me/accounts?fields=access_token,id', String(user));
      expect(body).to.have.nested.property('data[0].access_token', primary.pageToken);
      const proof = createHmac('sha256', primary.appSecret).update(String(user)).digest('hex');
      expect((await ask(`/${emulator.pageId}?appsecret_proof=${proof}`, String(user))).status).to.equal(200);
      expect((await ask('/me/messages', String(user), { method: 'POST', body: '{}' })).status).to.equal(400);
      expect(JSON.stringify(emulator.events())).not.to.contain(primary.pageToken);
    });

    it('of the person for two months more, unless the token that is exchanged is over', async () => {
      const exchange = (): Promise<Json> =>
        tokenFor({ grant_type: 'fb_exchange_token', fb_exchange_token: `user-${primary.pageToken}` });
      const twoMonths = 5_184_000;
      expect(await exchange()).to.include({ expires_in: twoMonths });
      expect(await inspect(`user-${primary.pageToken}`)).to.include({ expires_at: now / 1000 + twoMonths });
      now += twoMonths * 1000;
      expect(await exchange()).to.have.nested.property('error.error_subcode', 463);
      await tokenFor({ code: 'of another login' });
      expect((await ask('/me', `user-${primary.pageToken}`)).status).to.equal(200);
      await setToken({ of: 'user', invalidated: 'passwordChanged' });
      expect(await exchange()).to.have.nested.property('error.error_subcode', 460);
      expect(JSON.stringify(emulator.events())).not.to.contain(primary.pageToken);
    });
  });

  it('says of calls with its own token, too, that they are not modelled', async () => {
    expect((await ask(`/v27.0/${primary.id}/roles`, appToken())).status).to.equal(400);
    expect(emulator.events().findLast(({ type }) => type === 'notModelled')).to.include({
      path: `/v27.0/${primary.id}/roles`,
      method: 'GET',
    });
  });

  it('has no token and no secret in its records', async () => {
    await inspect(primary.pageToken);
    const batch = [{ method: 'GET', relative_url: `debug_token?input_token=${primary.pageToken}` }];
    await ask('/v27.0/me', appToken(), { method: 'POST', body: JSON.stringify({ batch }) });
    const records = JSON.stringify(emulator.events());
    expect(records).to.contain('debug_token');
    for (const secret of [primary.pageToken, primary.appSecret]) expect(records).not.to.contain(secret);
  });

  describe('and what it is subscribed to', () => {
    const path = '/v27.0/me/subscribed_apps';
    const fieldsOf = async (token: string): Promise<unknown> =>
      ((await ask(path, token)).body as { data: Json[] }).data[0]?.['subscribed_fields'];

    it('tells the fields of the calling app', async () => {
      emulator.changeAccount(primary.id, { pageFields: ['messages'] });
      expect(await fieldsOf(primary.pageToken)).to.deep.equal(['messages']);
      expect(await fieldsOf(secondary.pageToken)).to.include('standby');
    });

    it('subscribes to what was asked for, as text or as a list', async () => {
      emulator.changeAccount(primary.id, { pageFields: null });
      expect((await ask(path, primary.pageToken)).body).to.deep.equal({ data: [] });
      const post = (subscribed_fields: unknown) =>
        ask(path, primary.pageToken, { method: 'POST', body: JSON.stringify({ subscribed_fields }) });
      expect((await post('messages, standby')).body).to.deep.equal({ success: 'true' });
      expect(await fieldsOf(primary.pageToken)).to.deep.equal(['messages', 'standby']);
      await post(['messages']);
      expect(await fieldsOf(primary.pageToken)).to.deep.equal(['messages']);
      expect((await post('')).status).to.equal(400);
    });

    it('goes back to the beginning with a reset', async () => {
      emulator.changeAccount(primary.id, { pageFields: null });
      emulator.reset();
      expect(await fieldsOf(primary.pageToken)).to.include('messages');
    });
  });
});
