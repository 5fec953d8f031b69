import { expect } from 'chai';
import { startPage, type GraphAnswer, type PageUnderTest } from '../pageUnderTest.ts';

/** What bots and SDKs of others call when they are set up, and around their messages. */
describe('calls around messages', () => {
  let page: PageUnderTest;
  beforeEach(async () => {
    page = await startPage();
    page.emulator.customer().say('hi');
    await page.emulator.settled();
  });
  afterEach(() => page.close());

  async function call(method: string, path: string, body?: object): Promise<GraphAnswer> {
    const response = await fetch(`${page.emulator.url}/v27.0/${path}`, {
      method,
      headers: { authorization: `Bearer ${page.emulator.apps[0]!.pageToken}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const { status, headers } = response;
    return { status, headers, body: (await response.json()) as GraphAnswer['body'] };
  }
  const lastSaid = () => {
    const event = page.emulator.events().findLast(({ type }) => type === 'pageMessage');
    return event?.type === 'pageMessage' ? event : undefined;
  };

  describe('the profile of a customer', () => {
    it('has the name that people see', async () => {
      const { body } = await call('GET', `${page.psid}?fields=first_name,last_name,profile_pic`);
      expect(body).to.include({ first_name: 'Carla', last_name: 'Customer', id: page.psid });
      expect((await fetch(String(body['profile_pic']))).headers.get('content-type')).to.contain('image');
      const all = await call('GET', `${page.psid}?fields=name,locale,timezone,gender,id,birthday`);
      expect(all.body).to.include({ name: 'Carla Customer', locale: 'en_US', timezone: 0 });
      expect((await call('GET', page.psid)).body).to.have.all.keys('first_name', 'last_name', 'profile_pic', 'id');
    });

    it('cannot be read of a stranger, or where it is closed', async () => {
      expect((await call('GET', '7004999999999999')).body.error).to.include({ code: 100, error_subcode: 33 });
      page.emulator.setSwitches({ userProfiles: 'closed' });
      const { body, headers } = await call('GET', page.psid);
      expect(body.error).to.include({
        message: '(#100) No profile available for this user.',
        error_subcode: 2018218,
      });
      expect(headers.get('x-emulated')).to.equal(null);
    });
  });

  it('make personas, speak as them and delete them', async () => {
    const ann = { name: 'Ann', profile_picture_url: 'https://example.com/ann.png' };
    expect((await call('GET', 'me/personas')).body).to.deep.equal({ data: [] });
    const { id } = (await call('POST', 'me/personas', ann)).body as { id: string };
    expect((await call('GET', 'me/personas')).body['data']).to.deep.equal([{ ...ann, id }]);
    expect((await call('GET', id)).body).to.deep.equal({ ...ann, id });
    const said = { recipient: { id: page.psid }, message: { text: 'hello' }, persona_id: id };
    expect((await call('POST', 'me/messages', said)).status).to.equal(200);
    expect(lastSaid()).to.include({ persona: 'Ann', text: 'hello' });
    expect(page.emulator.state().threads[page.psid]?.messages.at(-1)?.persona).to.include({ name: 'Ann' });
    expect((await call('DELETE', id)).body).to.deep.equal({ success: true });
    expect((await call('POST', 'me/messages', said)).status).to.equal(400);
    expect((await call('GET', id)).body.error).to.include({ error_subcode: 33 });
    expect((await call('POST', 'me/personas', { name: 'Ann' })).status).to.equal(400);
  });

  it('save files, and send them by their ids as often as they like', async () => {
    const attachment = { type: 'image', payload: { url: 'https://example.com/a.png', is_reusable: true } };
    const saved = await call('POST', 'me/message_attachments', { message: { attachment } });
    const payload = { attachment_id: String(saved.body['attachment_id']) };
    for (const _ of [1, 2]) {
      const message = { attachment: { type: 'image', payload } };
      expect((await call('POST', 'me/messages', { recipient: { id: page.psid }, message })).status).to.equal(200);
      expect(lastSaid()?.attachments).to.deep.equal([{ type: 'image', payload: { url: 'https://example.com/a.png' } }]);
    }
  });

  it('save uploaded files', async () => {
    const form = new FormData();
    form.set('message', '{"attachment":{"type":"file","payload":{"is_reusable":true}}}');
    form.set('filedata', new Blob(['hello'], { type: 'text/plain' }), 'note.txt');
    const url = `${page.emulator.url}/me/message_attachments?access_token=${page.emulator.apps[0]!.pageToken}`;
    const saved = (await (await fetch(url, { method: 'POST', body: form })).json()) as { attachment_id: string };
    const message = { attachment: { type: 'file', payload: saved } };
    expect((await call('POST', 'me/messages', { recipient: { id: page.psid }, message })).status).to.equal(200);
    expect(String(lastSaid()?.attachments?.[0]?.payload['url'])).to.match(/note\.txt$/);
  });

  describe('conversations', () => {
    interface List {
      readonly data: { readonly id: string; readonly message?: string }[];
      readonly paging: { readonly next?: string };
    }

    it('are read by their ids, with their messages page by page', async () => {
      for (let n = 1; n <= 6; n += 1) page.emulator.customer().say(`text ${n}`);
      const list = (await call('GET', `me/conversations?user_id=${page.psid}`)).body as unknown as List;
      const [conversation] = list.data;
      const node = await call('GET', `${conversation?.id}?fields=participants,message_count`);
      expect(node.body).to.include({ message_count: 7, id: conversation?.id });
      const token = page.emulator.apps[0]!.pageToken;
      const texts: (string | undefined)[] = [];
      let next: string | undefined =
        `${page.emulator.url}/${conversation?.id}/messages?limit=3&fields=message&access_token=${token}`;
      while (next !== undefined) {
        const { data, paging } = (await (await fetch(next)).json()) as List;
        texts.push(...data.map(({ message }) => message));
        next = paging.next === undefined ? undefined : `${paging.next}&fields=message`;
      }
      expect(texts).to.deep.equal(['text 6', 'text 5', 'text 4', 'text 3', 'text 2', 'text 1', 'hi']);
    });

    it('have messages that are read by their ids while they are among the newest twenty', async () => {
      const mid = page.emulator.customer().say('where is it?');
      const { body } = await call('GET', `${mid}?fields=message,from,to,created_time`);
      expect(body).to.deep.include({
        id: mid,
        message: 'where is it?',
        from: { name: 'Carla Customer', id: page.psid },
      });
      for (let n = 0; n < 20; n += 1) page.emulator.customer().say('more');
      expect((await call('GET', mid)).body.error).to.include({ error_subcode: 33 });
    });

    it('come page by page themselves', async () => {
      page.emulator.customer(page.emulator.addCustomer({ name: 'Bo' })).say('ho');
      const first = (await call('GET', 'me/conversations?limit=1&fields=participants')).body as unknown as List;
      const token = page.emulator.apps[0]!.pageToken;
      const second = (await (await fetch(`${first.paging.next}&access_token=${token}`)).json()) as List;
      expect(first.data[0]?.id).not.to.equal(second.data[0]?.id);
      expect(second.paging).to.not.have.property('next');
    });
  });

  describe('messages to somebody whose id the app does not know', () => {
    const sendTo = (recipient: object): Promise<GraphAnswer> =>
      call('POST', 'me/messages', { recipient, message: { text: 'hello' } });

    for (const recipient of [{ user_ref: 'ref-1' }, { phone_number: '+1(212)555-2368' }]) {
      it(`by ${Object.keys(recipient).join()} reach the same new customer each time, whose id is not told`, async () => {
        for (const { status, body } of [await sendTo(recipient), await sendTo(recipient)]) {
          expect(status).to.equal(200);
          expect(body).to.have.all.keys('message_id');
        }
        expect(page.emulator.customers).to.have.length(2);
      });
    }

    for (const recipient of [{ comment_id: '1_2' }, { post_id: '1_3' }]) {
      it(`by ${Object.keys(recipient).join()} reach the same new customer each time`, async () => {
        const [first, second] = [await sendTo(recipient), await sendTo(recipient)];
        expect([first.status, second.status]).to.deep.equal([200, 200]);
        expect(first.body['recipient_id']).to.equal(second.body['recipient_id']);
        expect(first.body['recipient_id']).to.not.equal(page.psid);
        expect(page.emulator.customers).to.have.length(2);
      });
    }

    it('by the token of an opt-in reach who opted in, however long ago, and nobody by a made-up one', async () => {
      await page.news(0);
      page.emulator.customer().optIn({ payload: 'NEWS' });
      const [[, item]] = (await page.news(0)) as [[string, { optin: { notification_messages_token: string } }]];
      page.emulator.advanceClock(10 * 86_400_000);
      const { notification_messages_token } = item.optin;
      expect((await sendTo({ notification_messages_token })).body['recipient_id']).to.equal(page.psid);
      expect((await sendTo({ notification_messages_token: 'made-up' })).status).to.equal(400);
    });
  });

  describe('templates that the emulator does not lay out', () => {
    const elements = [{ title: 'Shirt', subtitle: '', quantity: 1, price: 20, currency: 'USD', image_url: '' }];
    const postback = { type: 'postback', title: 'Go', payload: 'GO' };
    const payloads: Readonly<Record<string, object>> = {
      receipt: { recipient_name: 'Carla', order_number: '1', currency: 'USD', summary: { total_cost: 20 }, elements },
      media: { elements: [{ media_type: 'image', url: 'https://www.facebook.com/photo/1', buttons: [postback] }] },
      customer_feedback: { title: 'How was it?', feedback_screens: [{ questions: [{ id: 'q', type: 'csat' }] }] },
      coupon: { title: '10 %', subtitle: '', coupon_code: 'TEN', payload: 'COUPON' },
      product: { elements: [{ id: '1' }, { id: '2' }] },
      notification_messages: { title: 'News', payload: 'NEWS', notification_messages_frequency: 'DAILY' },
      one_time_notif_req: { title: 'Back in stock', payload: 'STOCK' },
      airline_update: { intro_message: 'Delayed', pnr_number: 'CF23G2', update_type: 'delay' },
      button: {
        text: 'Log in',
        buttons: [{ type: 'account_link', url: 'https://example.com/' }, { type: 'account_unlink' }],
      },
      generic: { elements: [{ title: 'Order', subtitle: '', image_url: '', buttons: [] }] },
    };
    for (const [kind, payload] of Object.entries(payloads)) {
      it(`are kept as they were sent: ${kind}`, async () => {
        const message = { attachment: { type: 'template', payload: { template_type: kind, ...payload } } };
        expect((await call('POST', 'me/messages', { recipient: { id: page.psid }, message })).status).to.equal(200);
        const kept = lastSaid()?.attachments?.[0]?.payload;
        expect(Object.keys(kept ?? {})).to.include.members(Object.keys(payload));
      });
    }

    it('have buttons that can be tapped', async () => {
      const message = { attachment: { type: 'template', payload: { template_type: 'media', ...payloads['media'] } } };
      await call('POST', 'me/messages', { recipient: { id: page.psid }, message });
      expect(page.emulator.customer().postback({ title: 'Go' })).to.be.a('string');
    });
  });

  it('offer what Messenger knows as quick replies', async () => {
    const quick_replies = [{ content_type: 'user_email' }, { content_type: 'user_phone_number' }];
    await call('POST', 'me/messages', { recipient: { id: page.psid }, message: { text: 'How?', quick_replies } });
    await page.news(0);
    page.emulator.customer().tap('customer@example.com');
    const [[, item]] = (await page.news(0)) as [[string, { message: object }]];
    expect(item.message).to.deep.include({ quick_reply: { payload: 'customer@example.com' } });
  });

  for (const [method, path, expected] of [
    ['POST', 'me/nlp_configs?nlp_enabled=true', { success: true }],
    ['POST', 'me/custom_user_settings?psid=1', { success: true }],
    ['GET', 'me/custom_labels', { data: [] }],
    ['POST', 'me/custom_labels?page_label_name=new', { id: '1' }],
    ['POST', '1/label?user=7004000000000001', { success: true }],
    ['DELETE', '1/label?user=7004000000000001', { success: true }],
    ['GET', '1?fields=page_label_name', { id: '1' }],
    ['DELETE', '1', { success: true }],
    ['GET', 'me/messaging_feature_review', { data: [] }],
    ['GET', 'me/insights/page_messages_total_messaging_connections', { data: [] }],
    ['POST', 'me/unlink_accounts?psid=1', { result: 'unlink account success' }],
  ] as const) {
    it(`are answered though they change nothing, and say so: ${method} ${path}`, async () => {
      const { status, headers, body } = await call(method, path);
      expect([status, headers.get('x-emulated'), body]).to.deep.equal([200, 'faked', expected]);
    });
  }

  it('may have names that are dangerous in JavaScript, which are only names', async () => {
    const recipient = { id: page.psid };
    const quick_replies = [{ content_type: 'constructor', title: 'x', payload: 'x' }];
    const buttons = [{ type: 'constructor', title: 'x' }];
    const payload = { template_type: 'media', elements: [{ buttons }] };
    const answers = [
      await call('GET', 't_emulated__proto__?fields=messages'),
      await call('GET', 't_emulatedconstructor/messages'),
      await call('GET', 'me/constructor'),
      await call('GET', '__proto__'),
      await call('POST', 'me/messages', { recipient, message: { text: 'x', quick_replies } }),
      await call('POST', 'me/messages', { recipient, message: { attachment: { type: 'template', payload } } }),
      await call('POST', 'me/messages', { recipient: { user_ref: '__proto__' }, message: { text: 'x' } }),
    ];
    expect(answers.map(({ status }) => status)).to.deep.equal([400, 400, 400, 400, 400, 400, 200]);
    expect(page.emulator.events().filter(({ type }) => type === 'internalError')).to.deep.equal([]);
  });

  it('may use tags of their time in classic, outside the window too', async () => {
    page.emulator.advanceClock(3 * 86_400_000);
    const tagged = { recipient: { id: page.psid }, message: { text: 'x' }, messaging_type: 'MESSAGE_TAG' };
    const send = async (tag: string): Promise<number> => (await call('POST', 'me/messages', { ...tagged, tag })).status;
    expect(await send('ACCOUNT_UPDATE')).to.equal(400);
    page.emulator.setMode('classic');
    expect(await send('ACCOUNT_UPDATE')).to.equal(200);
    expect(await send('NO_SUCH_TAG')).to.equal(400);
  });
});
