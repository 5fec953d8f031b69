import { createHmac } from 'node:crypto';
import { expect } from 'chai';
import type { Emulator, EmulatorOptions } from '../../../emulator/emulator.ts';
import { startEmulator } from '../../../emulator/startEmulator.ts';

interface GraphAnswer {
  readonly status: number;
  readonly guessed: string | null;
  readonly body: Record<string, unknown> & { error?: Record<string, unknown> };
}

const inbox = '263902037430900';

describe('the emulated Graph API', () => {
  let emulator: Emulator;
  let psid: string;
  let primary: Emulator['apps'][number];
  let secondary: Emulator['apps'][number];

  async function start(options: EmulatorOptions = {}): Promise<void> {
    emulator = await startEmulator(options);
    psid = emulator.customers[0]!;
    primary = emulator.apps[0]!;
    secondary = emulator.apps[1]!;
  }

  beforeEach(() => start());
  afterEach(() => emulator.close());

  async function call(path: string, init: RequestInit = {}): Promise<GraphAnswer> {
    const response = await fetch(`${emulator.url}${path}`, init);
    return {
      status: response.status,
      guessed: response.headers.get('x-emulated'),
      body: (await response.json()) as GraphAnswer['body'],
    };
  }
  const get = (path: string, token = primary.pageToken): Promise<GraphAnswer> =>
    call(path, { headers: { authorization: `Bearer ${token}` } });
  const post = (edge: string, body: object, token = primary.pageToken): Promise<GraphAnswer> =>
    call(`/v26.0/me/${edge}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const to = (): { recipient: { id: string } } => ({ recipient: { id: psid } });
  const ownerNow = (): string | null | undefined => emulator.state().threads[psid]?.owner;

  describe('parameters and tokens', () => {
    const target = (): string => secondary.id;

    it('takes parameters and the token from the query', async () => {
      emulator.customer().say('hi');
      const query = new URLSearchParams({
        recipient: JSON.stringify({ id: psid }),
        target_app_id: target(),
        access_token: primary.pageToken,
      });
      const { status, body } = await call(`/v26.0/me/pass_thread_control?${query.toString()}`, { method: 'POST' });
      expect([status, body, ownerNow()]).to.deep.equal([200, { success: true }, secondary.id]);
    });

    it('takes parameters and the token from a form', async () => {
      emulator.customer().say('hi');
      const form = new URLSearchParams({
        recipient: JSON.stringify({ id: psid }),
        target_app_id: target(),
        access_token: primary.pageToken,
      });
      const { status } = await call('/v3.3/me/pass_thread_control', { method: 'POST', body: form });
      expect([status, ownerNow()]).to.deep.equal([200, secondary.id]);
    });

    it('takes parameters from JSON, the Page by its id and app ids as numbers, without a version too', async () => {
      emulator.customer().say('hi');
      const { status } = await call(`/${emulator.pageId}/pass_thread_control`, {
        method: 'POST',
        headers: { authorization: `Bearer ${primary.pageToken}`, 'content-type': 'application/json' },
        body: JSON.stringify({ ...to(), target_app_id: Number(target()) }),
      });
      expect([status, ownerNow()]).to.deep.equal([200, secondary.id]);
    });

    it('refuses a token of no app with 401 and code 190, and a missing one', async () => {
      const wrong = await get('/v26.0/me', 'not-a-token');
      expect([wrong.status, wrong.body.error?.['code']]).to.deep.equal([401, 190]);
      expect(wrong.body.error).to.have.property('fbtrace_id');
      expect((await call('/v26.0/me')).body.error?.['code']).to.equal(104);
    });

    it('accepts the right appsecret_proof and refuses a wrong one', async () => {
      const proof = createHmac('sha256', primary.appSecret).update(primary.pageToken).digest('hex');
      expect((await get(`/v26.0/me?appsecret_proof=${proof}`)).status).to.equal(200);
      const wrong = await get(`/v26.0/me?appsecret_proof=${'0'.repeat(64)}`);
      expect([wrong.status, wrong.body.error?.['message']]).to.deep.equal([
        400,
        'Invalid appsecret_proof provided in the API argument',
      ]);
    });

    it('asks for an appsecret_proof where the app requires one', async () => {
      await emulator.close();
      await start({ appSecretProof: 'required' });
      expect((await get('/v26.0/me')).body.error?.['message']).to.match(/require an appsecret_proof/);
    });

    it('refuses a body that is not JSON with a sentence', async () => {
      const { status, body } = await call('/me/messages', {
        method: 'POST',
        headers: { authorization: `Bearer ${primary.pageToken}` },
        body: '{"recipient":',
      });
      expect(status).to.equal(400);
      expect(body.error?.['message']).to.contain('JSON object');
    });

    it('refuses a missing recipient, a malformed one and a customer it does not know', async () => {
      expect((await post('take_thread_control', {})).body.error?.['message']).to.contain('recipient');
      expect((await post('take_thread_control', { recipient: 'x' })).body.error?.['code']).to.equal(100);
      const stranger = await post('take_thread_control', { recipient: { id: '999' } });
      expect(stranger.body.error?.['error_subcode']).to.equal(2018001);
    });

    it('refuses and records a route that it does not model', async () => {
      const { status, body } = await get('/v26.0/me/leadgen_forms');
      expect([status, body.error?.['code']]).to.deep.equal([400, 2500]);
      expect((await get('/v26.0/me/messages')).body.error?.['error_subcode']).to.equal(33);
      expect((await get('/v26.0/123')).body.error?.['error_subcode']).to.equal(33);
      expect(emulator.events().filter(({ type }) => type === 'notModelled')).to.have.length(3);
    });
  });

  describe('thread control', () => {
    beforeEach(() => emulator.customer().say('hi'));

    it('tells the owner and the default app who owns the thread, others only until when', async () => {
      await post('pass_thread_control', { ...to(), target_app_id: inbox });
      const path = `/v26.0/me/thread_owner?recipient=${psid}`;
      const forPrimary = (await get(path)).body['data'] as { thread_owner: Record<string, unknown> }[];
      expect(forPrimary[0]?.thread_owner['app_id']).to.equal(inbox);
      expect(forPrimary[0]?.thread_owner['expiration']).to.be.within(1_700_000_000, 9_999_999_999);
      const forOther = (await get(path, secondary.pageToken)).body['data'] as { thread_owner: object }[];
      expect(forOther[0]?.thread_owner).to.have.all.keys('expiration');
    });

    it('tells nothing of an idle thread, which release makes it', async () => {
      expect((await post('release_thread_control', to())).status).to.equal(200);
      expect((await get(`/v26.0/me/thread_owner?recipient=${psid}`)).body).to.deep.equal({ data: [] });
    });

    it('wants the bare id as recipient of thread_owner', async () => {
      const { status } = await get(`/v26.0/me/thread_owner?recipient=${encodeURIComponent(`{"id":"${psid}"}`)}`);
      expect(status).to.equal(400);
    });

    it('extends ownership by a day to a week and no other time', async () => {
      expect((await post('extend_thread_control', { ...to(), duration: 604_800 })).status).to.equal(200);
      emulator.advanceClock(6 * 86_400_000);
      expect(ownerNow()).to.equal(primary.id);
      for (const duration of [86_399, 604_801, 'long', undefined]) {
        expect((await post('extend_thread_control', { ...to(), duration })).status).to.equal(400);
      }
    });

    it('refuses passing without a target, to oneself and to a stranger', async () => {
      expect((await post('pass_thread_control', to())).body.error?.['message']).to.contain('target_app_id');
      for (const target of [primary.id, '42']) {
        const { body } = await post('pass_thread_control', { ...to(), target_app_id: target });
        expect(body.error?.['error_subcode']).to.equal(2018164);
      }
    });

    it('lets a secondary pass without a target, to the default app', async () => {
      await post('pass_thread_control', { ...to(), target_app_id: secondary.id });
      expect((await post('pass_thread_control', to(), secondary.pageToken)).status).to.equal(200);
      expect(ownerNow()).to.equal(primary.id);
    });

    it('marks a refusal that nobody has recorded, and one that is recorded not', async () => {
      const request = await post('request_thread_control', to(), secondary.pageToken);
      expect([request.status, request.guessed]).to.deep.equal([400, 'guessed']);
      const send = await post('messages', { ...to(), message: { text: 'x' } }, secondary.pageToken);
      expect([send.status, send.guessed]).to.deep.equal([400, null]);
      expect(send.body.error).to.include({ code: 10, error_subcode: 2018300, type: 'OAuthException' });
      expect(send.body.error?.['message']).to.match(/^\(#10\) .*another app is controlling/);
    });

    it('lists the secondary receivers with string ids, to the primary only', async () => {
      const { body } = await get('/v26.0/me/secondary_receivers?fields=id,name');
      expect(body['data']).to.deep.equal([
        { name: 'secondary', id: secondary.id },
        { name: 'Page Inbox', id: inbox },
      ]);
      const refused = await get('/v26.0/me/secondary_receivers', secondary.pageToken);
      expect(refused.body.error?.['error_subcode']).to.equal(2018234);
    });
  });

  describe('the Send API', () => {
    beforeEach(() => emulator.customer().say('hi'));
    const reply = (title: string, payload = 'p'): object => ({ content_type: 'text', title, payload });
    const send = (message: object, more: object = {}): Promise<GraphAnswer> =>
      post('messages', { ...to(), messaging_type: 'RESPONSE', message, ...more });

    it('answers with recipient and message id, and the customer can tap what was offered', async () => {
      const { body } = await send({ text: 'choose', quick_replies: [reply('One'), reply('Two')] });
      expect(body['recipient_id']).to.equal(psid);
      expect(body['message_id']).to.match(/^m_/);
      expect(() => emulator.customer().tap('Three')).to.throw('"One", "Two"');
      emulator.customer().tap('Two');
      expect(() => emulator.customer().tap('One')).to.throw('none is offered');
    });

    it('cuts a title to 20 characters', async () => {
      await send({ text: 'choose', quick_replies: [reply('x'.repeat(25))] });
      expect(emulator.state().threads[psid]?.quickReplies[0]?.title).to.equal('x'.repeat(20));
    });

    it('refuses what Meta refuses', async () => {
      const wrong: object[] = [
        {},
        { text: '' },
        { text: 'x'.repeat(2001) },
        { text: 'x', quick_replies: Array.from({ length: 14 }, () => reply('a')) },
        { text: 'x', quick_replies: [reply('')] },
        { text: 'x', quick_replies: [reply('a', '')] },
        { text: 'x', quick_replies: [reply('a', 'p'.repeat(1001))] },
        { text: 'x', metadata: 'm'.repeat(1001) },
      ];
      for (const message of wrong) expect((await send(message)).body.error?.['code']).to.equal(100);
      expect(emulator.state().threads[psid]?.messages).to.have.length(1);
    });

    it('refuses a message together with a sender action', async () => {
      const { body } = await send({ text: 'x' }, { sender_action: 'typing_on' });
      expect(body.error?.['error_subcode']).to.equal(2018014);
    });

    it('answers a sender action with the recipient alone', async () => {
      const { body } = await post('messages', { ...to(), sender_action: 'typing_on' });
      expect(body).to.deep.equal({ recipient_id: psid });
    });

    it('refuses what it does not model, in so many words', async () => {
      const { status, body } = await send({ text: 'x', is_hidden: true });
      expect(status).to.equal(400);
      expect(body.error?.['message']).to.contain('message.is_hidden is not modelled');
    });

    it('refuses messages a day after the customer wrote, except those of a human agent', async () => {
      emulator.advanceClock(86_400_000);
      const late = await send({ text: 'x' });
      expect([late.status, late.body.error?.['error_subcode']]).to.deep.equal([403, 2018278]);
      const human = await send({ text: 'x' }, { messaging_type: 'MESSAGE_TAG', tag: 'HUMAN_AGENT' });
      expect(human.status).to.equal(200);
      const dead = await send({ text: 'x' }, { messaging_type: 'MESSAGE_TAG', tag: 'ACCOUNT_UPDATE' });
      expect(dead.body.error?.['code']).to.equal(100);
    });
  });

  describe('reading back', () => {
    it('gives the conversation with a customer, the newest message first', async () => {
      emulator.customer().say('hi');
      await post('messages', { ...to(), message: { text: 'hello' } });
      const { body } = await get(
        `/v26.0/${emulator.pageId}/conversations?user_id=${psid}&fields=is_owner,messages.limit(5){id,message,from}`,
      );
      const [conversation] = body['data'] as { is_owner: boolean; messages: { data: Record<string, unknown>[] } }[];
      expect(conversation?.is_owner).to.equal(true);
      expect(conversation?.messages.data.map(({ message, from }) => [message, from])).to.deep.equal([
        ['hello', { id: emulator.pageId, name: 'Emulated Page' }],
        ['hi', { name: 'Carla Customer', id: psid }],
      ]);
    });

    describe('the messages of a conversation', () => {
      type Messages = { data: Record<string, unknown>[]; paging: { cursors: object; next?: string } };
      const read = async (fields: string): Promise<Messages> => {
        const { body } = await get(`/v26.0/me/conversations?user_id=${psid}&fields=${fields}`);
        return (body['data'] as { messages: Messages }[])[0]!.messages;
      };
      beforeEach(() => {
        for (let n = 1; n <= 30; n += 1) emulator.customer().say(`text ${n}`);
      });

      it('come as many as asked for, the newest first, with a link when there are more', async () => {
        const { data, paging } = await read('messages.limit(3){message}');
        expect(data.map(({ message }) => message)).to.deep.equal(['text 30', 'text 29', 'text 28']);
        expect(paging.cursors).to.deep.equal({ before: data[0]?.['id'], after: data[2]?.['id'] });
        expect(paging.next).to.match(/limit=3&after=/);
        expect((await read('messages.limit(30){message}')).paging).to.not.have.property('next');
      });

      it('come 25 at a time when nobody says how many', async () => {
        expect((await read('messages')).data).to.have.length(25);
      });

      it('have details only when they are among the newest twenty', async () => {
        const { data } = await read('messages.limit(100){message,from}');
        expect(data).to.have.length(30);
        expect(data.filter((message) => 'from' in message)).to.have.length(20);
        expect(data[19]).to.include({ message: 'text 11' });
        expect(data[20]).to.have.all.keys('id', 'created_time');
      });
    });

    it('tells more of the Page, and nothing at all where one field is none of a Page', async () => {
      const { body } = await get('/me?fields=username,picture,hometown,category{x}');
      expect(body).to.have.all.keys('username', 'picture', 'category', 'id');
      const { status, body: refused, guessed } = await get('/me?fields=id,name,tasks');
      expect(status).to.equal(400);
      expect(refused.error).to.deep.include({
        message: '(#100) Tried accessing nonexisting field (tasks) on node type (Page)',
        code: 100,
      });
      expect([guessed, Object.keys(refused)]).to.deep.equal(['guessed', ['error']]);
    });

    it('tells by messaging_feature_status whether routing is on', async () => {
      const flag = async (): Promise<unknown> =>
        (await get('/me?fields=messaging_feature_status')).body['messaging_feature_status'];
      expect(await flag()).to.include({ msgr_multi_app: true });
      emulator.setMode('classic');
      expect(await flag()).to.include({ msgr_multi_app: false });
    });
  });

  describe('injected faults', () => {
    beforeEach(() => emulator.customer().say('hi'));
    const pass = (): Promise<GraphAnswer> => post('pass_thread_control', { ...to(), target_app_id: secondary.id });

    it('answer with the named fault as often as told, without the effect', async () => {
      emulator.injectFault({ fault: 'temporarySendFailure', times: 2, match: { edge: 'pass_thread_control' } });
      expect((await get('/me')).status).to.equal(200);
      for (const _ of [1, 2]) expect((await pass()).body.error).to.include({ code: 1200, is_transient: true });
      expect(ownerNow()).to.equal(primary.id);
      expect((await pass()).status).to.equal(200);
    });

    it('cut the connection before the effect or after it', async () => {
      emulator.injectFault({ connection: 'reset' });
      await rejects(pass());
      expect(ownerNow()).to.equal(primary.id);
      emulator.injectFault({ connection: 'reset', when: 'after' });
      await rejects(pass());
      expect(ownerNow()).to.equal(secondary.id);
    });

    it('can say no although the call took effect', async () => {
      emulator.injectFault({ fault: { status: 500, type: 'OAuthException', code: 2, message: 'no' }, when: 'after' });
      expect((await pass()).status).to.equal(500);
      expect(ownerNow()).to.equal(secondary.id);
    });
  });

  it('never lets a token or a secret into the event stream', async () => {
    emulator.customer().say(`my token is ${primary.pageToken}`);
    await call(`/v26.0/me/messages?access_token=${primary.pageToken}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...to(), message: { text: `and ${secondary.appSecret}` } }),
    });
    emulator.trace({ type: 'azureChannel.note', text: secondary.verifyToken });
    await emulator.settled();
    const all = JSON.stringify(emulator.events());
    for (const { pageToken, appSecret, verifyToken } of emulator.apps) {
      for (const secret of [pageToken, appSecret, verifyToken]) expect(all).not.to.contain(secret);
    }
    expect(all).to.contain('[secret]');
  });
});

async function rejects(promise: Promise<unknown>): Promise<void> {
  const outcome = await promise.then(
    () => 'answered',
    () => 'rejected',
  );
  expect(outcome).to.equal('rejected');
}
