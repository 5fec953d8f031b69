import { expect } from 'chai';
import { createBusyTracker } from '../../../emulator/runtime/busy.ts';
import { createClock } from '../../../emulator/runtime/clock.ts';
import { WebhookDelivery, type Webhook } from '../../../emulator/delivery/webhookDelivery.ts';
import { createTraceLog } from '../../../emulator/trace/traceLog.ts';

const webhook: Webhook = {
  type: 'webhook',
  appId: '11',
  channel: 'messaging',
  kind: 'message',
  psid: '7001',
  timestamp: 1,
  item: { message: { text: 'hi' } },
};

describe('the delivery of webhooks', () => {
  const never = new Promise<Response>(() => undefined);

  function deliveryWith(request: typeof fetch, more: { limitMs?: number } = {}) {
    const trace = createTraceLog(() => 1);
    const busy = createBusyTracker();
    const receiverOf = (appId: string) =>
      appId === '11' ? { callbackUrl: 'http://callback/', appSecret: 'not-a-real-secret' } : undefined;
    const clock = createClock();
    const delivery = new WebhookDelivery({ pageId: '1', receiverOf, trace, busy, clock, request, ...more });
    return { trace, busy, delivery };
  }
  const types = (trace: ReturnType<typeof createTraceLog>): string[] => trace.after(0).map(({ type }) => type);

  it('waits until the call that caused it was answered, and is busy meanwhile', async () => {
    let posts = 0;
    const { delivery, busy } = deliveryWith(() => {
      posts += 1;
      return Promise.resolve(new Response());
    });
    const answered = Promise.withResolvers<undefined>();
    delivery.send(webhook, answered.promise);
    await new Promise(setImmediate);
    expect([posts, busy.busy()]).to.deep.equal([0, true]);
    answered.resolve(undefined);
    await busy.idle();
    expect(posts).to.equal(1);
  });

  it('counts a callback that does not answer in time as failed, three times', async () => {
    const { delivery, busy, trace } = deliveryWith(
      (_url, init) =>
        new Promise((_resolve, reject) => init?.signal?.addEventListener('abort', () => reject(new Error('aborted')))),
      { limitMs: 1 },
    );
    delivery.send(webhook, Promise.resolve());
    await busy.idle();
    expect(types(trace)).to.deep.equal(['webhookFailed', 'webhookFailed', 'webhookFailed', 'webhookPostponed']);
  });

  it('says that an app without a callback got nothing', async () => {
    const { delivery, busy, trace } = deliveryWith(() => never);
    delivery.send({ ...webhook, appId: '12' }, Promise.resolve());
    await busy.idle();
    expect(types(trace)).to.deep.equal(['webhookNotSent']);
  });

  it('does not make one conversation wait for another', async () => {
    const posted: string[] = [];
    const { delivery } = deliveryWith((_url, init) => {
      posted.push(Buffer.from(init?.body as Uint8Array).toString());
      return never;
    });
    delivery.send(webhook, Promise.resolve());
    delivery.send({ ...webhook, psid: '7002' }, Promise.resolve());
    delivery.send(webhook, Promise.resolve());
    await new Promise(setImmediate);
    expect(posted).to.have.length(2);
  });
});
