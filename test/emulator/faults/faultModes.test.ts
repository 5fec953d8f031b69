import { expect } from 'chai';
import type { FaultSpec } from '../../../emulator/faults/faultSpec.ts';
import { startPage, type PageUnderTest } from '../pageUnderTest.ts';

const minute = 60_000;

describe('the mode of a fault', () => {
  let page: PageUnderTest;
  before(async () => {
    page = await startPage();
    page.emulator.customer().say('hi');
    await page.news(0);
  });
  afterEach(() => page.emulator.reset());
  after(() => page.close());

  const statuses = async (count: number, spec: FaultSpec): Promise<number[]> => {
    page.emulator.faults.ofCalls(spec);
    const found = [];
    for (let call = 0; call < count; call += 1) found.push((await page.graph(0, 'GET', '')).status);
    return found;
  };
  const say = (text: string): void => void page.emulator.customer().say(text);
  const texts = async (): Promise<string[]> =>
    (await page.news(0)).map(([, item]) => (item['message'] as { text: string }).text);

  it('lets it hit every call until it is disarmed, and counts', async () => {
    expect(await statuses(3, { fault: 'callLimit', mode: 'always' })).to.deep.equal([400, 400, 400]);
    const [armed] = page.emulator.faults.armed();
    expect(armed).to.deep.include({ mode: 'always', matched: 3, hits: 3 });
    expect(armed).not.to.have.property('timesLeft');
    page.emulator.faults.disarmAll();
    expect((await page.graph(0, 'GET', '')).status).to.equal(200);
  });

  it('lets it hit the next few', async () => {
    expect(await statuses(3, { fault: 'callLimit', mode: { next: 2 } })).to.deep.equal([400, 400, 200]);
    expect(page.emulator.faults.armed()).to.deep.equal([]);
  });

  it('lets it hit one in so many', async () => {
    expect(await statuses(7, { fault: 'callLimit', mode: { every: 3 } })).to.deep.equal([
      ...[200, 200, 400, 200, 200, 400, 200],
    ]);
    expect(page.emulator.faults.armed()).to.deep.include.members([
      {
        faultId: 3,
        mode: { every: 3 },
        matched: 7,
        hits: 2,
        of: 'calls',
        spec: { fault: 'callLimit', mode: { every: 3 } },
      },
    ]);
  });

  it('does not count at one what another has hit', async () => {
    page.emulator.faults.ofCalls({ fault: 'callLimit', mode: { every: 2 } });
    expect(await statuses(4, { fault: 'badGateway', mode: 'always' })).to.deep.equal([502, 400, 502, 400]);
    expect(page.emulator.faults.armed().map(({ matched }) => matched)).to.deep.equal([4, 2]);
  });

  it('is refused where it could never hit, and nothing is armed', () => {
    const wrong: FaultSpec[] = [
      { fault: 'callLimit', mode: { every: 0 } },
      { fault: 'callLimit', mode: { next: 1.5 } },
      { fault: 'callLimit', mode: { next: -1 } },
      { fault: 'callLimit', times: 0 },
      { fault: 'callLimit', times: 1, mode: 'always' },
    ];
    for (const spec of wrong)
      expect(() => page.emulator.faults.ofCalls(spec), JSON.stringify(spec)).to.throw(RangeError);
    expect(page.emulator.faults.armed()).to.deep.equal([]);
  });

  it('counts webhooks too', async () => {
    page.emulator.faults.ofWebhooks({
      fault: 'drop',
      mode: { every: 2 },
      match: { appId: page.ids[0], kind: 'message' },
    });
    for (const text of ['one', 'two', 'three', 'four', 'five']) say(text);
    expect(await texts()).to.deep.equal(['one', 'three', 'five']);
  });

  describe('and what it is about', () => {
    it('is one customer, for calls and for webhooks', async () => {
      const other = page.emulator.addCustomer({ name: 'Dora' });
      page.emulator.customer(other).say('hi');
      say('hi');
      await page.news(0);
      page.emulator.faults.ofCalls({ fault: 'callLimit', mode: 'always', match: { psid: other } });
      const sendTo = async (id: string): Promise<number> =>
        (await page.graph(0, 'POST', '/messages', { recipient: { id }, message: { text: 'hello' } })).status;
      expect([await sendTo(page.psid), await sendTo(other)]).to.deep.equal([200, 400]);
      const profile = await fetch(`${page.emulator.url}/${other}?access_token=${page.emulator.apps[0]!.pageToken}`);
      expect(profile.status).to.equal(400);
      await page.news(0);
      page.emulator.faults.ofWebhooks({ fault: 'drop', mode: 'always', match: { psid: other } });
      page.emulator.customer(other).say('lost');
      say('heard');
      expect(await texts()).to.deep.equal(['heard']);
    });

    it('is what an app asks in its own name', async () => {
      page.emulator.faults.ofCalls({ fault: 'badGateway', match: { edge: 'debug_token' } });
      const [{ id, appSecret, pageToken }] = page.emulator.apps as [(typeof page.emulator.apps)[0]];
      const ask = (): Promise<Response> =>
        fetch(`${page.emulator.url}/debug_token?input_token=${pageToken}&access_token=${id}|${appSecret}`);
      expect([(await ask()).status, (await ask()).status]).to.deep.equal([502, 200]);
    });
  });

  it('lets a call arrive twice', async () => {
    say('hi');
    await page.news(0);
    page.emulator.faults.ofCalls({ effect: 'twice', match: { edge: 'messages' } });
    const { status, body } = await page.post(0, 'messages', { message: { text: 'hello' } });
    const { messages } = page.emulator.state().threads[page.psid]!;
    const sent = messages.filter(({ from }) => from === 'page').map(({ mid }) => mid);
    expect([status, sent.length, body['message_id']]).to.deep.equal([200, 2, sent[1]]);
    expect((await page.heard(0)).filter((what) => what.endsWith('echo'))).to.have.length(2);
  });

  describe('of attempts to post a webhook', () => {
    const outcomes = (): (string | number | undefined)[] =>
      page.emulator
        .events()
        .flatMap((event) =>
          event.type === 'webhookDelivered' || event.type === 'webhookFailed' ? [event.status ?? 'none'] : [],
        )
        .slice(-4);

    it('refuses some and lets the next one through', async () => {
      page.emulator.faults.ofWebhooks({ fault: 'refuse', mode: { next: 2 }, match: { appId: page.ids[0] } });
      say('one');
      expect(await texts()).to.deep.equal(['one']);
      expect(outcomes().filter((one) => one === 503)).to.have.length(2);
    });

    it('postpones what is always refused until it is disarmed', async () => {
      page.emulator.faults.ofWebhooks({ fault: 'timeout', mode: 'always', match: { appId: page.ids[0] } });
      say('one');
      expect(await texts()).to.deep.equal([]);
      page.emulator.faults.disarmAll();
      page.emulator.advanceClock(minute);
      expect(await texts()).to.deep.equal(['one']);
    });

    it('delivers it again when the answer was lost, byte for byte', async () => {
      page.emulator.faults.ofWebhooks({ fault: 'loseAnswer', match: { appId: page.ids[0] } });
      say('one');
      await page.emulator.settled();
      const received = page.callbacks[0].received.splice(0);
      expect(received).to.have.length(2);
      expect(received[0]!.bytes.equals(received[1]!.bytes)).to.equal(true);
    });
  });
});
