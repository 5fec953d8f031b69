import { createHmac } from 'node:crypto';
import { expect } from 'chai';
import type { Emulator } from '../../../emulator/emulator.ts';
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

  it('refuses an app token with a wrong secret, and a wrong proof', async () => {
    expect((await ask('/v27.0/debug_token?input_token=x', `${primary.id}|nonsense`)).status).to.equal(401);
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
