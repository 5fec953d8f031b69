import { expect } from 'chai';
import { startEmulator } from '../../emulator/startEmulator.ts';
import { startPage, type PageUnderTest } from './pageUnderTest.ts';

describe('what the emulated customer can do', () => {
  let page: PageUnderTest;
  beforeEach(async () => {
    page = await startPage();
  });
  afterEach(() => page.close());

  async function act(path: string, body: object = {}): Promise<[number, Record<string, unknown>]> {
    const url = `${page.emulator.url}/_emulator/customers/${page.psid}/${path}`;
    const response = await fetch(url, { method: 'POST', body: JSON.stringify(body) });
    return [response.status, (await response.json()) as Record<string, unknown>];
  }
  const lastOf = async (app: 0 | 1): Promise<Record<string, unknown> | undefined> => (await page.news(app)).at(-1)?.[1];

  it('sends files, which are messages without text', async () => {
    const [, { mid }] = await act('attachments', { type: 'image', url: 'https://example.com/cat.png' });
    expect((await lastOf(0))?.['message']).to.deep.equal({
      mid,
      attachments: [{ type: 'image', payload: { url: 'https://example.com/cat.png' } }],
    });
    expect(await page.heard(1)).to.deep.equal(['standby message']);
    expect((await act('attachments', { type: 'picture', url: 'x' }))[0]).to.equal(400);
  });

  it("reacts to the Page's last message, or to another one, and takes it back", async () => {
    expect((await act('reactions', { reaction: 'love' }))[0]).to.equal(400);
    page.emulator.customer().say('hi');
    const first = await page.post(0, 'messages', { message: { text: 'one' } });
    const last = await page.post(0, 'messages', { message: { text: 'two' } });
    await act('reactions', { reaction: 'love' });
    expect((await lastOf(0))?.['reaction']).to.deep.equal({
      reaction: 'love',
      emoji: '\u2764',
      action: 'react',
      mid: last.body['message_id'],
    });
    await act('reactions', { reaction: 'sad', action: 'unreact', mid: first.body['message_id'] });
    expect((await lastOf(0))?.['reaction']).to.include({ action: 'unreact', mid: first.body['message_id'] });
    expect((await act('reactions', { reaction: 'bored' }))[1]['error']).to.contain('love');
  });

  const getStarted = (app: 0 | 1): Promise<unknown> =>
    page.graph(app, 'POST', '/messenger_profile', { get_started: { payload: 'GET_STARTED' } });

  it('comes by a link for the first time: nobody hears of it before Get Started is tapped', async () => {
    await getStarted(0);
    await act('referrals', { ref: 'poster' });
    expect([await page.heard(0), await page.heard(1)]).to.deep.equal([[], []]);
    const [, { mid }] = await act('get-started');
    expect((await lastOf(0))?.['postback']).to.deep.equal({
      title: 'Get Started',
      payload: 'GET_STARTED',
      mid,
      referral: { ref: 'poster', source: 'SHORTLINK', type: 'OPEN_THREAD' },
    });
    await act('get-started');
    expect((await lastOf(0))?.['postback']).not.to.have.property('referral');
  });

  it('comes by an ad for the first time: what is written first tells of it, and nothing after that', async () => {
    await act('referrals', { adId: '1200', ref: 'summer' });
    page.emulator.customer().say('hello');
    expect((await lastOf(0))?.['message']).to.deep.include({
      text: 'hello',
      referral: { ref: 'summer', ad_id: '1200', source: 'ADS', type: 'OPEN_THREAD' },
    });
    page.emulator.customer().say('hello again');
    expect((await lastOf(0))?.['message']).not.to.have.property('referral');
    await act('referrals', { adId: '1200' });
    expect((await lastOf(0))?.['referral']).to.deep.equal({ ad_id: '1200', source: 'ADS', type: 'OPEN_THREAD' });
  });

  it('writes at once after a first link: the referral stands beside the message', async () => {
    await act('referrals', { ref: 'poster' });
    page.emulator.customer().say('hello');
    const item = (await lastOf(0))!;
    expect(item['referral']).to.deep.equal({ ref: 'poster', source: 'SHORTLINK', type: 'OPEN_THREAD' });
    expect(item['message']).to.include({ text: 'hello' }).and.not.to.have.property('referral');
  });

  it('sends what Messenger does not pass on: only that is told', async () => {
    const [, { mid }] = await act('unsupported');
    expect((await lastOf(0))?.['message']).to.deep.equal({ mid, is_unsupported: true });
  });

  describe('on a Page with entry points', () => {
    const inbox = '263902037430900';
    const ownerOf = (psid: string): string | null | undefined => page.emulator.state().threads[psid]?.owner;
    const post = (path: string, body: object): Promise<Response> =>
      fetch(`${page.emulator.url}/_emulator/${path}`, { method: 'POST', body: JSON.stringify(body) });
    const arrive = (how: (customer: ReturnType<typeof page.emulator.customer>) => void): string => {
      const psid = page.emulator.addCustomer();
      how(page.emulator.customer(psid));
      return psid;
    };

    it('belongs first to the app of the way that was taken', async () => {
      const [, second] = page.ids;
      expect((await post('entry-points', { ad: second, links: { poster: inbox } })).status).to.equal(200);
      await getStarted(0);
      const byAd = arrive((customer) => (customer.followAd('1200'), customer.say('hi')));
      const byLink = arrive((customer) => (customer.follow('poster'), customer.getStarted()));
      const byOtherLink = arrive((customer) => (customer.follow('toString'), customer.say('hi')));
      const bySelf = arrive((customer) => customer.say('hi'));
      const owners = [byAd, byLink, byOtherLink, bySelf].map(ownerOf);
      expect(owners).to.deep.equal([second, inbox, page.ids[0], page.ids[0]]);
      await post('entry-points', { social: second });
      expect(ownerOf(arrive((customer) => customer.say('hi')))).to.equal(second);
      expect(ownerOf(arrive((customer) => (customer.followAd('1200'), customer.say('hi'))))).to.equal(page.ids[0]);
    });

    it('gives an idle conversation of somebody known to the app of the link', () => {
      page.emulator.customer().say('hi');
      page.emulator.advanceClock(86_400_000);
      page.emulator.setEntryPoints({ links: { poster: page.ids[1] } });
      page.emulator.customer().follow('poster');
      expect(ownerOf(page.psid)).to.equal(page.ids[1]);
      page.emulator.customer().follow('another');
      expect(ownerOf(page.psid)).to.equal(page.ids[1]);
    });

    it('has only the one for ads without a default app, and Meta’s AI can be one', () => {
      page.emulator.setMode('open');
      page.emulator.setMetaAi('on');
      page.emulator.setEntryPoints({ social: page.ids[1], ad: '622851382610562', links: { poster: page.ids[1] } });
      expect(ownerOf(arrive((customer) => customer.say('hi')))).to.equal(null);
      expect(ownerOf(arrive((customer) => (customer.follow('poster'), customer.say('hi'))))).to.equal(null);
      const byAd = arrive((customer) => (customer.followAd('1200'), customer.say('hi')));
      expect(ownerOf(byAd)).to.equal('622851382610562');
    });

    it('belongs to the default app when its AI is switched off', () => {
      page.emulator.setMetaAi('on');
      page.emulator.setEntryPoints({ social: '622851382610562' });
      expect(ownerOf(arrive((customer) => customer.say('hi')))).to.equal('622851382610562');
      page.emulator.setMetaAi('off');
      expect(ownerOf(arrive((customer) => customer.say('hi')))).to.equal(page.ids[0]);
    });

    it('takes only those who can own a conversation', async () => {
      for (const body of [{ ad: '42' }, { social: '622851382610562' }, { links: { poster: '42' } }, { links: [] }]) {
        expect((await post('entry-points', body)).status, JSON.stringify(body)).to.equal(400);
      }
    });
  });

  it('follows a link and opts in, which only the app that may answer hears', async () => {
    page.emulator.customer().say('hi');
    await page.news(0);
    await page.news(1);
    await act('referrals', { ref: 'poster' });
    expect((await lastOf(0))?.['referral']).to.deep.equal({ ref: 'poster', source: 'SHORTLINK', type: 'OPEN_THREAD' });
    await act('opt-ins', { payload: 'NEWS', title: 'Our news' });
    expect((await lastOf(0))?.['optin']).to.deep.include({
      type: 'notification_messages',
      payload: 'NEWS',
      title: 'Our news',
    });
    expect(await page.heard(1)).to.deep.equal([]);
    expect((await act('referrals'))[0]).to.equal(400);
  });

  it('gets started over HTTP too', async () => {
    expect((await act('get-started'))[1]['error']).to.contain('get_started');
    await page.graph(0, 'POST', '/messenger_profile', { get_started: { payload: 'START' } });
    expect((await act('get-started'))[1]['mid']).to.match(/^m_/);
  });

  it('has message ids that another run of the emulator does not have, and the same beginning does', async () => {
    const midAt = async (time: number): Promise<string> => {
      const emulator = await startEmulator({ clock: () => time });
      const mid = emulator.customer().say('hi');
      await emulator.close();
      return mid;
    };
    expect(await midAt(1_800_000_000_000)).to.equal(await midAt(1_800_000_000_000));
    expect(await midAt(1_800_000_000_000)).not.to.equal(await midAt(1_800_000_000_001));
  });

  describe('and the rest of control', () => {
    const control = async (path: string, body: object): Promise<[number, string | undefined]> => {
      const response = await fetch(`${page.emulator.url}/_emulator/${path}`, {
        method: 'POST',
        body: JSON.stringify(body),
      });
      return [response.status, ((await response.json()) as { error?: string }).error];
    };

    it('turns switches while it runs', async () => {
      page.emulator.customer().say('hi');
      await page.news(0);
      expect((await control('switches', { requestInRouting: 'toOwner' }))[0]).to.equal(200);
      expect((await page.post(1, 'request_thread_control')).status).to.equal(200);
      expect(await page.heard(0)).to.deep.equal(['messaging request_thread_control']);
      expect(page.emulator.state().switches).to.include({ requestInRouting: 'toOwner', takeNotifies: 'losingApp' });
      expect((await control('switches', { requestInRouting: 'maybe' }))[1]).to.contain('toDefaultApp');
      expect((await control('switches', { constructor: 'x' }))[1]).to.contain('no switch');
    });

    it('sets batching and the fields of an app', async () => {
      expect((await control('batching', { batching: 'items' }))[0]).to.equal(200);
      expect((await control('batching', { batching: 'all' }))[0]).to.equal(400);
      await control(`apps/${page.ids[0]}/subscription`, { fields: ['messages'] });
      expect(page.emulator.state().apps[0]?.subscribedFields).to.deep.equal(['messages']);
      await control(`apps/${page.ids[0]}/subscription`, {});
      expect(page.emulator.state().apps[0]?.subscribedFields).to.equal(null);
    });
  });

  describe('never sees the emulator fall over', () => {
    it('when fields are nested deep', async () => {
      const { status, body } = await page.graph(0, 'GET', `/conversations?fields=${'a%7B'.repeat(9)}`);
      expect([status, body.error?.['code']]).to.deep.equal([400, 100]);
      expect((await page.post(0, 'messages', { fields: 'a{'.repeat(100_000) })).status).to.equal(400);
    });

    it('when a text is full of brackets', async () => {
      page.emulator.customer().say('hi');
      const text = `"${'[{'.repeat(500)}`;
      expect((await page.post(0, 'messages', { message: { text } })).status).to.equal(200);
    });

    it('when a body is nested deep', async () => {
      const deep = `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`;
      const response = await fetch(
        `${page.emulator.url}/me/messages?access_token=${page.emulator.apps[0]!.pageToken}`,
        {
          method: 'POST',
          body: `{"recipient":${deep}}`,
        },
      );
      expect(response.status).to.equal(400);
      expect(page.emulator.events().filter(({ type }) => type === 'internalError')).to.deep.equal([]);
    });
  });
});
