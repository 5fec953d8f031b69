import { createHmac } from 'node:crypto';
import { expect } from 'chai';
import type { Emulator, EmulatorOptions } from '../../../emulator/emulator.ts';
import { startEmulator } from '../../../emulator/startEmulator.ts';
import { startCallback, type Callback } from '../callback.ts';

const inbox = 263902037430900;

describe('webhooks of the emulator', () => {
  let emulator: Emulator;
  let primary: Callback;
  let secondary: Callback;
  let primaryId: string;
  let secondaryId: string;
  let psid: string;

  async function start(options: EmulatorOptions): Promise<void> {
    emulator = await startEmulator({ fields: 'all', ...options });
    [primaryId, secondaryId] = emulator.apps.map(({ id }) => id) as [string, string];
    psid = emulator.customers[0]!;
    await emulator.registerWebhook(primaryId, { callbackUrl: primary.url, verifyToken: 'verify-one' });
    await emulator.registerWebhook(secondaryId, { callbackUrl: secondary.url, verifyToken: 'verify-two' });
  }

  beforeEach(async () => {
    primary = await startCallback();
    secondary = await startCallback();
  });
  afterEach(async () => {
    await emulator.close();
    await primary.close();
    await secondary.close();
  });

  async function graph(app: 0 | 1, edge: string, body: object): Promise<number> {
    const response = await fetch(`${emulator.url}/v26.0/me/${edge}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${emulator.apps[app]!.pageToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ recipient: { id: psid }, ...body }),
    });
    await response.text();
    return response.status;
  }

  /** What came since the last look: channel and item of each entry. */
  async function news(callback: Callback): Promise<[string, Record<string, unknown>][]> {
    await emulator.settled();
    return callback.received
      .splice(0)
      .flatMap(({ body }) =>
        body.entry.flatMap((entry) =>
          ['messaging', 'standby'].flatMap((channel) =>
            ((entry[channel] ?? []) as Record<string, unknown>[]).map((item): [string, Record<string, unknown>] => [
              channel,
              item,
            ]),
          ),
        ),
      );
  }
  const words = (items: [string, Record<string, unknown>][]): string[] =>
    items.map(([channel, item]) => {
      const kind = Object.keys(item).find((key) => !['sender', 'recipient', 'timestamp'].includes(key));
      const echo = (item['message'] as { is_echo?: boolean } | undefined)?.is_echo === true ? ' echo' : '';
      return `${channel} ${kind ?? ''}${echo}`;
    });

  it('signs the escaped bytes that are on the wire, with both headers', async () => {
    await start({});
    emulator.customer().say('grüße/☕ 😀');
    await emulator.settled();
    const { bytes, headers } = primary.received[0]!;
    const text = bytes.toString();
    expect(text).to.contain('gr\\u00fc\\u00dfe\\/\\u2615 \\ud83d\\ude00');
    const secret = emulator.apps[0]!.appSecret;
    const of = (algorithm: string): string => createHmac(algorithm, secret).update(bytes).digest('hex');
    expect(headers['x-hub-signature-256']).to.equal(`sha256=${of('sha256')}`);
    expect(headers['x-hub-signature']).to.equal(`sha1=${of('sha1')}`);
    const printedAgain = createHmac('sha256', secret)
      .update(JSON.stringify(JSON.parse(text)))
      .digest('hex');
    expect(headers['x-hub-signature-256']).not.to.contain(printedAgain);
  });

  it('leaves what went over the wire in the event stream, with its signature', async () => {
    await start({});
    primary.statuses.push(500);
    emulator.customer().say('grüße');
    await emulator.settled();
    const { bytes, headers } = primary.received[0]!;
    for (const type of ['webhookFailed', 'webhookDelivered']) {
      const event = emulator.events().find((one) => one.type === type && 'appId' in one && one.appId === primaryId);
      const { post } = event as unknown as { post: { url: string; body: string; headers: Record<string, string> } };
      expect([post.url, post.body], type).to.deep.equal([primary.url, bytes.toString()]);
      expect(post.headers['x-hub-signature-256']).to.equal(headers['x-hub-signature-256']);
    }
  });

  it('puts a message on messaging for the owner and on standby, without a messaging key, for others', async () => {
    await start({});
    emulator.customer().say('hi');
    await emulator.settled();
    const [forOwner] = primary.received[0]!.body.entry;
    expect(forOwner).to.have.all.keys('id', 'time', 'messaging');
    expect(forOwner?.['id']).to.equal(emulator.pageId);
    const [item] = forOwner!['messaging'] as { timestamp: number; message: { mid: string } }[];
    expect(item).to.deep.equal({
      sender: { id: psid },
      recipient: { id: emulator.pageId },
      timestamp: item!.timestamp,
      message: { mid: item!.message.mid, text: 'hi' },
    });
    expect(forOwner?.['time']).to.equal(item?.timestamp);
    expect(secondary.received[0]!.body.entry[0]).to.have.all.keys('id', 'time', 'standby');
  });

  it('sends an echo to every app, from the Page, with a numeric app id and the metadata', async () => {
    await start({});
    emulator.customer().say('hi');
    await news(primary);
    await news(secondary);
    await graph(0, 'messages', { message: { text: 'hello', metadata: 'mark' } });
    const [[channel, item]] = (await news(primary)) as [[string, Record<string, unknown>]];
    expect([channel, item['sender'], item['recipient']]).to.deep.equal([
      'messaging',
      { id: emulator.pageId },
      { id: psid },
    ]);
    expect(item['message']).to.include({ is_echo: true, app_id: Number(primaryId), text: 'hello', metadata: 'mark' });
    expect(words(await news(secondary))).to.deep.equal(['standby message echo']);
  });

  it('keeps the quick reply payload on standby', async () => {
    await start({});
    emulator.customer().say('hi');
    await graph(0, 'messages', {
      message: { text: 'choose', quick_replies: [{ content_type: 'text', title: 'One', payload: 'ONE' }] },
    });
    await news(secondary);
    emulator.customer().tap('One');
    const [[, item]] = (await news(secondary)) as [[string, Record<string, unknown>]];
    expect(item['message']).to.deep.include({ text: 'One', quick_reply: { payload: 'ONE' } });
  });

  it('gives the payload of a button only to the app that sent it, on messaging even when another one owns', async () => {
    await start({ mode: 'classic' });
    emulator.customer().say('hi');
    const button = { type: 'postback', title: 'Go', payload: 'GO' };
    const attachment = { type: 'template', payload: { template_type: 'button', text: 'Tap', buttons: [button] } };
    expect(await graph(1, 'messages', { message: { attachment } })).to.equal(200);
    await news(primary);
    await news(secondary);
    emulator.customer().postback({ title: 'Go' });
    const [[ownerChannel, forOwner]] = (await news(primary)) as [[string, Record<string, unknown>]];
    expect(ownerChannel).to.equal('messaging');
    expect(forOwner['postback']).to.have.all.keys('title', 'mid');
    const [[senderChannel, forSender]] = (await news(secondary)) as [[string, Record<string, unknown>]];
    expect(senderChannel).to.equal('messaging');
    expect(forSender['postback']).to.include({ title: 'Go', payload: 'GO' });
    emulator.customer().postback({ title: 'Menu', payload: 'MENU', appId: primaryId });
    const [[channel, onStandby]] = (await news(secondary)) as [[string, Record<string, unknown>]];
    expect(channel).to.equal('standby');
    expect(onStandby['postback']).to.have.all.keys('title', 'mid');
  });

  it('sends reads and deliveries on command', async () => {
    await start({});
    expect(() => emulator.customer().read()).to.throw('not sent');
    emulator.customer().say('hi');
    await graph(0, 'messages', { message: { text: 'hello' } });
    await news(primary);
    emulator.customer().receive();
    emulator.customer().read();
    expect(words(await news(primary))).to.deep.equal(['messaging delivery', 'messaging read']);
  });

  describe('of a handover', () => {
    const control = async (callback: Callback, kind: string): Promise<unknown> =>
      (await news(callback)).map(([, item]) => item[kind]).find((found) => found !== undefined);

    it('in classic name the new owner of a pass and the previous one of a take', async () => {
      await start({ mode: 'classic' });
      emulator.customer().say('hi');
      await graph(0, 'pass_thread_control', { target_app_id: secondaryId, metadata: 'yours' });
      expect(await control(secondary, 'pass_thread_control')).to.deep.equal({
        new_owner_app_id: Number(secondaryId),
        metadata: 'yours',
      });
      await graph(0, 'take_thread_control', {});
      expect(await control(secondary, 'take_thread_control')).to.deep.equal({
        previous_owner_app_id: Number(secondaryId),
      });
    });

    it('in classic tell the primary of its own taking from the Page Inbox as of a pass', async () => {
      await start({ mode: 'classic' });
      await graph(0, 'pass_thread_control', { target_app_id: inbox });
      expect(emulator.state().threads[psid]?.folder).to.equal('Main');
      await graph(0, 'take_thread_control', { metadata: 'mine' });
      expect(await control(primary, 'pass_thread_control')).to.deep.equal({
        new_owner_app_id: Number(primaryId),
        metadata: 'mine',
      });
    });

    it('in classic say what the agent does: Done passes with its words, Move to Main requests with null', async () => {
      await start({ mode: 'classic' });
      emulator.customer().say('hi');
      emulator.inbox().moveToMain();
      expect(await control(primary, 'request_thread_control')).to.deep.equal({
        requested_owner_app_id: inbox,
        metadata: null,
      });
      expect(emulator.state().threads[psid]).to.include({ folder: 'Main', owner: primaryId });
      emulator.customer().say('still there?');
      expect(emulator.state().threads[psid]?.folder).to.equal('Done');
      await graph(0, 'pass_thread_control', { target_app_id: inbox });
      emulator.inbox().markAsDone();
      expect(await control(primary, 'pass_thread_control')).to.deep.equal({
        new_owner_app_id: Number(primaryId),
        metadata: 'Pass thread control from Page Inbox',
      });
      expect(emulator.state().threads[psid]).to.include({ folder: 'Done', owner: primaryId });
    });

    it('in routing have a null previous owner when the thread was idle', async () => {
      await start({});
      emulator.customer().say('hi');
      await graph(0, 'release_thread_control', {});
      await graph(1, 'take_thread_control', {});
      expect(await control(primary, 'take_thread_control')).to.deep.equal({
        previous_owner_app_id: null,
        new_owner_app_id: Number(secondaryId),
      });
    });

    it("in routing tell the owner of the agent's taking, and release tells nobody", async () => {
      await start({});
      emulator.customer().say('hi');
      await news(primary);
      emulator.inbox().reply('a person here');
      expect(words(await news(primary))).to.deep.equal(['messaging take_thread_control', 'standby message echo']);
      emulator.inbox().markAsDone();
      expect(words(await news(primary))).to.deep.equal(['messaging pass_thread_control']);
      await graph(0, 'release_thread_control', {});
      expect(await news(primary)).to.deep.equal([]);
    });

    it('can tell every app of a take, with string ids and null metadata, by switch', async () => {
      await start({ switches: { takeNotifies: 'everyApp', webhookAppIds: 'string', missingMetadata: 'null' } });
      emulator.customer().say('hi');
      await graph(0, 'pass_thread_control', { target_app_id: secondaryId });
      await news(primary);
      await graph(0, 'take_thread_control', {});
      const told = { previous_owner_app_id: secondaryId, new_owner_app_id: primaryId, metadata: null };
      expect(await control(primary, 'take_thread_control')).to.deep.equal(told);
    });

    it('say who has which role when the roles change', async () => {
      await start({});
      emulator.setRoles({ primaryAppId: secondaryId });
      const [[, item]] = (await news(secondary)) as [[string, Record<string, unknown>]];
      expect(item).to.have.all.keys('recipient', 'timestamp', 'app_roles');
      expect(item['app_roles']).to.deep.equal({ [secondaryId]: ['primary_receiver'] });
      const [[, other]] = (await news(primary)) as [[string, Record<string, unknown>]];
      expect(other['app_roles']).to.deep.equal({ [primaryId]: ['secondary_receiver'] });
    });
  });

  it('loses ownership a day after the last message and gives the next one to the default app', async () => {
    await start({});
    emulator.customer().say('hi');
    await graph(0, 'pass_thread_control', { target_app_id: secondaryId });
    emulator.advanceClock(86_400_000 - 1000 * 60);
    emulator.customer().say('still here');
    emulator.advanceClock(86_400_000 - 1000 * 60);
    expect(emulator.state().threads[psid]?.owner).to.equal(secondaryId);
    emulator.advanceClock(1000 * 120);
    expect(emulator.state().threads[psid]?.owner).to.equal(null);
    await news(primary);
    emulator.customer().say('hello again');
    expect(words(await news(primary))).to.deep.equal(['messaging message']);
    expect(emulator.state().threads[psid]?.owner).to.equal(primaryId);
  });

  it('keeps the order within a conversation while an answer is slow', async () => {
    await start({});
    const slow = Promise.withResolvers<undefined>();
    primary.beforeAnswer = () => slow.promise;
    for (const text of ['one', 'two', 'three']) emulator.customer().say(text);
    const other = emulator.addCustomer();
    emulator.customer(other).say('from another one');
    primary.beforeAnswer = () => slow.promise;
    slow.resolve(undefined);
    const texts = (await news(primary)).map(([, item]) => (item['message'] as { text: string }).text);
    expect(texts.filter((text) => text !== 'from another one')).to.deep.equal(['one', 'two', 'three']);
    expect(texts).to.include('from another one');
  });

  it('tries a failed webhook again at once, with the same bytes, and puts it off after three tries', async () => {
    await start({});
    primary.statuses.push(500, 500);
    emulator.customer().say('hi');
    await emulator.settled();
    expect(primary.received).to.have.length(3);
    expect(new Set(primary.received.map(({ bytes }) => bytes.toString())).size).to.equal(1);
    primary.statuses.push(500, 302, 500);
    emulator.customer().say('again');
    await emulator.settled();
    const types = emulator.events().map(({ type }) => type);
    expect(types.filter((type) => type === 'webhookFailed')).to.have.length(5);
    expect(types.filter((type) => type === 'webhookPostponed')).to.have.length(1);
  });

  it('puts what was kept back into one POST when told to batch', async () => {
    await start({ batching: 'items' });
    emulator.holdWebhooks(primaryId);
    emulator.customer().say('one');
    emulator.customer().say('two');
    await emulator.settled();
    expect(primary.received).to.have.length(0);
    emulator.releaseWebhooks(primaryId);
    await emulator.settled();
    expect(primary.received).to.have.length(1);
    expect(primary.received[0]!.body.entry[0]?.['messaging']).to.have.length(2);
  });

  it('does not register a callback that does not answer with the challenge', async () => {
    await start({});
    primary.challengeAnswer = (challenge) => `"${challenge}"`;
    const outcome = await emulator
      .registerWebhook(primaryId, { callbackUrl: primary.url, verifyToken: 'x' })
      .catch((error: unknown) => (error as Error).message);
    expect(outcome).to.match(/bare hub\.challenge/);
  });
});
