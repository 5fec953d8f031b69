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
