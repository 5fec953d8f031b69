import type { Emulator } from '../../../emulator/emulator.ts';
import { modes } from '../../../emulator/core/state.ts';

/** Numbers below 1 that look random and are the same for the same seed. */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const texts = [
  'hi',
  '',
  'größer / <b>',
  '__proto__',
  '"__proto__":',
  '\u2028\ud83d\ude00',
  'emulator:/_emulator/files/x',
  'x'.repeat(500),
];

/** Plays things that can happen to an emulator, in an order that depends on the seed. What is impossible just then is left out. */
export async function playHistory(emulator: Emulator, seed: number, length: number): Promise<void> {
  const random = randomNumbers(seed);
  const below = (count: number): number => Math.floor(random() * count);
  const oneOf = <T>(list: readonly T[]): T => list[below(list.length)]!;
  const graph = (path: string, body: object): Promise<unknown> => {
    const { pageToken } = oneOf(emulator.apps);
    const init = { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
    return fetch(`${emulator.url}/me/${path}?access_token=${pageToken}`, init).then((response) => response.text());
  };
  const recipient = (): object => ({ recipient: { id: oneOf(emulator.customers) } });
  const actions: (() => unknown)[] = [
    () => emulator.customer(oneOf(emulator.customers)).say(oneOf(texts)),
    () => emulator.customer(oneOf(emulator.customers)).sendAttachment(file('image/png')),
    () => emulator.customer(oneOf(emulator.customers)).follow(oneOf(['shop', '__proto__', 'constructor'])),
    () => emulator.customer(oneOf(emulator.customers)).followAd('7', { ref: 'sale' }),
    () => emulator.customer(oneOf(emulator.customers)).react('love'),
    () => emulator.customer(oneOf(emulator.customers)).sendUnsupported(),
    () => emulator.customer(oneOf(emulator.customers)).read(),
    () => emulator.addCustomer({ name: oneOf(texts) }),
    () => emulator.inbox(oneOf(emulator.customers)).reply('a person'),
    () => emulator.inbox(oneOf(emulator.customers)).markAsDone(),
    () => emulator.metaAi(oneOf(emulator.customers)).take(),
    () => emulator.setMode(oneOf(modes)),
    () => emulator.setMetaAi(oneOf(['on', 'off'])),
    () => emulator.setRoles({ primaryAppId: oneOf(emulator.apps).id, mayTakeControl: [oneOf(emulator.apps).id] }),
    () => emulator.setEntryPoints({ social: oneOf(emulator.apps).id, links: { shop: oneOf(emulator.apps).id } }),
    () => emulator.setSwitches({ receipts: oneOf(['automatic', 'onCommand']), takeDeliveries: 'fourTimes' }),
    () => emulator.advanceClock(below(40) * 3_600_000),
    () => emulator.setBatching(oneOf(['none', 'entries', 'items'])),
    () => emulator.holdWebhooks(oneOf(emulator.apps).id),
    () => emulator.releaseWebhooks(oneOf(emulator.apps).id),
    () => emulator.faults.ofCalls({ fault: 'callLimit', mode: oneOf(['always', { next: 3 }, { every: 4 }]) }),
    () =>
      emulator.faults.ofCalls({ delayMs: 0, effect: 'twice', times: 2, match: { psid: oneOf(emulator.customers) } }),
    () => emulator.faults.ofCalls({ fault: { status: 500, type: 'OAuthException', code: 1, message: 'no' } }),
    () =>
      emulator.faults.ofWebhooks({ fault: oneOf(['delay', 'hold', 'reorder', 'refuse', 'drop']), mode: { next: 4 } }),
    () => emulator.faults.disarmAll(),
    () => emulator.changeAccount(oneOf(emulator.apps).id, { token: { expiresAt: 1 + below(4_000_000_000) } }),
    () => emulator.changeAccount(oneOf(emulator.apps).id, { userToken: { invalidated: 'passwordChanged' } }),
    () => emulator.changeAccount(oneOf(emulator.apps).id, { pageFields: oneOf([null, [], ['messages', 'standby']]) }),
    () => graph('messages', { ...recipient(), message: { text: 'hello', quick_replies: [quickReply] } }),
    () => graph('messages', { ...recipient(), message: { attachment: buttons } }),
    () =>
      graph('pass_thread_control', { ...recipient(), target_app_id: oneOf(emulator.apps).id, metadata: oneOf(texts) }),
    () => graph('personas', { name: 'Ada', profile_picture_url: 'https://example.com/a.png' }),
    () =>
      graph('messenger_profile', { get_started: { payload: 'START' }, greeting: [{ locale: 'default', text: 'Hi' }] }),
    () =>
      graph('message_attachments', {
        message: { attachment: { type: 'image', payload: { url: 'https://x.example/a.png' } } },
      }),
  ];
  for (let step = 0; step < length; step += 1) {
    try {
      await oneOf(actions)();
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'EmulatorUsageError') throw error;
    }
  }
  await emulator.settled();

  function file(contentType: string): ReturnType<Emulator['keepFile']> {
    return emulator.keepFile({ name: 'a b.png', contentType, bytes: Uint8Array.of(below(256), 0, 255) });
  }
}

const quickReply = { content_type: 'text', title: 'Yes', payload: 'YES' };
const buttons = {
  type: 'template',
  payload: { template_type: 'button', text: 'Pick', buttons: [{ type: 'postback', title: 'A', payload: 'A' }] },
};
