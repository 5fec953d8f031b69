import { expect } from 'chai';
import type { RuleSwitches } from '../../emulator/core/state.ts';
import { startPage, type PageUnderTest } from './pageUnderTest.ts';

const inbox = '263902037430900';
const day = 86_400_000;

describe('a Page in a mode between and without the usual ones', () => {
  let page: PageUnderTest;
  afterEach(() => page.close());
  const owner = (): string | null | undefined => page.emulator.state().threads[page.psid]?.owner;
  const say = (): void => void page.emulator.customer().say('hi');

  describe('exclusive', () => {
    beforeEach(async () => {
      page = await startPage({ mode: 'exclusive' });
    });

    it('gives an idle thread to the primary receiver when the customer writes', async () => {
      say();
      expect(owner()).to.equal(page.ids[0]);
      expect([await page.heard(0), await page.heard(1)]).to.deep.equal([['messaging message'], ['standby message']]);
    });

    it('lets nobody send but the owner, and everybody while the thread is idle', async () => {
      say();
      const refused = await page.post(1, 'messages', { message: { text: 'x' } });
      expect(refused.body.error).to.include({ code: 10, error_subcode: 2018300 });
      await page.post(0, 'release_thread_control');
      expect((await page.post(1, 'messages', { message: { text: 'x' } })).status).to.equal(200);
      expect(owner()).to.equal(null);
    });

    it('answers a take with the owner, as the protocol of then', async () => {
      say();
      await page.post(0, 'pass_thread_control', { target_app_id: page.ids[1] });
      const { body } = await page.post(0, 'take_thread_control');
      const [{ thread_owner: told }] = body['data'] as [{ thread_owner: { app_id: string; expiration: number } }];
      expect([told.app_id, typeof told.expiration]).to.deep.equal([page.ids[0], 'number']);
      expect((await page.post(1, 'take_thread_control')).status).to.equal(400);
    });

    it('ends ownership after a day of silence', () => {
      say();
      page.emulator.advanceClock(day);
      expect(owner()).to.equal(null);
    });

    it('says so in messaging_feature_status', async () => {
      const { body } = await page.graph(0, 'GET', '?fields=messaging_feature_status');
      expect(body['messaging_feature_status']).to.include({ hop_v2: true, msgr_multi_app: false });
    });
  });

  describe('open', () => {
    beforeEach(async () => {
      page = await startPage({ mode: 'open' });
      say();
    });

    it('sends everything to every app on messaging, and lets every app answer', async () => {
      expect([await page.heard(0), await page.heard(1)]).to.deep.equal([['messaging message'], ['messaging message']]);
      expect((await page.post(1, 'messages', { message: { text: 'one' } })).status).to.equal(200);
      expect((await page.post(0, 'messages', { message: { text: 'two' } })).status).to.equal(200);
      expect(await page.heard(0)).to.deep.equal(['messaging echo', 'messaging echo']);
      expect(owner()).to.equal(null);
    });

    it('refuses take with #27', async () => {
      const { status, body } = await page.post(0, 'take_thread_control');
      expect([status, body.error?.['code']]).to.deep.equal([400, 27]);
    });

    it('gives control to the first who requests, and tells the owner of later requests', async () => {
      await page.heard(0);
      await page.heard(1);
      expect((await page.post(1, 'request_thread_control', { metadata: 'mine' })).status).to.equal(200);
      expect(owner()).to.equal(page.ids[1]);
      expect(await page.heard(1)).to.deep.equal(['messaging pass_thread_control']);
      await page.post(0, 'request_thread_control');
      expect(owner()).to.equal(page.ids[1]);
      expect(await page.heard(1)).to.deep.equal(['messaging request_thread_control']);
      say();
      expect([await page.heard(0), await page.heard(1)]).to.deep.equal([['standby message'], ['messaging message']]);
    });

    it('lets any app pass an idle thread, also to itself, but not to a stranger', async () => {
      const stranger = await page.post(0, 'pass_thread_control', { target_app_id: '42' });
      expect(stranger.body.error?.['error_subcode']).to.equal(2018164);
      expect((await page.post(0, 'pass_thread_control', { target_app_id: page.ids[0] })).status).to.equal(200);
      expect(owner()).to.equal(page.ids[0]);
      await page.post(0, 'pass_thread_control', { target_app_id: inbox });
      expect(owner()).to.equal(inbox);
      page.emulator.inbox().markAsDone();
      expect(owner()).to.equal(null);
    });

    it('has no default app: no role, no receivers, and none can be chosen', async () => {
      expect(page.emulator.apps.map(({ role }) => role)).to.deep.equal(['secondary', 'secondary']);
      const { body } = await page.graph(0, 'GET', '/secondary_receivers');
      expect(body.error?.['error_subcode']).to.equal(2018171);
      expect(() => page.emulator.setRoles({ primaryAppId: page.ids[1] })).to.throw('no default app');
    });

    it('begins without owners when the mode changes to it', () => {
      page.emulator.setMode('classic');
      expect(owner()).to.equal(page.ids[0]);
      page.emulator.setMode('open');
      expect(owner()).to.equal(null);
    });
  });

  describe('in classic, take from the Page Inbox', () => {
    const heardByTaker = async (switches: Partial<RuleSwitches>): Promise<string[]> => {
      const page = await startPage({ mode: 'classic', switches });
      page.emulator.customer().say('hi');
      await page.post(0, 'pass_thread_control', { target_app_id: inbox });
      await page.news(0);
      expect((await page.post(0, 'take_thread_control')).status).to.equal(200);
      const heard = await page.heard(0);
      await page.close();
      return heard;
    };

    it('tells the taker as if the inbox had passed, or nobody', async () => {
      expect(await heardByTaker({})).to.deep.equal(['messaging pass_thread_control']);
      expect(await heardByTaker({ takeFromInboxTells: 'nobody' })).to.deep.equal([]);
    });
  });
});
