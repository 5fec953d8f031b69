import { expect } from 'chai';
import type { Emulator } from '../../../emulator/emulatorFace.ts';
import { startEmulator } from '../../../emulator/startEmulator.ts';
import { startCallback, type Callback } from '../callback.ts';

describe('faults of webhooks', () => {
  let emulator: Emulator;
  let callback: Callback;

  beforeEach(async () => {
    emulator = await startEmulator({ mode: 'routing' });
    callback = await startCallback();
    const [primary] = emulator.apps;
    await emulator.registerWebhook(primary!.id, { callbackUrl: callback.url, verifyToken: primary!.verifyToken });
  });
  afterEach(async () => {
    await emulator.close();
    await callback.close();
  });

  /** What the primary app got, in order. */
  async function heard(...texts: string[]): Promise<string[]> {
    for (const text of texts) emulator.customer().say(text);
    await emulator.settled();
    return callback.received.map(({ bytes }) => /"text":"([^"]*)"/.exec(bytes.toString())?.[1] ?? '');
  }

  it('drop one, and record that they did', async () => {
    const faultId = emulator.injectWebhookFault({ harm: 'drop', appId: emulator.apps[0]!.id });
    expect(await heard('one', 'two')).to.deep.equal(['two']);
    const harmed = emulator.events().filter(({ type }) => type === 'webhookHarmed');
    expect(harmed).to.have.length(1);
    expect(harmed[0]).to.include({
      faultId,
      harm: 'drop',
      appId: emulator.apps[0]!.id,
      kind: 'message',
      channel: 'messaging',
    });
  });

  it('duplicate one, byte for byte', async () => {
    emulator.injectWebhookFault({ harm: 'duplicate', appId: emulator.apps[0]!.id });
    expect(await heard('one', 'two')).to.deep.equal(['one', 'one', 'two']);
    expect(callback.received[0]!.bytes.equals(callback.received[1]!.bytes)).to.equal(true);
  });

  it('let the next one pass first', async () => {
    emulator.injectWebhookFault({ harm: 'reorder', appId: emulator.apps[0]!.id });
    expect(await heard('one', 'two', 'three')).to.deep.equal(['two', 'one', 'three']);
  });

  it('delay one, and settled() waits for it', async () => {
    emulator.injectWebhookFault({ harm: 'delay', delayMs: 1, appId: emulator.apps[0]!.id });
    expect(await heard('one')).to.deep.equal(['one']);
  });

  it('meet as many as they are told to, of the kind they are told to', async () => {
    emulator.injectWebhookFault({ harm: 'drop', kind: 'message', times: 2, appId: emulator.apps[0]!.id });
    emulator.injectWebhookFault({ harm: 'drop', kind: 'echo' });
    expect(await heard('one', 'two', 'three')).to.deep.equal(['three']);
  });

  it('are forgotten by a reset', async () => {
    emulator.injectWebhookFault({ harm: 'drop', times: 5 });
    emulator.reset();
    expect(await heard('one')).to.deep.equal(['one']);
  });

  it('are refused when they cannot be meant', async () => {
    const wrong = [
      {},
      { harm: 'eat' },
      { harm: 'drop', kind: 'hello' },
      { harm: 'drop', appId: '1' },
      { harm: 'drop', times: 0 },
    ];
    for (const body of wrong) {
      const { status } = await fetch(`${emulator.url}/_emulator/webhook-faults`, {
        method: 'POST',
        body: JSON.stringify(body),
      });
      expect(status, JSON.stringify(body)).to.equal(400);
    }
  });

  it('leave the bytes that were sent in the event stream, with their signature', async () => {
    await heard('one');
    const delivered = emulator.events().find((event) => event.type === 'webhookDelivered') as
      { post: { body: string; url: string; headers: Record<string, string> } } | undefined;
    expect(delivered?.post.body).to.equal(callback.received[0]!.bytes.toString());
    expect(delivered?.post.url).to.equal(callback.url);
    expect(delivered?.post.headers['x-hub-signature-256']).to.equal(
      callback.received[0]!.headers['x-hub-signature-256'],
    );
  });
});
