import { expect } from 'chai';
import { isFaultName } from '../../../emulator/core/graphFaults.ts';
import type { FaultSpec } from '../../../emulator/faults/faultSpec.ts';
import { startPage, type PageUnderTest } from '../pageUnderTest.ts';

/** Every refusal that clients have to tell from the others: status, code, subcode, seconds to wait. */
const refusals: [string, number, number, number?, string?][] = [
  ['unknownError', 500, 1, 99],
  ['serviceUnavailable', 500, 2],
  ['badGateway', 502, 2],
  ['overloaded', 503, 2, undefined, '5'],
  ['temporarySendFailure', 500, 1200],
  ['tooManyRequests', 429, 4, undefined, '30'],
  ['callLimit', 400, 613],
  ['appLimit', 400, 4],
  ['userLimit', 400, 17],
  ['pageLimit', 400, 32],
  ['messengerLimit', 400, 80006],
  ['invalidToken', 401, 190],
  ['expiredToken', 401, 190, 463],
  ['anotherAppControls', 400, 10, 2018300],
  ['outsideWindow', 403, 10, 2018278],
  ['personUnavailable', 400, 551, 1545041],
  ['noSuchUser', 400, 100, 2018001],
];

describe('calls of Graph that go wrong', () => {
  let page: PageUnderTest;
  beforeEach(async () => {
    page = await startPage();
    page.emulator.customer().say('hi');
    await page.news(0);
  });
  afterEach(() => page.close());

  const control = (path: string, body: object): Promise<Response> =>
    fetch(`${page.emulator.url}/_emulator/${path}`, { method: 'POST', body: JSON.stringify(body) });
  const sendRaw = (init: RequestInit = {}): Promise<Response> =>
    fetch(`${page.emulator.url}/me/messages?access_token=${page.emulator.apps[0]!.pageToken}`, {
      method: 'POST',
      body: JSON.stringify({ recipient: { id: page.psid }, message: { text: 'hello' } }),
      ...init,
    });
  const sent = (): number =>
    page.emulator.state().threads[page.psid]!.messages.filter(({ from }) => from === 'page').length;
  const rejects = (promise: Promise<unknown>): Promise<boolean> =>
    promise.then(
      () => false,
      () => true,
    );
  /** Resolves when the emulator has used the fault: then the call waits in it. */
  const used = (): Promise<void> =>
    new Promise((resolve) => {
      const stop = page.emulator.on(({ type }) => {
        if (type !== 'faultUsed') return;
        stop();
        resolve();
      });
    });

  for (const [name, status, code, subcode, retryAfter] of refusals) {
    it(`answer as ${name}, with or without the effect`, async () => {
      for (const when of ['before', 'after'] as const) {
        expect(isFaultName(name)).to.equal(true);
        await control('faults', { fault: name, when, match: { edge: 'messages' } });
        const answer = await page.post(0, 'messages', { message: { text: 'hello' } });
        expect(answer.status).to.equal(status);
        expect([answer.body.error?.['code'], answer.body.error?.['error_subcode']]).to.deep.equal([code, subcode]);
        expect(answer.headers.get('retry-after')).to.equal(retryAfter ?? null);
        expect(sent()).to.equal(when === 'after' ? 1 : 0);
      }
    });
  }

  it('are cut off before or after the effect', async () => {
    for (const [when, count] of [
      ['before', 0],
      ['after', 1],
    ] as const) {
      await control('faults', { connection: 'reset', when });
      expect([await rejects(sendRaw()), sent()]).to.deep.equal([true, count]);
    }
  });

  it('are never answered, and their webhooks go out all the same', async () => {
    await control('faults', { connection: 'silent', when: 'after' });
    const caller = new AbortController();
    const echoed = new Promise<void>((resolve) => {
      page.emulator.on((event) => {
        if (event.type === 'webhookDelivered' && event.kind === 'echo') resolve();
      });
    });
    const answer = sendRaw({ signal: caller.signal });
    await echoed;
    expect(sent()).to.equal(1);
    caller.abort();
    expect(await rejects(answer)).to.equal(true);
  });

  it('are answered with a page and status 200', async () => {
    await control('faults', { body: 'html' });
    const response = await sendRaw();
    expect([response.status, response.headers.get('content-type'), sent()]).to.deep.equal([
      200,
      'text/html; charset=utf-8',
      0,
    ]);
    expect(await response.text()).to.match(/^<!DOCTYPE html>/);
    await control('faults', { body: 'html', fault: 'badGateway' });
    expect((await sendRaw()).status).to.equal(502);
  });

  it('are answered with half a body', async () => {
    await control('faults', { body: 'cut', when: 'after' });
    const response = await sendRaw();
    expect([response.status, await rejects(response.text()), sent()]).to.deep.equal([200, true, 1]);
  });

  it('are answered a byte a second, which the clock can put forward', async () => {
    await control('faults', { body: 'drip' });
    const response = await sendRaw();
    let text: string | undefined;
    void response.text().then((whole) => (text = whole));
    while (text === undefined) {
      page.emulator.advanceClock(1000);
      await new Promise(setImmediate);
    }
    expect(JSON.parse(text)).to.have.property('message_id');
  });

  it('are delayed until the clock has gone on', async () => {
    const waiting = used();
    await control('faults', { delayMs: 60_000 });
    const answer = page.post(0, 'messages', { message: { text: 'hello' } });
    await waiting;
    expect(sent()).to.equal(0);
    page.emulator.advanceClock(60_000);
    expect([(await answer).status, sent()]).to.deep.equal([200, 1]);
  });

  it('end with the emulator, however long they would wait', async () => {
    const waiting = used();
    await control('faults', { delayMs: 86_400_000 });
    const answer = rejects(sendRaw());
    await waiting;
    await page.emulator.close();
    expect(await answer).to.equal(true);
  });

  it('refuse a fault that cannot be meant', async () => {
    const wrong: object[] = [
      { connection: 'slow' },
      { body: 'xml' },
      { fault: 'callLimit', match: { at: 'moon' } },
      { fault: 'callLimit', match: 'all' },
      {},
    ];
    for (const one of wrong) expect((await control('faults', one)).status, JSON.stringify(one)).to.equal(400);
    for (const one of [{ fault: 'lose' }, { fault: 'drop', match: { kind: 'smell' } }, { fault: 'drop', times: 0 }]) {
      expect((await control('webhook-faults', one)).status, JSON.stringify(one)).to.equal(400);
    }
  });

  it('do not meet calls of Azure', () => {
    const spec: FaultSpec = { fault: 'callLimit' };
    page.emulator.injectFault(spec);
    expect(page.emulator.takeFault?.({ at: 'connector', method: 'POST', edge: 'activities' })).to.equal(undefined);
  });
});
