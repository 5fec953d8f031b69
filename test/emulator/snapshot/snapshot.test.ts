import { expect } from 'chai';
import type { Emulator } from '../../../emulator/emulator.ts';
import { startEmulator } from '../../../emulator/startEmulator.ts';
import { startCallback, type Callback } from '../callback.ts';
import { playHistory } from './randomHistory.ts';

type Json = Record<string, unknown>;

const start = Date.UTC(2026, 10, 27);
const bytesOf = (emulator: Emulator): string => JSON.stringify(emulator.exportState());

describe('the state of an emulator, exported and imported', () => {
  let now: number;
  let emulator: Emulator;
  let other: Emulator;
  let callback: Callback;

  before(async () => {
    callback = await startCallback();
  });
  after(() => callback.close());
  beforeEach(async () => {
    now = start;
    emulator = await startEmulator({ clock: () => now, fields: 'all' });
    other = await startEmulator({ clock: () => now });
    for (const { id, verifyToken } of emulator.apps) {
      await emulator.registerWebhook(id, { callbackUrl: callback.url, verifyToken });
    }
    callback.received.splice(0);
    callback.statuses.splice(0);
  });
  afterEach(async () => {
    await emulator.close();
    await other.close();
  });

  it('is the same to the byte after every history, elsewhere and here', async () => {
    for (let seed = 1; seed <= 6; seed += 1) {
      if (seed % 3 === 0) callback.statuses.push(...Array.from({ length: 12 }, () => 500));
      await playHistory(emulator, seed, 60);
      const exported = bytesOf(emulator);
      other.importState(exported);
      // What waits is on its way at once, so it is looked at before anything can happen.
      expect(bytesOf(other), `seed ${seed}`).to.equal(exported);
      await other.settled();
      await playHistory(emulator, seed + 1000, 10);
      emulator.importState(JSON.parse(exported));
      expect(bytesOf(emulator), `seed ${seed}, here`).to.equal(exported);
      await emulator.settled();
      emulator.faults.disarmAll();
    }
  });

  it('has no token and no secret', async () => {
    await playHistory(emulator, 5, 60);
    const exported = bytesOf(emulator);
    for (const { pageToken, appSecret, verifyToken } of emulator.apps) {
      for (const secret of [pageToken, appSecret, verifyToken]) expect(exported).not.to.contain(secret);
    }
  });

  it('goes on with the conversation, the owner, the clock, the faults and the ends of tokens', async () => {
    const [primary, secondary] = emulator.apps as [Emulator['apps'][0], Emulator['apps'][0]];
    emulator.customer().say('hi');
    await emulator.settled();
    emulator.advanceClock(3_600_000);
    emulator.faults.ofCalls({ fault: 'callLimit', mode: { every: 2 }, match: { edge: 'messages' } });
    emulator.changeAccount(secondary.id, { token: { invalidated: 'passwordChanged' } });
    const exported = emulator.exportState();
    // Days later, and with the clock of the day.
    now += 5 * 86_400_000;
    other.importState(exported);
    const psid = other.customers[0]!;
    expect(other.clock()).to.equal(start + 3_600_000);
    expect(other.state().threads).to.deep.equal(emulator.state().threads);
    const send = async ({ pageToken }: { pageToken: string }): Promise<number> => {
      const body = JSON.stringify({ recipient: { id: psid }, message: { text: 'hello' } });
      const init = { method: 'POST', body, headers: { authorization: `Bearer ${pageToken}` } };
      return (await fetch(`${other.url}/me/messages`, init)).status;
    };
    expect([await send(primary), await send(primary), await send(secondary)]).to.deep.equal([200, 400, 401]);
    other.advanceClock(24 * 3_600_000);
    expect(other.state().threads[psid]!.owner).to.equal(null);
  });

  it('goes on with deliveries that wait, are held, delayed or tried again, byte for byte', async () => {
    const [primary, secondary] = emulator.apps as [Emulator['apps'][0], Emulator['apps'][0]];
    emulator.faults.ofWebhooks({ fault: 'delay', delayMs: 120_000, match: { appId: primary.id } });
    emulator.holdWebhooks(secondary.id);
    emulator.customer().say('delayed');
    callback.statuses.push(500, 500, 500);
    emulator.customer().say('tried again');
    await emulator.settled();
    const [failed] = callback.received.splice(0);
    other.importState(emulator.exportState());
    await other.settled();
    expect(callback.received).to.have.length(0);
    other.advanceClock(60_000);
    await other.settled();
    expect(callback.received.splice(0).map(({ bytes }) => bytes.equals(failed!.bytes))).to.deep.equal([true]);
    other.advanceClock(60_000);
    await other.settled();
    other.releaseWebhooks(secondary.id);
    await other.settled();
    expect(callback.received.map(({ bytes }) => /"text":"([^"]+)"/.exec(bytes.toString())?.[1])).to.deep.equal([
      ...['delayed', 'delayed', 'tried again'],
    ]);
  });

  it('leaves nothing of what waited before', async () => {
    const exported = emulator.exportState();
    callback.statuses.push(500, 500, 500, 500, 500, 500);
    emulator.customer().say('old');
    await emulator.settled();
    callback.received.splice(0);
    emulator.importState(exported);
    emulator.advanceClock(2 * 3_600_000);
    await emulator.settled();
    expect(callback.received).to.have.length(0);
    expect(emulator.state().apps.map(({ subscribedFields }) => subscribedFields)).not.to.include(null);
  });

  it('leaves nothing of what was under way either, as after a reset', async () => {
    const exported = emulator.exportState();
    for (const forget of [() => emulator.importState(exported), () => emulator.reset()]) {
      callback.statuses.push(500, 500, 500, 500, 500, 500);
      callback.beforeAnswer = () => {
        callback.beforeAnswer = () => Promise.resolve();
        forget();
        return Promise.resolve();
      };
      emulator.customer().say('under way');
      await emulator.settled();
      callback.statuses.splice(0);
      callback.received.splice(0);
      emulator.advanceClock(120_000);
      await emulator.settled();
      expect(callback.received).to.have.length(0);
    }
  });

  it('keeps callbacks that are registered, and takes files and addresses along', async () => {
    const { url } = emulator.keepFile({ name: 'a.png', contentType: 'image/png', bytes: Uint8Array.of(1, 2, 3) });
    emulator.customer().sendAttachment({ type: 'image', url });
    const text = bytesOf(emulator);
    expect(text).not.to.contain(emulator.url);
    other.importState(text);
    const sent = JSON.stringify(other.state().threads);
    const moved = /http:[^"]+a\.png/.exec(sent)![0];
    expect(moved.startsWith(other.url)).to.equal(true);
    expect(Buffer.from(await (await fetch(moved)).arrayBuffer())).to.deep.equal(Buffer.of(1, 2, 3));
    expect(other.state().apps.map(({ callbackUrl }) => callbackUrl)).to.deep.equal([callback.url, callback.url]);
    const elsewhere = await startCallback();
    await other.registerWebhook(other.apps[0]!.id, { callbackUrl: elsewhere.url, verifyToken: 'a text of my own' });
    other.importState(text);
    expect(other.state().apps.map(({ callbackUrl }) => callbackUrl)).to.deep.equal([elsewhere.url, callback.url]);
    await elsewhere.close();
  });

  it('never gives a new message the id of one that there was', () => {
    const exported = emulator.exportState();
    const before = emulator.customer().say('before');
    emulator.importState(exported);
    const after = emulator.customer().say('after');
    emulator.importState(exported);
    emulator.reset();
    expect(new Set([before, after, emulator.customer().say('at last')]).size).to.equal(3);
  });

  it('can be what an emulator starts with', async () => {
    emulator.customer().say('hi');
    const started = await startEmulator({ clock: () => now, state: bytesOf(emulator) });
    expect(started.state().threads).to.deep.equal(emulator.state().threads);
    await started.close();
    const refused = await startEmulator({ state: { format: 'another' } }).catch((error: unknown) => error);
    expect(refused).to.have.property('name', 'EmulatorUsageError');
  });

  describe('is refused, with a sentence and nothing changed,', () => {
    const post = async (body: string, headers: Record<string, string> = {}): Promise<[number, string]> => {
      const response = await fetch(`${other.url}/_emulator/state/import`, { method: 'POST', body, headers });
      return [response.status, ((await response.json()) as { error?: string }).error ?? ''];
    };
    let before: string;
    beforeEach(async () => {
      emulator.customer().say('hi');
      emulator.faults.ofCalls({ fault: 'callLimit' });
      other.customer().say('here before');
      await emulator.settled();
      await other.settled();
      before = bytesOf(other);
    });
    afterEach(() => expect(bytesOf(other)).to.equal(before));

    for (const [what, body] of [
      ['nothing', ''],
      ['half a text', '{"format":'],
      ['a list', '[]'],
      ['another JSON', '{"a":1}'],
      ['too deep', `{"format":"messenger-handover/emulator","version":1,"a":${'['.repeat(200)}${']'.repeat(200)}}`],
      ['only a prototype', '{"__proto__":{"format":"messenger-handover/emulator","version":1}}'],
    ] as const) {
      it(`when it is ${what}`, async () => {
        const [status, error] = await post(body);
        expect(status).to.equal(400);
        expect(error).to.match(/\.$/);
      });
    }

    it('when it is of another version', async () => {
      for (const version of [0, 2, '1', null, 1.5]) {
        const [status, error] = await post(JSON.stringify({ ...emulator.exportState(), version }));
        expect(status).to.equal(400);
        expect(error).to.contain('this emulator reads version 1');
      }
    });

    it('when it is longer than any state', async () => {
      const [status, error] = await post(`{"format":"${'x'.repeat(100_000_000)}"}`);
      expect([status, error]).to.deep.equal([413, 'The body is longer than 80000000 bytes.']);
    });

    it('when it is of another Page or other apps', async () => {
      const [app] = emulator.apps;
      const seed = { page: { id: '1', name: 'Another' } };
      const stranger = await startEmulator({ seed });
      const lonely = await startEmulator({ seed: { apps: [app!] } });
      expect((await post(bytesOf(stranger)))[1]).to.contain('it is of the Page 1, and this is');
      expect((await post(bytesOf(lonely)))[1]).to.contain(`it has the apps ${app!.id}, and here are`);
      await stranger.close();
      await lonely.close();
    });

    it('when any one of its parts is missing, strange, or of another type', async () => {
      const whole = emulator.exportState();
      for (const path of pathsOf(whole)) {
        for (const change of ['remove', 'add', null, -1, 'x', {}] as const) {
          const changed = changedAt(whole, path, change);
          if (changed === undefined || isFree(path, change)) continue;
          expect(() => other.importState(changed), `${path.join('.')} ${JSON.stringify(change)}`).to.throw(/\.$/);
        }
      }
    });

    it('when it is no JSON at all', () => {
      const circle: Json = {};
      circle['circle'] = circle;
      for (const state of [undefined, null, 5, () => 'x', circle, { toJSON: () => undefined }]) {
        expect(() => other.importState(state)).to.throw('This is not the exported state of an emulator.');
      }
    });

    it('when its parts do not go together', () => {
      const whole = emulator.exportState();
      const [psid] = emulator.customers;
      const thread = whole.messenger.threads[psid!]!;
      const withMessenger = (change: object): object => ({ ...whole, messenger: { ...whole.messenger, ...change } });
      const withThread = (change: object): object => withMessenger({ threads: { [psid!]: { ...thread, ...change } } });
      const wrong: [string, object][] = [
        ['of no customer', withMessenger({ customers: [] })],
        ['of no customer', withThread({ psid: '1' })],
        ['of no customer', withMessenger({ threads: { constructor: thread } })],
        ['is no name', withMessenger({ threads: JSON.parse(`{"__proto__":${JSON.stringify(thread)}}`) as Json })],
        ['owned by no app', withThread({ owner: '12' })],
        ['same psid', withMessenger({ customers: [...whole.messenger.customers, ...whole.messenger.customers] })],
        ['same mid', withThread({ messages: [...thread.messages, ...thread.messages] })],
        ['messageCount', withMessenger({ messageCount: 0 })],
        ['primaryAppId', withMessenger({ primaryAppId: '12' })],
        ['accounts', { ...whole, accounts: whole.accounts.slice(1) }],
        ['same id', { ...whole, faults: [...whole.faults, ...whole.faults] }],
        ['timesLeft', { ...whole, faults: [{ ...whole.faults[0], mode: 'always' }] }],
        ['an http or https', { ...whole, callbacks: [{ appId: thread.owner, callbackUrl: 'ftp://127.0.0.1/' }] }],
        ['for no app', { ...whole, callbacks: [{ appId: '1', callbackUrl: 'http://127.0.0.1:1/' }] }],
        [
          'an address of a file',
          { ...whole, files: [{ path: '/x/y', name: '', contentType: 'text/html', base64: '' }] },
        ],
      ];
      for (const [words, state] of wrong) expect(() => other.importState(state), words).to.throw(words);
    });

    it('when it comes from a page of another origin or to another host', async () => {
      const [status] = await post(bytesOf(emulator), { origin: 'https://example.com' });
      expect(status).to.equal(403);
    });
  });
});

