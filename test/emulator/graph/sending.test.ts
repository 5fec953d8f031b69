import { expect } from 'chai';
import { startPage, type GraphAnswer, type News, type PageUnderTest } from '../pageUnderTest.ts';

describe('what can be sent with the emulated Send API', () => {
  let page: PageUnderTest;
  beforeEach(async () => {
    page = await startPage();
    page.emulator.customer().say('hi');
    await page.news(0);
    await page.news(1);
  });
  afterEach(() => page.close());

  const attach = (type: string, payload: object): Promise<GraphAnswer> =>
    page.post(0, 'messages', { message: { attachment: { type, payload } } });
  const template = (payload: object): Promise<GraphAnswer> => attach('template', payload);
  const button = { type: 'postback', title: 'Go', payload: 'GO' };
  const link = { type: 'web_url', title: 'Read', url: 'https://example.com/' };

  for (const type of ['image', 'video', 'audio', 'file']) {
    it(`sends a ${type} by its address, with an echo and no text`, async () => {
      const url = 'https://example.com/a';
      const { body } = await attach(type, { url, is_reusable: true });
      expect(body).to.have.all.keys('recipient_id', 'message_id', 'attachment_id');
      const again = await attach(type, { attachment_id: body['attachment_id'] });
      expect(again.body).to.have.all.keys('recipient_id', 'message_id');
      const echoes = await page.news(1);
      expect(echoes).to.have.length(2);
      for (const [, item] of echoes) {
        expect(item['message']).to.deep.include({ is_echo: true, attachments: [{ type, payload: { url } }] });
        expect(item['message']).not.to.have.property('text');
      }
    });
  }

  it('sends a generic template whose buttons can be tapped', async () => {
    const element = { title: 'A', subtitle: 'a', image_url: 'https://example.com/a.png', buttons: [link, button] };
    expect((await template({ template_type: 'generic', elements: [element, { title: 'B' }] })).status).to.equal(200);
    page.emulator.customer().postback({ title: 'Go' });
    const [, [, tapped]] = (await page.news(0)) as [unknown, [string, Record<string, unknown>]];
    expect(tapped['postback']).to.include({ title: 'Go', payload: 'GO' });
  });

  it('echoes a button template as it was sent', async () => {
    const payload = { template_type: 'button', text: 'Choose', buttons: [button, link] };
    await template(payload);
    const [[, item]] = (await page.news(0)) as [[string, Record<string, unknown>]];
    expect(item['message']).to.deep.include({ text: 'Choose', attachments: [{ type: 'template', payload }] });
  });

  it('cuts the titles of buttons in a template, and has them tapped as they are shown', async () => {
    const title = 'A title of more than twenty signs';
    const elements = [{ title: 'A', buttons: [{ ...button, title }, link] }, { title: 'B' }];
    await template({ template_type: 'generic', elements });
    const [[, item]] = (await page.news(0)) as [[string, { message: { attachments: [{ payload: object }] } }]];
    const shown = { ...button, title: title.slice(0, 20) };
    expect(item.message.attachments[0].payload).to.deep.equal({
      template_type: 'generic',
      elements: [{ title: 'A', buttons: [shown, link] }, { title: 'B' }],
    });
    page.emulator.customer().postback({ title: shown.title });
    const [[, tapped]] = (await page.news(0)) as [[string, Record<string, unknown>]];
    expect(tapped['postback']).to.include({ title: shown.title, payload: 'GO' });
  });

  it('refuses what Meta refuses of attachments', async () => {
    const wrong: [string, object][] = [
      ['picture', { url: 'https://example.com/' }],
      ['image', {}],
      ['image', { attachment_id: '1' }],
      ['image', { url: 'file:///etc/hosts' }],
      ['template', { template_type: 'button', text: 'x'.repeat(641), buttons: [button] }],
      ['template', { template_type: 'button', text: 'x', buttons: [] }],
      ['template', { template_type: 'button', text: 'x', buttons: [button, button, button, button] }],
      ['template', { template_type: 'button', text: 'x', buttons: [{ type: 'web_url', title: 'x', url: 'x' }] }],
      ['template', { template_type: 'button', text: 'x', buttons: ['Go'] }],
      ['template', { template_type: 'generic', elements: [] }],
      ['template', { template_type: 'generic', elements: Array.from({ length: 11 }, () => ({ title: 'x' })) }],
      ['template', { template_type: 'generic', elements: [{ subtitle: 'x' }] }],
      ['template', { template_type: 'generic', elements: [{ title: 'x'.repeat(81) }] }],
      ['template', { template_type: 'generic', elements: [{ title: 'x', default_action: { type: 'postback' } }] }],
    ];
    for (const [type, payload] of wrong) {
      const { status, body } = await attach(type, payload);
      expect([status, body.error?.['code']], JSON.stringify(payload)).to.deep.equal([400, 100]);
    }
    expect(page.emulator.state().threads[page.psid]?.messages).to.have.length(1);
  });

  it('refuses in so many words what it does not model', async () => {
    const cases: [Promise<GraphAnswer>, string][] = [
      [template({ template_type: 'structured_information' }), 'The template structured_information'],
      [template({ template_type: 'button', text: 'x', buttons: [{ type: 'element_share' }] }), 'element_share'],
      [page.post(0, 'messages', { message: { text: 'x', attachments: [] } }), 'attachments'],
    ];
    for (const [call, word] of cases) {
      const { status, body } = await call;
      expect(status).to.equal(400);
      expect(body.error?.['message']).to.contain('does not model').and.to.contain(word);
    }
    expect(page.emulator.events().filter(({ type }) => type === 'notModelled')).to.have.length(cases.length);
  });

  it('refuses templates that Meta has ended in its own words', async () => {
    const list = await template({ template_type: 'list', elements: [{ title: 'A' }, { title: 'B' }] });
    expect(list.status).to.equal(400);
    expect(list.body.error).to.deep.include({
      code: 100,
      message:
        '(#100) List template on Messenger Platform is deprecated on API 4.0. It will be removed from all versions soon.',
    });
    const { body, headers } = await template({
      template_type: 'open_graph',
      elements: [{ url: 'https://x.example/' }],
    });
    expect([body.error?.['code'], headers.get('x-emulated')]).to.deep.equal([100, 'guessed']);
    expect(page.emulator.events().filter(({ type }) => type === 'notModelled')).to.deep.equal([]);
  });

  describe('that refers to another message', () => {
    const lastMid = (): string => page.emulator.state().threads[page.psid]?.messages.at(-1)?.mid ?? '';
    const itemOf = async (app: 0 | 1): Promise<Record<string, unknown>> => (await page.news(app)).at(-1)?.[1] ?? {};

    it('answers it, and the echo says so', async () => {
      const mid = lastMid();
      const { status } = await page.post(0, 'messages', { message: { text: 'you said?' }, reply_to: { mid } });
      expect(status).to.equal(200);
      expect((await itemOf(1))['message']).to.deep.include({ reply_to: { mid, is_self_reply: false } });
      await page.post(0, 'messages', { message: { text: 'me again' }, reply_to: { mid: lastMid() } });
      expect((await itemOf(1))['message']).to.have.nested.property('reply_to.is_self_reply', true);
    });

    it('is refused when there is no such message, or it is another customer’s', async () => {
      const other = page.emulator.customer(page.emulator.addCustomer());
      const theirs = other.say('hello');
      for (const reply_to of [{ mid: 'm_never' }, { mid: theirs }, {}, 'x', { mid: 7 }]) {
        const { status, body } = await page.post(0, 'messages', { message: { text: 'x' }, reply_to });
        expect([status, body.error?.['code']], JSON.stringify(reply_to)).to.deep.equal([400, 100]);
      }
    });

    it('is what customers do too', async () => {
      await page.post(0, 'messages', { message: { text: 'Which one?' } });
      const mid = lastMid();
      page.emulator.customer().say('this one', { replyTo: mid });
      expect((await itemOf(0))['message']).to.deep.include({ reply_to: { mid, is_self_reply: false } });
      expect(() => page.emulator.customer().say('x', { replyTo: 'm_never' })).to.throw('no such message');
    });

    it('is a reaction of the Page, which it can change and take back', async () => {
      const message_id = lastMid();
      const react = (sender_action: string, payload: object): Promise<GraphAnswer> =>
        page.post(0, 'messages', { sender_action, payload });
      const seen = (): unknown => page.emulator.state().threads[page.psid]?.messages.at(-1)?.pageReaction;
      expect((await react('react', { message_id, reaction: '\u{1F389}' })).body).to.deep.equal({
        recipient_id: page.psid,
      });
      expect(seen()).to.equal('\u{1F389}');
      await react('react', { message_id, reaction: '\u2764' });
      expect(seen()).to.equal('\u2764');
      await react('unreact', { message_id });
      expect(seen()).to.equal(undefined);
      for (const payload of [
        {},
        { message_id: 'm_never', reaction: 'x' },
        { message_id },
        { message_id, reaction: '' },
      ]) {
        expect((await react('react', payload)).status, JSON.stringify(payload)).to.equal(400);
      }
      expect((await page.post(0, 'messages', { sender_action: 'react' })).status).to.equal(400);
      const told = page.emulator.events().filter(({ type }) => type === 'senderAction');
      expect(told[0]).to.include({ action: 'react', mid: message_id, reaction: '\u{1F389}' });
    });

    it('is a reaction that only who may send can put on it', async () => {
      page.emulator.inbox().moveToMain();
      const payload = { message_id: lastMid(), reaction: '\u2764' };
      const { body } = await page.post(0, 'messages', { sender_action: 'react', payload });
      expect(body.error).to.include({ code: 10, error_subcode: 2018300 });
    });
  });

  it('tells the app that may answer when a customer logs in or out by its buttons', async () => {
    const account = { type: 'account_link', url: 'https://example.com/login' };
    const payload = { template_type: 'button', text: 'Please', buttons: [account, { type: 'account_unlink' }] };
    expect(() => page.emulator.customer().postback({ title: 'Log In' })).to.throw('no button');
    await template(payload);
    await page.news(0);
    await page.news(1);
    page.emulator.customer().postback({ title: 'Log In' });
    page.emulator.customer().postback({ title: 'Log Out' });
    const [[, linked], [, unlinked]] = (await page.news(0)) as [News[number], News[number]];
    expect(linked['account_linking'])
      .to.have.all.keys('status', 'authorization_code')
      .and.to.include({ status: 'linked' });
    expect(unlinked['account_linking']).to.deep.equal({ status: 'unlinked' });
    expect(await page.news(1)).to.deep.equal([]);
  });

  describe('as a utility message', () => {
    const components = [
      { type: 'BODY', text: 'Order {{1}} of {{1}} comes {{2}}.' },
      {
        type: 'BUTTONS',
        buttons: [
          { type: 'URL', text: 'Track', url: 'https://example.com/{{1}}' },
          { type: 'POSTBACK', text: 'Help' },
        ],
      },
    ];
    const parameters = [
      { type: 'text', text: 'A7' },
      { type: 'text', text: 'today' },
    ];
    const make = (changes: object = {}): Promise<GraphAnswer> =>
      page.graph(0, 'POST', '/message_templates', {
        ...{ name: 'on_its_way', language: 'en', category: 'UTILITY', components },
        ...changes,
      });
    const sendIt = (template: object = {}, changes: object = {}): Promise<GraphAnswer> => {
      const usual = { name: 'on_its_way', language: { code: 'en' }, components: [{ type: 'body', parameters }] };
      const message = { template: { ...usual, ...template } };
      return page.post(0, 'messages', { messaging_type: 'UTILITY', message, ...changes });
    };

    it('is made of a template, and reaches the customer however long ago they wrote', async () => {
      const made = await make();
      expect(made.body).to.include({ status: 'APPROVED', category: 'UTILITY' });
      const { body } = await page.graph(0, 'GET', '/message_templates?fields=name,status&name=on_its_way');
      expect(body['data']).to.deep.equal([{ name: 'on_its_way', status: 'APPROVED', id: made.body['id'] }]);
      page.emulator.advanceClock(30 * 86_400_000);
      expect((await page.post(0, 'messages', { message: { text: 'late' } })).body.error).to.include({ code: 10 });
      const buttons = [
        { type: 'url', url: 'A7 & more' },
        { type: 'postback', payload: 'HELP' },
      ];
      const filled = [
        { type: 'body', parameters },
        { type: 'buttons', parameters: buttons },
      ];
      expect((await sendIt({ components: filled })).status).to.equal(200);
      const last = page.emulator.state().threads[page.psid]?.messages.at(-1);
      expect(last?.text).to.equal('Order A7 of A7 comes today.');
      expect(last?.attachments?.[0]?.payload['buttons']).to.deep.equal([
        { type: 'web_url', title: 'Track', url: 'https://example.com/A7%20%26%20more' },
        { type: 'postback', title: 'Help', payload: 'HELP' },
      ]);
      await page.news(0);
      page.emulator.customer().postback({ title: 'Help' });
      expect((await page.news(0)).at(-1)?.[1]['postback']).to.include({ payload: 'HELP' });
    });

    it('has gaps with names too', async () => {
      await make({ name: 'named', components: [{ type: 'BODY', text: 'Hi {{who}}, {{__proto__}}' }] });
      const parameter = (parameter_name: string, text: string): object => ({ type: 'text', parameter_name, text });
      const named = [parameter('__proto__', '$&'), parameter('who', 'Jo')];
      expect((await sendIt({ name: 'named', components: [{ type: 'body', parameters: named }] })).status).to.equal(200);
      expect(page.emulator.state().threads[page.psid]?.messages.at(-1)?.text).to.equal('Hi Jo, $&');
    });

    it('is refused without its template, without a parameter, and where template and type do not go together', async () => {
      await make();
      const answers = [
        await sendIt({ name: 'another' }),
        await sendIt({ language: { code: 'de' } }),
        await sendIt({ language: 'en' }),
        await sendIt({ components: [] }),
        await sendIt({ components: [{ type: 'body', parameters: [{ type: 'text', text: 'A7' }] }] }),
        await sendIt({}, { messaging_type: 'RESPONSE' }),
        await sendIt({}, { message: { text: 'no template' } }),
        await make(),
        await make({ name: 'Capital' }),
        await make({ name: 'bare', components: [{ type: 'BODY' }] }),
        await make({ name: 'other', category: 'MARKETING' }),
        await make({ name: 'long', components: [{ type: 'BODY', text: '{{1}}'.repeat(401) }] }),
        await sendIt({ components: [{ type: 'body', parameters: [{ text: 'x'.repeat(1000) }, { text: 'today' }] }] }),
        await page.graph(0, 'DELETE', '/message_templates?name=never'),
      ];
      expect(answers.map(({ status }) => status)).to.deep.equal(answers.map(() => 400));
      expect((await page.graph(0, 'DELETE', '/message_templates?name=on_its_way')).body).to.deep.equal({
        success: true,
      });
      expect((await sendIt()).status).to.equal(400);
      expect(page.emulator.state().threads[page.psid]?.messages).to.have.length(1);
    });
  });

  describe('with thread_control', () => {
    const owner = (): string | null | undefined => page.emulator.state().threads[page.psid]?.owner;
    const send = (app: 0 | 1, thread_control: object): Promise<GraphAnswer> =>
      page.post(app, 'messages', { message: { text: 'to a colleague' }, thread_control });

    it('passes once the message is sent', async () => {
      const { body } = await send(0, { control_type: 'pass', app_id: page.ids[1] });
      expect([body['recipient_id'], owner()]).to.deep.equal([page.psid, page.ids[1]]);
      expect(await page.heard(1)).to.deep.equal(['standby echo', 'messaging pass_thread_control']);
    });

    it('passes to the default app without an app, and releases without a type', async () => {
      await page.post(0, 'pass_thread_control', { target_app_id: page.ids[1] });
      expect((await send(1, { control_type: 'pass' })).status).to.equal(200);
      expect(owner()).to.equal(page.ids[0]);
      expect((await send(0, {})).status).to.equal(200);
      expect(owner()).to.equal(null);
    });

    it('sends nothing when control cannot be passed', async () => {
      expect((await send(0, { control_type: 'pass', app_id: '42' })).body.error?.['error_subcode']).to.equal(2018164);
      expect((await send(0, { control_type: 'lend' })).status).to.equal(400);
      expect(owner()).to.equal(page.ids[0]);
      expect(page.emulator.state().threads[page.psid]?.messages).to.have.length(1);
    });

    it('needs routing', async () => {
      page.emulator.setMode('classic');
      const { body } = await send(0, { control_type: 'pass', app_id: page.ids[1] });
      expect(body.error?.['message']).to.contain('routing');
    });
  });
});
