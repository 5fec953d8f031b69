import { expect } from 'chai';
import { decodeJwt, decodeProtectedHeader, generateKeyPair, SignJWT } from 'jose';
import { CONVERSATION, NOW, PAGE, PSID, setStage } from './channelUnderTest.ts';
import type { ConnectorAnswer, Stage } from './channelUnderTest.ts';

const NOT_OWNER = {
  error: {
    message: '(#10) Message failed to send because another app is controlling this thread now.',
    type: 'OAuthException',
    code: 10,
    error_subcode: 2018300,
    fbtrace_id: 'A1b2',
  },
};
const ACTIVITIES = `v3/conversations/${CONVERSATION}/activities`;

describe('an activity that a bot sends', () => {
  let stage: Stage;
  afterEach(() => stage.close());

  const sent = () => stage.graph.calls.map(({ body }) => body);
  const about = { messaging_type: 'RESPONSE', recipient: { id: PSID } };

  it('becomes a message on Messenger, sent as the Page of the bot', async () => {
    stage = await setStage();
    expect(await stage.say({ type: 'message', text: 'hello' })).to.deep.include({ status: 201, body: { id: 'm_1' } });
    expect(sent()).to.deep.equal([{ ...about, message: { text: 'hello' } }]);
    const [call] = stage.graph.calls;
    expect(call).to.include({ method: 'POST', path: '/v27.0/me/messages' });
    expect(call!.headers.authorization).to.equal(`Bearer ${stage.registration.pageToken}`);
    expect(stage.records.at(-1)).to.deep.equal({
      type: 'azureChannel.activityReceived',
      botAppId: stage.registration.botAppId,
      activityType: 'message',
      conversationId: CONVERSATION,
      status: 201,
      outcome: 'sent',
      messageIds: ['m_1'],
    });
  });

  it('may name the activity that it answers', async () => {
    stage = await setStage();
    const { status } = await stage.say({ type: 'message', text: 'hello' }, `${ACTIVITIES}/mid.%24abc`);
    expect([status, sent().length]).to.deep.equal([201, 1]);
  });

  it('has its suggested actions become quick replies, with titles cut at 20 characters', async () => {
    stage = await setStage();
    const actions = [
      { type: 'imBack', title: 'Pass to page inbox', value: 'Pass to page inbox' },
      { type: 'imBack', title: 'A title that is far too long', value: { a: 1 } },
      { type: 'imBack', title: 'No value' },
    ];
    await stage.say({ type: 'message', text: 'Choose', suggestedActions: { actions } });
    expect(sent()[0]!.message).to.deep.equal({
      text: 'Choose',
      quick_replies: [
        { content_type: 'text', title: 'Pass to page inbox', payload: 'Pass to page inbox' },
        { content_type: 'text', title: 'A title that is far ', payload: '{"a":1}' },
        { content_type: 'text', title: 'No value', payload: 'No value' },
      ],
    });
  });

  it('loses the suggested actions beyond the thirteenth, which the trace tells as a guess', async () => {
    stage = await setStage();
    const actions = Array.from({ length: 15 }, (_, index) => ({ type: 'imBack', title: `${index}`, value: 'x' }));
    const { status } = await stage.say({ type: 'message', text: 'Choose', suggestedActions: { actions } });
    expect(status).to.equal(201);
    expect(sent()[0]!.message!.quick_replies).to.have.length(13);
    expect(stage.records.at(-1)).to.include({
      reason: "2 suggested actions beyond Messenger's 13 are left out.",
      guessed: true,
    });
  });

  it('becomes a sender action when it is typing', async () => {
    stage = await setStage({ graph: () => ({ json: { recipient_id: PSID } }) });
    const { status, body } = await stage.say({ type: 'typing' });
    expect([status, body]).to.deep.equal([201, { id: `azure-${NOW.toString(36)}-1` }]);
    expect(sent()).to.deep.equal([{ recipient: { id: PSID }, sender_action: 'typing_on' }]);
  });

  it('is sent in parts, text first, with the quick replies on the last', async () => {
    stage = await setStage();
    const { body } = await stage.say({
      type: 'message',
      text: 'Look',
      attachments: [
        { contentType: 'image/png', contentUrl: 'https://example.com/a.png' },
        { contentType: 'application/pdf', contentUrl: 'https://example.com/a.pdf' },
      ],
      suggestedActions: { actions: [{ title: 'Nice', value: 'Nice' }] },
    });
    expect(sent().map(({ message }) => message)).to.deep.equal([
      { text: 'Look' },
      { attachment: { type: 'image', payload: { url: 'https://example.com/a.png' } } },
      {
        attachment: { type: 'file', payload: { url: 'https://example.com/a.pdf' } },
        quick_replies: [{ content_type: 'text', title: 'Nice', payload: 'Nice' }],
      },
    ]);
    expect(body).to.deep.equal({ id: 'm_3' });
  });

  it('has the parts of its channelData that the channel knows go along, and no others', async () => {
    stage = await setStage();
    const template = { type: 'template', payload: { template_type: 'button', text: 'x', buttons: [] } };
    const quickReplies = [{ content_type: 'user_email' }];
    await stage.say({
      type: 'message',
      channelData: {
        attachment: template,
        quick_replies: quickReplies,
        notification_type: 'NO_PUSH',
        messaging_type: 'MESSAGE_TAG',
        tag: 'HUMAN_AGENT',
        thread_control: { control_type: 'release' },
      },
    });
    expect(sent()).to.deep.equal([
      {
        messaging_type: 'MESSAGE_TAG',
        tag: 'HUMAN_AGENT',
        notification_type: 'NO_PUSH',
        recipient: { id: PSID },
        message: { attachment: template, quick_replies: quickReplies },
      },
    ]);
  });

  it('loses its metadata on the way', async () => {
    stage = await setStage();
    await stage.say({ type: 'message', text: 'x', channelData: { message: { metadata: 'mark' } } });
    expect(sent()[0]!.message).to.deep.equal({ text: 'x' });
    expect(stage.records.at(-1)).to.include({ reason: 'The metadata is left out.', guessed: true });
  });

  it('keeps its metadata when switched', async () => {
    stage = await setStage({ options: { metadata: 'forward' } });
    await stage.say({ type: 'message', text: 'x', channelData: { message: { metadata: 'mark' } } });
    await stage.say({ type: 'message', text: 'y', channelData: { metadata: 'sign' } });
    expect(sent().map(({ message }) => message?.metadata)).to.deep.equal(['mark', 'sign']);
  });

  it('is taken and not sent when it means nothing on Messenger', async () => {
    stage = await setStage();
    const { status, body } = await stage.say({ type: 'endOfConversation' });
    expect([status, body]).to.deep.equal([200, { id: `azure-${NOW.toString(36)}-1` }]);
    expect(stage.graph.calls).to.be.empty;
    expect(stage.records.at(-1)).to.include({ outcome: 'ignored', activityType: 'endOfConversation', guessed: true });
  });

  it("is refused with Meta's words when another app owns the thread", async () => {
    stage = await setStage({ graph: () => ({ status: 400, json: NOT_OWNER }) });
    const { status, body, guessed } = await stage.say({ type: 'message', text: 'hello' });
    expect([status, guessed]).to.deep.equal([400, true]);
    expect(body.error!.code).to.equal('ServiceError');
    expect(body.error!.message).to.include('another app is controlling this thread now').and.include('2018300');
    const record = stage.records.at(-1)!;
    expect(record).to.include({ outcome: 'refused', status: 400, guessed: true });
    expect(record['reason']).to.include('2018300');
  });

  it('is refused half sent when a later part fails, and the trace tells what was sent', async () => {
    stage = await setStage({
      graph: ({ body }) =>
        body.message?.text === undefined
          ? { status: 500, json: { error: { code: 2, message: 'Service temporarily unavailable' } } }
          : { json: { recipient_id: PSID, message_id: 'm_7' } },
    });
    const attachments = [{ contentType: 'image/png', contentUrl: 'https://example.com/a.png' }];
    expect(await stage.say({ type: 'message', text: 'Look', attachments })).to.include({ status: 500 });
    expect(stage.records.at(-1)).to.deep.include({ outcome: 'refused', messageIds: ['m_7'] });
  });

  it('is refused when Graph breaks off or stays silent', async () => {
    const silent = new AbortController();
    stage = await setStage({
      options: { deadline: () => silent.signal },
      graph: ({ body }) => {
        if (body.message?.text === 'break') throw new Error('break the connection');
        silent.abort();
        return new Promise(() => undefined);
      },
    });
    const broken = await stage.say({ type: 'message', text: 'break' });
    const late = await stage.say({ type: 'message', text: 'wait' });
    expect([broken.status, late.status]).to.deep.equal([500, 500]);
    expect(broken.body.error!.message).to.include('could not be reached');
    expect(late.body.error!.message).to.include('did not answer in time');
  });

  for (const [what, activity, status, code] of [
    ['has nothing to say', { type: 'message' }, 400, 'BadArgument'],
    ['has no type', { text: 'hello' }, 400, 'BadArgument'],
    [
      'has an attachment that the emulator cannot show',
      { type: 'message', attachments: [{ contentType: 'application/x-something', content: {} }] },
      501,
      'NotImplemented',
    ],
    ['is no object', [1], 400, 'BadSyntax'],
  ] as const) {
    it(`is refused when it ${what}`, async () => {
      stage = await setStage();
      const answer = await stage.say(activity);
      expect(answer.status).to.equal(status);
      expect(answer.body.error!.code).to.equal(code);
      expect(answer.body.error!.message).to.be.a('string').that.is.not.empty;
      expect(stage.graph.calls).to.be.empty;
    });
  }
});