/** Where in a value there is something, down to single texts and numbers. */
function pathsOf(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  const inner = Object.entries(value).flatMap(([key, part]) => pathsOf(part, [...path, key]));
  return path.length === 0 ? inner : [path, ...inner];
}

function changedAt(value: unknown, [key = '', ...rest]: readonly string[], change: unknown): unknown {
  const copy = Array.isArray(value) ? [...(value as unknown[])] : { ...(value as Json) };
  const within = copy as Json;
  if (rest.length > 0) {
    const inner = changedAt(within[key], rest, change);
    if (inner === undefined) return undefined;
    within[key] = inner;
    return copy;
  }
  if (change === 'remove') {
    // Fewer members of a list are another list, not a wrong one.
    if (Array.isArray(copy)) return undefined;
    return Object.fromEntries(Object.entries(within).filter(([name]) => name !== key));
  }
  if (change === 'add') {
    if (typeof within[key] !== 'object' || within[key] === null || Array.isArray(within[key])) return undefined;
    within[key] = { ...(within[key] as Json), strange: 1 };
    return copy;
  }
  within[key] = change;
  return copy;
}

/** What a change leaves in order: another text where any will do, what may be absent or null. */
function isFree(path: readonly string[], change: unknown): boolean {
  const name = path.at(-1) ?? '';
  if (change === 'remove' || change === null) {
    return (
      ['appId', 'timesLeft', 'match', 'subscribedFields', 'webhook', 'expiresAt', 'referral', 'owner'].includes(name) ||
      ['lastCustomerMessageAt', 'fault', 'threads'].includes(name) ||
      path.includes('threads')
    );
  }
  const texts = ['name', 'text', 'epoch', 'mid', 'edge', 'method', 'scopes', 'subscribedFields', 'fields'];
  if (change === 'x') return texts.includes(name) || texts.includes(path.at(-2) ?? '');
  if (change === 'add') return ['profile', 'payload', 'item', 'links'].includes(name);
  return JSON.stringify(change) === '{}' && ['threads', 'profile', 'entryPoints', 'match', 'spec'].includes(name);
}
