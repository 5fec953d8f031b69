import { expect } from 'chai';
import { startPage, type GraphAnswer, type PageUnderTest } from '../pageUnderTest.ts';

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
      [template({ template_type: 'list' }), 'The template list'],
      [template({ template_type: 'button', text: 'x', buttons: [{ type: 'element_share' }] }), 'element_share'],
      [page.post(0, 'messages', { message: { text: 'x', attachments: [] } }), 'attachments'],
      [page.post(0, 'messages', { sender_action: 'react' }), 'react'],
    ];
    for (const [call, word] of cases) {
      const { status, body } = await call;
      expect(status).to.equal(400);
      expect(body.error?.['message']).to.contain('does not model').and.to.contain(word);
    }
    expect(page.emulator.events().filter(({ type }) => type === 'notModelled')).to.have.length(cases.length);
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
