import { expect } from 'chai';
import { startPage, type PageUnderTest } from '../pageUnderTest.ts';

const minute = 60_000;

describe('webhooks that go wrong', () => {
  let page: PageUnderTest;
  beforeEach(async () => {
    page = await startPage();
  });
  afterEach(() => page.close());

  const say = (text: string): void => void page.emulator.customer().say(text);
  const texts = async (): Promise<string[]> =>
    (await page.news(0)).map(([, item]) => (item['message'] as { text: string }).text);
  const only = (): { appId: string } => ({ appId: page.ids[0] });

  describe('by a fault', () => {
    it('are dropped', async () => {
      page.emulator.injectWebhookFault({ fault: 'drop', match: only() });
      say('one');
      say('two');
      expect(await texts()).to.deep.equal(['two']);
      expect(await page.heard(1)).to.have.length(2);
    });

    it('are sent twice with the same bytes', async () => {
      page.emulator.injectWebhookFault({ fault: 'duplicate', copies: 2, match: { ...only(), kind: 'message' } });
      say('one');
      await page.emulator.settled();
      const { received } = page.callbacks[0];
      expect(received).to.have.length(3);
      expect(new Set(received.map(({ bytes }) => bytes.toString())).size).to.equal(1);
    });

    it('are delayed by the clock, and others go before them', async () => {
      page.emulator.injectWebhookFault({ fault: 'delay', delayMs: 5 * minute, match: only() });
      say('one');
      say('two');
      expect(await texts()).to.deep.equal(['two']);
      page.emulator.advanceClock(4 * minute);
      expect(await texts()).to.deep.equal([]);
      page.emulator.advanceClock(minute);
      expect(await texts()).to.deep.equal(['one']);
    });

    it('change places with the next one of their conversation', async () => {
      page.emulator.injectWebhookFault({ fault: 'reorder', match: only() });
      for (const text of ['one', 'two', 'three']) say(text);
      expect(await texts()).to.deep.equal(['two', 'one', 'three']);
    });

    it('are held until they are let go', async () => {
      page.emulator.injectWebhookFault({ fault: 'hold', times: 2, match: { ...only(), channel: 'messaging' } });
      for (const text of ['one', 'two', 'three']) say(text);
      expect(await texts()).to.deep.equal(['three']);
      page.emulator.releaseWebhooks(page.ids[0]);
      expect(await texts()).to.deep.equal(['one', 'two']);
    });

    it('are in the event stream, when they are armed and when they are met', async () => {
      const faultId = page.emulator.injectWebhookFault({ fault: 'delay', times: 2, match: only() });
      say('one');
      await page.emulator.settled();
      const told = page.emulator.events().filter(({ type }) => type.startsWith('fault'));
      expect(told.map(({ id: _id, at: _at, ...rest }) => rest)).to.deep.equal([
        { type: 'faultInjected', faultId, times: 2, webhookFault: 'delay' },
        { type: 'faultUsed', faultId, timesLeft: 1, webhookFault: 'delay' },
      ]);
    });

    it('are put into one POST when told so later', async () => {
      page.emulator.setBatching('entries');
      page.emulator.holdWebhooks(page.ids[0]);
      say('one');
      say('two');
      page.emulator.releaseWebhooks(page.ids[0]);
      await page.emulator.settled();
      expect(page.callbacks[0].received.map(({ body }) => body.entry.length)).to.deep.equal([2]);
    });
  });

  describe('because the callback fails', () => {
    /** The next so many answers are 500. */
    const fail = (times: number): void => void page.callbacks[0].statuses.push(...Array<number>(times).fill(500));
    const posts = async (): Promise<number> => {
      await page.emulator.settled();
      return page.callbacks[0].received.length;
    };

    it('are tried again after growing pauses, with the same bytes, until they are taken', async () => {
      fail(5);
      say('one');
      expect(await posts()).to.equal(3);
      page.emulator.advanceClock(minute - 1000);
      expect(await posts()).to.equal(3);
      page.emulator.advanceClock(1000);
      expect(await posts()).to.equal(4);
      page.emulator.advanceClock(minute);
      expect(await posts()).to.equal(4);
      page.emulator.advanceClock(minute);
      expect(await posts()).to.equal(5);
      page.emulator.advanceClock(4 * minute);
      expect(await posts()).to.equal(6);
      const { received } = page.callbacks[0];
      expect(new Set(received.map(({ bytes }) => bytes.toString())).size).to.equal(1);
      expect(page.typesOf(0).at(-1)).to.equal('webhookDelivered');
      page.emulator.advanceClock(60 * minute);
      expect(await posts()).to.equal(6);
    });

    it('come after later ones of their conversation', async () => {
      fail(3);
      say('one');
      say('two');
      expect(await texts()).to.deep.equal(['one', 'one', 'one', 'two']);
      page.emulator.advanceClock(minute);
      expect(await texts()).to.deep.equal(['one']);
    });

    it('unsubscribe the app after an hour, with a warning before', async () => {
      fail(100);
      say('one');
      for (let passed = 0; passed < 14; passed += 1) {
        await page.emulator.settled();
        page.emulator.advanceClock(minute);
      }
      expect(page.typesOf(0)).not.to.include('webhooksFailing');
      for (let passed = 14; passed < 70; passed += 1) {
        await page.emulator.settled();
        page.emulator.advanceClock(minute);
      }
      await page.emulator.settled();
      const types = page.typesOf(0);
      expect(types.filter((type) => type === 'webhooksFailing')).to.have.length(1);
      expect(types.filter((type) => type === 'webhookGaveUp')).to.have.length(1);
      expect(types.filter((type) => type === 'webhooksDisabled')).to.have.length(1);
      expect(page.emulator.state().apps[0]?.subscribedFields).to.equal(null);
      const before = await posts();
      say('two');
      expect(await posts()).to.equal(before);
      page.callbacks[0].statuses.splice(0);
      await page.graph(0, 'POST', '/subscribed_apps', { subscribed_fields: 'messages' });
      say('three');
      expect((await texts()).at(-1)).to.equal('three');
    });

    it('do not unsubscribe an app that takes one in between', async () => {
      for (let passed = 0; passed < 5; passed += 1) {
        fail(3);
        say('lost for a while');
        await page.emulator.settled();
        page.emulator.advanceClock(20 * minute);
        await page.emulator.settled();
      }
      expect(page.typesOf(0)).not.to.include('webhooksDisabled');
    });

    it('are forgotten with a reset', async () => {
      fail(3);
      say('one');
      await posts();
      page.emulator.reset();
      page.emulator.advanceClock(60 * minute);
      expect(await posts()).to.equal(3);
    });
  });
});
