import { expect } from 'chai';
import { createMessengerWebhook } from '../../../emulator/azureChannel/messengerWebhook.ts';
import { defaultTranslation } from '../../../emulator/azureChannel/translationOptions.ts';
import { createBusyTracker } from '../../../emulator/runtime/busy.ts';
import { fromCustomer, NOW, OTHER_PSID, PAGE, registrationWith, setStage, sign } from './channelUnderTest.ts';
import type { Stage } from './channelUnderTest.ts';

const said = (text: string, psid?: string): object => fromCustomer({ message: { mid: `m_${text}`, text } }, psid);

/** A promise that the test resolves. */
const latch = () => {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { open, opened };
};

describe("the channel as a Facebook app's webhook", () => {
  let stage: Stage;
  afterEach(() => stage.close());

  const callback = () => stage.channel.webhookOf(stage.registration.botAppId).callbackUrl;
  const postBytes = async (bytes: string, signature?: string): Promise<number> => {
    const headers = signature === undefined ? {} : { 'x-hub-signature-256': signature };
    const response = await fetch(callback(), { method: 'POST', headers, body: bytes });
    await response.text();
    await stage.channel.settled();
    return response.status;
  };

  it('registers itself with the emulated Messenger', async () => {
    stage = await setStage();
    const { facebookAppId, verifyToken } = stage.registration;
    expect(stage.webhooks).to.deep.equal([
      { appId: facebookAppId, callback: { callbackUrl: callback(), verifyToken } },
    ]);
  });

  it('answers the handshake with the bare challenge, and only with the right verify token', async () => {
    stage = await setStage();
    const ask = (token: string) =>
      fetch(`${callback()}?hub.mode=subscribe&hub.verify_token=${token}&hub.challenge=1158201444`);
    const right = await ask(stage.registration.verifyToken);
    expect([right.status, await right.text()]).to.deep.equal([200, '1158201444']);
    expect((await ask('another')).status).to.equal(403);
  });

  it('takes bytes signed with the secret of the app, escapes and all', async () => {
    stage = await setStage();
    const bytes = `{"object":"page","entry":[{"id":"${PAGE}","time":1,"messaging":[{"sender":{"id":"23"},"recipient":{"id":"${PAGE}"},"timestamp":1,"message":{"mid":"m_1","text":"f\\u00fcr \\/ dich"}}]}]}`;
    expect(await postBytes(bytes, sign(bytes, stage.registration.appSecret))).to.equal(200);
    expect(stage.activities()[0]!.text).to.equal('für / dich');
  });

  it('refuses a missing signature, another secret and changed bytes', async () => {
    stage = await setStage();
    const bytes = JSON.stringify({ object: 'page', entry: [{ id: PAGE, time: 1, messaging: [said('hi')] }] });
    expect(await postBytes(bytes)).to.equal(403);
    expect(await postBytes(bytes, sign(bytes, 'another secret'))).to.equal(403);
    expect(await postBytes(`${bytes} `, sign(bytes, stage.registration.appSecret))).to.equal(403);
    expect(stage.bot.calls).to.be.empty;
  });

  it('answers before the bot has answered', async () => {
    const bot = latch();
    stage = await setStage({ bot: () => bot.opened.then(() => ({})) });
    const bytes = JSON.stringify({ object: 'page', entry: [{ id: PAGE, time: 1, messaging: [said('hi')] }] });
    const headers = { 'x-hub-signature-256': sign(bytes, stage.registration.appSecret) };
    const response = await fetch(callback(), { method: 'POST', headers, body: bytes });
    expect(response.status).to.equal(200);
    expect([...stage.sources].map((source) => source.busy())).to.deep.equal([true]);
    bot.open();
    await stage.channel.settled();
    expect([...stage.sources].map((source) => source.busy())).to.deep.equal([false]);
  });

  it('lets a conversation wait for its bot, and no other conversation', async () => {
    const first = latch();
    const reached = { one: latch(), other: latch() };
    stage = await setStage({
      bot: async ({ body }) => {
        if (body.text === 'other') reached.other.open();
        if (body.text === 'one') {
          reached.one.open();
          await first.opened;
        }
        return {};
      },
    });
    const done = stage.post({ messaging: [said('one'), said('two'), said('other', OTHER_PSID)] });
    await Promise.all([reached.one.opened, reached.other.opened]);
    expect(stage.activities().map(({ text }) => text)).to.have.members(['one', 'other']);
    first.open();
    await done;
    expect(stage.activities().map(({ text }) => text)[2]).to.equal('two');
  });

  it('lets a standby activity wait for every conversation that it tells about', async () => {
    const first = latch();
    const reached = { one: latch(), other: latch() };
    stage = await setStage({
      bot: async ({ body }) => {
        if (body.text === 'other') reached.other.open();
        if (body.text === 'one') {
          reached.one.open();
          await first.opened;
        }
        return {};
      },
    });
    const standby = [said('a', OTHER_PSID), said('b')];
    const done = stage.post({ messaging: [said('one'), said('other', OTHER_PSID)], standby });
    await Promise.all([reached.one.opened, reached.other.opened]);
    expect(stage.bot.calls).to.have.length(2);
    first.open();
    await done;
    expect(stage.activities().map(({ type }) => type)).to.deep.equal(['message', 'message', 'event']);
  });

  it('knows no webhook of a bot that is not registered', async () => {
    stage = await setStage();
    expect((await fetch(`${stage.channel.url}/facebook/nobody/webhook`)).status).to.equal(404);
  });

  it('ignores signed bytes that are no Page webhook', async () => {
    stage = await setStage();
    for (const bytes of ['', 'null', '{"object":"user","entry":[]}']) {
      expect(await postBytes(bytes, sign(bytes, stage.registration.appSecret))).to.equal(200);
    }
    expect(stage.records.map(({ type }) => type)).to.deep.equal(Array(3).fill('azureChannel.webhookIgnored'));
  });
});

describe('the work that a webhook starts', () => {
  it('is busy from before the answer until everything of the webhook is delivered', async () => {
    const busy = createBusyTracker();
    const registration = registrationWith();
    const delivered = latch();
    const webhook = createMessengerWebhook({
      busy,
      clock: () => NOW,
      trace: () => undefined,
      translation: defaultTranslation,
      serviceUrl: () => 'http://127.0.0.1:1/facebook/',
      nextId: () => 'azure-1',
      deliver: () => delivered.opened,
    });
    const body = Buffer.from(JSON.stringify({ object: 'page', entry: [{ id: PAGE, messaging: [said('hi')] }] }));
    const headers = { 'x-hub-signature-256': sign(body.toString(), registration.appSecret) };
    const request = { method: 'POST', path: '/', query: new URLSearchParams(), headers, body };
    const answer = webhook(request, registration);
    expect(busy.busy()).to.equal(true);
    answer.afterwards!();
    expect(busy.busy()).to.equal(true);
    delivered.open();
    await busy.idle();
    expect(busy.busy()).to.equal(false);
  });
});
