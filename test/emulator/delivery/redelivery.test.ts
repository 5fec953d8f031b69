import { createHmac } from 'node:crypto';
import { expect } from 'chai';
import { startPage, type PageUnderTest } from '../pageUnderTest.ts';

describe('a delivery that is sent again', () => {
  let page: PageUnderTest;
  before(async () => {
    page = await startPage();
  });
  after(() => page.close());

  const control = async (path: string, method = 'POST'): Promise<[number, Record<string, unknown>]> => {
    const response = await fetch(`${page.emulator.url}/_emulator/${path}`, { method });
    return [response.status, (await response.json()) as Record<string, unknown>];
  };
  const lastOf = (appId: string): number =>
    page.emulator.deliveries().findLast((delivery) => delivery.appId === appId)!.deliveryId;

  it('has the same bytes and a right signature, and is marked', async () => {
    page.emulator.customer().say('größer / <b>');
    await page.emulator.settled();
    const [first] = page.callbacks[0].received.splice(0);
    const deliveryId = lastOf(page.ids[0]);
    expect(await control(`deliveries/${deliveryId}/redeliver`)).to.deep.equal([200, { status: 200 }]);
    expect(await page.emulator.redeliver(deliveryId)).to.deep.equal({ status: 200 });
    const again = page.callbacks[0].received.splice(0);
    expect(again).to.have.length(2);
    for (const { bytes, headers } of again) {
      expect(bytes.equals(first!.bytes)).to.equal(true);
      const { appSecret } = page.emulator.apps[0]!;
      expect(headers['x-hub-signature-256']).to.equal(
        `sha256=${createHmac('sha256', appSecret).update(bytes).digest('hex')}`,
      );
    }
    const told = page.emulator
      .events()
      .flatMap((event) => (event.type === 'webhookDelivered' && event.deliveryId === deliveryId ? [event] : []));
    expect(told.map(({ redelivery, attempt }) => [redelivery, attempt])).to.deep.equal([
      [undefined, 1],
      [true, 1],
      [true, 2],
    ]);
  });

  it('can be one that failed; a failure of it is told, and not tried again', async () => {
    page.callbacks[0].statuses.push(500, 500, 500);
    page.emulator.customer().say('one');
    await page.emulator.settled();
    page.callbacks[0].statuses.push(500);
    const deliveryId = lastOf(page.ids[0]);
    expect(await page.emulator.redeliver(deliveryId)).to.deep.equal({ status: 500 });
    expect(page.emulator.events().at(-1)).to.deep.include({ type: 'webhookFailed', status: 500, redelivery: true });
    page.callbacks[0].received.splice(0);
    page.emulator.advanceClock(60_000);
    await page.emulator.settled();
    expect(page.callbacks[0].received).to.have.length(1);
  });

  it('is listed with what was in it, without a secret', async () => {
    page.emulator.setBatching('entries');
    page.emulator.holdWebhooks(page.ids[1]);
    page.emulator.customer().say('one');
    page.emulator.customer().say('two');
    page.emulator.releaseWebhooks(page.ids[1]);
    await page.emulator.settled();
    const [status, { deliveries }] = await control('deliveries', 'GET');
    const last = (deliveries as { appId: string; webhooks: object[] }[]).findLast(
      ({ appId }) => appId === page.ids[1],
    )!;
    expect(status).to.equal(200);
    expect(last.webhooks).to.have.length(2);
    expect(last.webhooks[0]).to.have.all.keys('channel', 'kind', 'psid', 'timestamp');
    for (const { appSecret, pageToken } of page.emulator.apps) {
      expect(JSON.stringify(deliveries)).not.to.contain(appSecret).and.not.to.contain(pageToken);
    }
    page.callbacks[1].received.splice(0);
    await page.emulator.redeliver(lastOf(page.ids[1]));
    expect(page.callbacks[1].received[0]!.body.entry).to.have.length(2);
  });

  it('has to be known, and its app to have a callback', async () => {
    for (const id of ['0', '99999', 'x', '-1', '1.5', '__proto__', '%00']) {
      const [status, { error }] = await control(`deliveries/${id}/redeliver`);
      expect([status, error], id).to.deep.equal([400, 'There is no delivery of this id, or it is too long ago.']);
    }
    const deliveryId = lastOf(page.ids[1]);
    const { id, appSecret } = page.emulator.apps[1]!;
    await fetch(`${page.emulator.url}/${id}/subscriptions?access_token=${id}|${appSecret}`, { method: 'DELETE' });
    expect((await control(`deliveries/${deliveryId}/redeliver`))[1]['error']).to.equal('The app has no callback URL.');
  });
});