describe('who may use the Connector, and for what', () => {
  let stage: Stage;
  beforeEach(async () => {
    stage = await setStage();
  });
  afterEach(() => stage.close());

  const call = async (method: string, path: string, authorization?: string) => {
    const body = method === 'POST' || method === 'PUT' ? '{"type":"message","text":"hello"}' : undefined;
    const headers = authorization === undefined ? undefined : { authorization };
    const response = await fetch(`${stage.channel.serviceUrl}${path}`, { method, body, headers });
    return { status: response.status, code: ((await response.json()) as ConnectorAnswer).error?.code };
  };

  it('wants a token that the token endpoint gave', async () => {
    const channelToken = await stage.channel.signToken(stage.registration.botAppId);
    for (const authorization of [undefined, 'Bearer', 'Basic abc', 'Bearer a.b.c', `Bearer ${channelToken}`]) {
      expect(await call('POST', ACTIVITIES, authorization)).to.deep.equal({ status: 401, code: 'Unauthorized' });
    }
    expect(stage.graph.calls).to.be.empty;
  });

  it('does not take a token that says the same and is signed with another key', async () => {
    const token = await stage.token();
    const { privateKey } = await generateKeyPair('RS256');
    const header = { ...decodeProtectedHeader(token), alg: 'RS256' };
    const forged = await new SignJWT(decodeJwt(token)).setProtectedHeader(header).sign(privateKey);
    expect(await call('POST', ACTIVITIES, `Bearer ${forged}`)).to.include({ status: 401 });
    expect(await call('POST', ACTIVITIES, `Bearer ${token}`)).to.include({ status: 201 });
  });

  it('has only the conversations of the Page of the bot', async () => {
    const bearer = `Bearer ${await stage.token()}`;
    for (const conversation of [`${PSID}-999`, PSID, `-${PAGE}`, '%zz']) {
      const answer = await call('POST', `v3/conversations/${conversation}/activities`, bearer);
      expect(answer).to.deep.equal({ status: 403, code: 'Forbidden' });
    }
    expect(stage.graph.calls).to.be.empty;
  });

  it('says that messages cannot be changed, deleted or uploaded as a history, also those that never were', async () => {
    const bearer = `Bearer ${await stage.token()}`;
    for (const [method, path] of [
      ['PUT', `${ACTIVITIES}/m_1`],
      ['DELETE', `${ACTIVITIES}/m_1`],
      ['DELETE', `${ACTIVITIES}/${'%2F'.repeat(200)}`],
      ['POST', `${ACTIVITIES}/history`],
      ['DELETE', `v3/conversations/${CONVERSATION}/members/${PSID}`],
    ] as const) {
      expect(await call(method, path, bearer)).to.deep.equal({ status: 405, code: 'MethodNotAllowed' });
    }
    const response = await fetch(`${stage.channel.serviceUrl}${ACTIVITIES}/m_1`, {
      method: 'DELETE',
      headers: { authorization: bearer },
    });
    const { error } = (await response.json()) as ConnectorAnswer;
    expect(error!.message).to.equal('This channel does not support this operation');
    expect(stage.graph.calls).to.be.empty;
  });

  it('tells who is in a conversation: the customer and the Page', async () => {
    const headers = { authorization: `Bearer ${await stage.token()}` };
    const read = async (path: string) => {
      const response = await fetch(`${stage.channel.serviceUrl}v3/conversations/${CONVERSATION}${path}`, { headers });
      expect(response.headers.get('x-emulated')).to.equal('guessed');
      return [response.status, await response.json()] as const;
    };
    const members = [{ id: PSID }, { id: PAGE }];
    expect(await read('/members')).to.deep.equal([200, members]);
    expect(await read('/activities/m_never/members')).to.deep.equal([200, members]);
    expect(await read('/pagedmembers')).to.deep.equal([200, { members }]);
    expect(await read(`/members/${PSID}`)).to.deep.equal([200, { id: PSID }]);
    expect((await read('/members/nobody'))[0]).to.equal(404);
  });

  it('makes the conversation with a customer, and sends the first activity', async () => {
    const wish = (changes: object) =>
      stage.say({ bot: { id: PAGE }, members: [{ id: PSID }], ...changes }, 'v3/conversations');
    const conversation = { id: CONVERSATION, serviceUrl: stage.channel.serviceUrl };
    expect(await wish({})).to.deep.include({ status: 201, body: conversation });
    expect(stage.graph.calls).to.be.empty;
    const said = await wish({ activity: { type: 'message', text: 'hello' } });
    expect(said).to.deep.include({ status: 201, body: { ...conversation, activityId: 'm_1' } });
    for (const changes of [
      { bot: undefined },
      { bot: { id: 'myIdBot' } },
      { members: [] },
      { members: [{ id: PSID }, { id: '7' }] },
      { members: [{ id: '../7' }] },
      { isGroup: true },
      { activity: { type: 'message' } },
    ]) {
      expect(await wish(changes), JSON.stringify(changes)).to.include({ status: 400 });
    }
    expect((await wish({ bot: { id: '7' } })).body.error!.message).to.equal(
      'CreateConversationAsync FAILED: Missing Bot Id',
    );
    expect(stage.graph.calls).to.have.length(1);
  });

  it('is at the root too, where the service has a host of its own', async () => {
    const response = await fetch(`${stage.channel.url}/${ACTIVITIES}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${await stage.token()}` },
      body: JSON.stringify({ type: 'message', text: 'hello' }),
    });
    expect(response.status).to.equal(201);
  });

  it('takes no token of another issuer, for another audience or of yesterday, whatever signed it', async () => {
    const { botAppId } = stage.registration;
    const now = Math.floor(Date.now() / 1000);
    for (const claims of [
      {},
      { aud: 'https://api.botframework.com', appid: botAppId },
      {
        aud: 'https://api.botframework.com',
        appid: botAppId,
        iss: 'https://login.microsoftonline.com/t/v2.0',
        ver: '2.0',
      },
      { aud: 'https://api.botframework.com', appid: botAppId, exp: now - 60 },
      { aud: 'https://api.botframework.com', appid: botAppId, exp: undefined },
    ]) {
      const token = await stage.channel.signToken(botAppId, claims);
      expect(await call('POST', ACTIVITIES, `Bearer ${token}`)).to.deep.equal({ status: 401, code: 'Unauthorized' });
    }
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${(await stage.token()).split('.')[1]}.`;
    expect(await call('POST', ACTIVITIES, `Bearer ${unsigned}`)).to.include({ status: 401 });
  });

  it('refuses an activity that is too large, and goes on', async () => {
    const contentUrl = `data:image/png;base64,${'A'.repeat(1_100_000)}`;
    const response = await fetch(`${stage.channel.serviceUrl}${ACTIVITIES}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${await stage.token()}` },
      body: JSON.stringify({ type: 'message', attachments: [{ contentType: 'image/png', contentUrl }] }),
    });
    expect(response.status).to.equal(413);
    expect(await stage.say({ type: 'message', text: 'hello' })).to.include({ status: 201 });
  });

  it('says which operations it does not have', async () => {
    const bearer = `Bearer ${await stage.token()}`;
    for (const [method, path] of [
      ['GET', 'v3/conversations'],
      ['GET', `${ACTIVITIES}/m_1`],
      ['PUT', `v3/conversations/${CONVERSATION}/members`],
      ['POST', `v3/conversations/${CONVERSATION}/attachments`],
    ] as const) {
      expect(await call(method, path, bearer)).to.deep.equal({ status: 501, code: 'NotImplemented' });
    }
    expect(stage.records.at(-1)).to.deep.equal({
      type: 'azureChannel.connectorRefused',
      method: 'POST',
      status: 501,
      code: 'NotImplemented',
      botAppId: stage.registration.botAppId,
    });
  });

  it('serves nothing else', async () => {
    expect((await fetch(`${stage.channel.url}/oauth/api/usertoken/GetToken`)).status).to.equal(404);
  });

  it('puts no token and no password into the trace', async () => {
    await stage.say({ type: 'message', text: 'a secret between us' });
    const trace = JSON.stringify(stage.records);
    for (const secret of ['a secret between us', 'eyJ', stage.registration.pageToken, stage.registration.botPassword]) {
      expect(trace).not.to.include(secret);
    }
  });
});
