import { request as httpRequest } from 'node:http';
import { expect } from 'chai';
import type { Emulator } from '../../../emulator/emulator.ts';
import { startEmulator } from '../../../emulator/startEmulator.ts';
import type { EmulatorEvent } from '../../../emulator/trace/emulatorEvent.ts';
import { startCallback, type Callback } from '../callback.ts';

describe('control of the emulator over HTTP', () => {
  let emulator: Emulator;
  let callback: Callback;
  let psid: string;

  beforeEach(async () => {
    emulator = await startEmulator({ mode: 'classic' });
    callback = await startCallback();
    psid = emulator.customers[0]!;
  });
  afterEach(async () => {
    await emulator.close();
    await callback.close();
  });

  async function ask(method: string, path: string, body?: unknown): Promise<[number, Record<string, unknown>]> {
    const response = await fetch(`${emulator.url}/_emulator/${path}`, {
      method,
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    return [response.status, (await response.json()) as Record<string, unknown>];
  }
  const post = (path: string, body: unknown = {}): Promise<[number, Record<string, unknown>]> =>
    ask('POST', path, body);
  const events = async (after = 0): Promise<EmulatorEvent[]> =>
    (await ask('GET', `events?after=${after}`))[1]['events'] as EmulatorEvent[];

  /** With headers that `fetch` does not let a page set. */
  function raw(headers: Record<string, string>): Promise<number> {
    return new Promise((resolve, reject) => {
      const sent = httpRequest(`${emulator.url}/_emulator/state`, { headers }, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      });
      sent.on('error', reject).end();
    });
  }

  it('plays a conversation: customer, agent, clock, roles, mode', async () => {
    expect((await post(`customers/${psid}/messages`, { text: 'hi' }))[1]['mid']).to.match(/^m_/);
    expect((await post(`inbox/${psid}/reply`, { text: 'hello' }))[0]).to.equal(200);
    expect((await post(`inbox/${psid}/move-to-main`))[0]).to.equal(200);
    expect((await post(`inbox/${psid}/mark-as-done`))[0]).to.equal(200);
    expect((await post(`customers/${psid}/deliveries`))[0]).to.equal(200);
    expect((await post(`customers/${psid}/reads`))[0]).to.equal(200);
    expect((await post(`customers/${psid}/postbacks`, { title: 'Go', payload: 'GO' }))[0]).to.equal(200);
    const before = emulator.clock();
    expect((await post('clock/advance', { ms: 5000 }))[1]['now']).to.be.at.least(before + 5000);
    await post('mode', { mode: 'routing' });
    const [, secondary] = emulator.apps;
    await post('roles', { primaryAppId: secondary!.id, mayTakeControl: [secondary!.id] });
    const state = emulator.state();
    expect([state.mode, state.primaryAppId]).to.deep.equal(['routing', secondary!.id]);
    expect(state.apps[1]).to.include({ mayTakeControl: true, role: 'primary' });
    expect(emulator.apps[1]!.role).to.equal('primary');
    expect((await ask('GET', 'state'))[1]['mode']).to.equal('routing');
  });

  it('puts the clock forward to a time of day, the next day if that is over', async () => {
    const before = emulator.clock();
    for (const to of ['09:00', '08:59']) {
      const [, { now }] = await post('clock/advance', { to });
      expect(new Date(Number(now)).toISOString()).to.contain(`T${to}:0`);
    }
    expect(emulator.clock() - before).to.be.within(86_340_000, 2 * 86_400_000);
  });

  it('adds customers', async () => {
    const [, { psid: added }] = await post('customers', { name: 'Dora' });
    expect(emulator.customers).to.include(added);
    expect((await post('customers', { psid }))[1]['error']).to.contain('already');
    expect((await post('customers', { psid: 'dora' }))[1]['error']).to.contain('digits');
  });

  it('says what is offered when a quick reply or a button is not there', async () => {
    const [status, { error }] = await post(`customers/${psid}/quick-replies`, { title: 'One' });
    expect([status, error]).to.deep.equal([400, 'There is no quick reply "One" to tap; none is offered.']);
    expect((await post(`customers/${psid}/postbacks`, { title: 'Go' }))[1]['error']).to.contain('no button "Go"');
  });

  it('refuses every wrong request with a sentence', async () => {
    const wrong: [string, unknown, number][] = [
      [`customers/${psid}/messages`, '{', 400],
      [`customers/${psid}/messages`, '[]', 400],
      [`customers/${psid}/messages`, {}, 400],
      [`customers/${psid}/messages`, { text: 5 }, 400],
      [`customers/${psid}/messages`, { text: 'x'.repeat(100_001) }, 413],
      ['customers/1/messages', { text: 'hi' }, 400],
      ['inbox/1/reply', { text: 'hi' }, 400],
      ['clock/advance', { ms: -1 }, 400],
      ['clock/advance', { to: '24:00' }, 400],
      ['clock/advance', { to: 'noon' }, 400],
      ['clock/advance', {}, 400],
      ['mode', { mode: 'closed' }, 400],
      ['roles', { primaryAppId: '263902037430900' }, 400],
      ['roles', { primaryAppId: '1' }, 400],
      ['roles', { mayTakeControl: ['1'] }, 400],
      ['faults', {}, 400],
      ['faults', { fault: 'noSuchFault' }, 400],
      ['faults/99/disarm', {}, 400],
      ['faults/x/disarm', {}, 400],
      ['faults', { fault: 'invalidToken', times: 0 }, 400],
      ...[
        'sometimes',
        3,
        null,
        {},
        [],
        { next: 0 },
        { every: 1.5 },
        { every: '2' },
        { next: 1, every: 2 },
        { __proto__: 1 },
      ].map((mode): [string, unknown, number] => ['faults', { fault: 'invalidToken', mode }, 400]),
      ['faults', '{"fault":"invalidToken","mode":{"__proto__":{"next":1}}}', 400],
      ['faults', { fault: 'invalidToken', times: 1, mode: 'always' }, 400],
      ['faults', { effect: 'thrice' }, 400],
      ['faults', { fault: 'constructor' }, 400],
      ['webhook-faults', { fault: 'toString' }, 400],
      ['webhook-faults', { fault: 'drop', mode: 'never' }, 400],
      ['faults', { fault: 'invalidToken', match: { path: 'x' } }, 400],
      ['faults', { fault: { status: 200, code: 1, message: 'x' } }, 400],
      ['apps/1/webhook', { callbackUrl: callback.url, verifyToken: 'x' }, 400],
      ['apps/1284000000000001/webhook', { callbackUrl: 'ftp://x', verifyToken: 'x' }, 422],
      ['nothing', {}, 404],
      ['state', {}, 405],
    ];
    for (const [path, body, status] of wrong) {
      const [got, { error }] = await post(path, body);
      expect(got, path).to.equal(status);
      expect(error, path).to.be.a('string').that.matches(/\.$/);
    }
    expect((await ask('GET', 'events?after=x'))[0]).to.equal(400);
  });

  it('answers only loopback hosts and no foreign page', async () => {
    expect(await raw({ host: `localhost:${emulator.port}` })).to.equal(200);
    expect(await raw({ host: 'emulator.example' })).to.equal(403);
    expect(await raw({ origin: 'https://example.com' })).to.equal(403);
    expect(await raw({ origin: 'null' })).to.equal(403);
    expect(await raw({ origin: emulator.url })).to.equal(200);
  });

  it('registers a webhook with the verify token of the app, and settles', async () => {
    const [app] = emulator.apps;
    expect((await post(`apps/${app!.id}/webhook`, { callbackUrl: callback.url }))[0]).to.equal(200);
    expect(emulator.state().apps[0]?.callbackUrl).to.equal(callback.url);
    await post(`apps/${app!.id}/hold`);
    await post(`customers/${psid}/messages`, { text: 'hi' });
    await post('settled');
    expect(callback.received).to.have.length(0);
    await post(`apps/${app!.id}/let-go`);
    await post('settled', { quietMs: 1 });
    expect(callback.received).to.have.length(1);
  });

  it('injects faults by name and as they are given, and lists the names', async () => {
    expect((await ask('GET', 'faults'))[1]).to.have.property('anotherAppControls');
    expect((await post('faults', { fault: 'callLimit' }))[1]['faultId']).to.equal(1);
    await post('faults', {
      fault: { status: 500, code: 2, subcode: 7, message: 'no', transient: true },
      when: 'after',
    });
    const me = async (): Promise<[number, unknown]> => {
      const response = await fetch(`${emulator.url}/me?access_token=${emulator.apps[0]!.pageToken}`);
      return [response.status, ((await response.json()) as { error?: { code: number } }).error?.code];
    };
    expect([await me(), await me(), await me()]).to.deep.equal([
      [400, 613],
      [500, 2],
      [200, undefined],
    ]);
  });

  it('lists the faults that are armed, and takes back one', async () => {
    const { faultId } = (await post('faults', { fault: 'callLimit', times: 2, match: { edge: 'me' } }))[1];
    await post('webhook-faults', { fault: 'drop' });
    expect(((await ask('GET', 'state'))[1] as { armedFaults: unknown }).armedFaults).to.deep.equal([
      {
        ...{ faultId, mode: { next: 2 }, matched: 0, hits: 0, timesLeft: 2, of: 'calls' },
        spec: { fault: 'callLimit', times: 2, match: { edge: 'me' } },
      },
      {
        ...{ faultId: 2, mode: { next: 1 }, matched: 0, hits: 0, timesLeft: 1, of: 'webhooks' },
        spec: { fault: 'drop' },
      },
    ]);
    expect((await ask('GET', 'faults/armed'))[1]).to.deep.equal({ armed: emulator.faults.armed() });
    expect((await post(`faults/${String(faultId)}/disarm`))[0]).to.equal(200);
    expect(emulator.state().armedFaults.map(({ of }) => of)).to.deep.equal(['webhooks']);
    expect((await post(`faults/${String(faultId)}/disarm`))[0]).to.equal(400);
    emulator.reset();
    expect(emulator.state().armedFaults).to.deep.equal([]);
  });

  it('arms faults in each mode, and takes back all of them', async () => {
    await post('faults', { fault: 'callLimit', mode: 'always' });
    await post('faults', { effect: 'twice', mode: { every: 3 }, match: { psid } });
    await post('webhook-faults', { fault: 'refuse', mode: { next: 2 }, match: { psid } });
    expect(emulator.faults.armed().map(({ mode, timesLeft }) => [mode, timesLeft])).to.deep.equal([
      ['always', undefined],
      [{ every: 3 }, undefined],
      [{ next: 2 }, 2],
    ]);
    expect((await post('faults/disarm-all'))[0]).to.equal(200);
    expect(emulator.faults.armed()).to.deep.equal([]);
  });

  it('takes an app by its id in place of its token, since the page shows no tokens', async () => {
    const me = (token: string): Promise<Response> =>
      fetch(`${emulator.url}/me`, { headers: { authorization: `Bearer ${token}` } });
    expect((await me(`as-app-${emulator.apps[0]!.id}`)).status).to.equal(200);
    expect((await me('as-app-1')).status).to.equal(401);
  });

  it('goes back to the beginning, but not with ids of events and messages', async () => {
    const first = emulator.customer().say('hi');
    await post('mode', { mode: 'routing' });
    await post('faults', { fault: 'callLimit' });
    const lastId = (await events()).at(-1)!.id;
    await post('reset');
    expect(emulator.state()).to.deep.include({ mode: 'classic', threads: {} });
    expect((await fetch(`${emulator.url}/me?access_token=${emulator.apps[0]!.pageToken}`)).status).to.equal(200);
    expect(emulator.customer().say('hi')).not.to.equal(first);
    expect((await events(lastId))[0]).to.include({ id: lastId + 1, type: 'reset' });
  });

  it('numbers events without a gap and replays those after an id', async () => {
    emulator.customer().say('one');
    emulator.customer().say('two');
    await emulator.settled();
    const all = await events();
    expect(all.map(({ id }) => id)).to.deep.equal(all.map((_, index) => index + 1));
    expect(await events(2)).to.deep.equal(all.slice(2));
  });

  it('streams events: first those missed, then each as it happens, until it closes', async () => {
    emulator.customer().say('one');
    await emulator.settled();
    const missed = emulator.events(1);
    const response = await fetch(`${emulator.url}/_emulator/events`, {
      headers: { accept: 'text/event-stream', 'last-event-id': '1' },
    });
    expect(response.headers.get('content-type')).to.contain('text/event-stream');
    emulator.customer().say('two');
    await emulator.settled();
    const expected = emulator.events(1);
    expect(expected.length).to.be.greaterThan(missed.length);
    const text = response.text().catch(() => '');
    await emulator.close();
    const got = (await text)
      .split('\n\n')
      .filter((part) => part !== '')
      .map((part) => {
        const [id, data] = part.split('\n');
        const event = JSON.parse(data!.slice('data: '.length)) as EmulatorEvent;
        expect(id).to.equal(`id: ${event.id}`);
        return event;
      });
    expect(got).to.deep.equal(expected);
  });

  it('takes what happened inside a bot into the event stream, safe to print and without secrets', async () => {
    const [{ id, pageToken }] = emulator.apps as [Emulator['apps'][number]];
    const message = `Torn\u001b[2J ${pageToken}\u202e`;
    expect(await post(`apps/${id}/bot-log`, { level: 'warn', message, psid, suppressed: true })).to.deep.equal([
      200,
      {},
    ]);
    const thrown = {
      message: 'TypeError: no',
      stack: 'TypeError: no\n    at bot.ts:1',
      attempt: 2,
      outcome: 'retried',
    };
    await post(`apps/${id}/bot-exceptions`, thrown);
    await post(`apps/${id}/bot-state`, { state: 'down', because: 'It ended.' });
    const told = (await events()).slice(-3).map(({ id: _id, at: _at, ...rest }) => rest);
    expect(told).to.deep.equal([
      { type: 'botLog', level: 'warn', message: 'Torn[2J [secret]', psid, suppressed: true, appId: id },
      { type: 'botException', ...thrown, appId: id },
      { type: 'botState', state: 'down', because: 'It ended.', appId: id },
    ]);
    expect(emulator.state().apps[0]).to.include({ bot: 'down' });
    expect(emulator.state().apps[1]).not.to.have.property('bot');
  });

  it('takes what a bot is going to do, safe to print and without secrets', async () => {
    const [{ id, pageToken }] = emulator.apps as [Emulator['apps'][number]];
    const handover = { reason: `asked\u001b[2J ${pageToken}`, to: 'Page Inbox', since: 5, firstAnswerAt: 6 };
    const next = [{ what: `back ${pageToken}`, at: 7 }];
    const plans = { psid, timers: [{ name: pageToken, dueAt: 8 }], handover: { ...handover, next } };
    expect(await post(`apps/${id}/bot-plans`, plans)).to.deep.equal([200, {}]);
    await post(`apps/${id}/bot-plans`, { psid });
    const told = (await events()).slice(-2).map(({ id: _id, at: _at, ...rest }) => rest);
    expect(told).to.deep.equal([
      {
        ...{ type: 'botPlans', psid, appId: id, timers: [{ name: '[secret]', dueAt: 8 }] },
        handover: { ...handover, reason: 'asked[2J [secret]', next: [{ what: 'back [secret]', at: 7 }] },
      },
      { type: 'botPlans', psid, appId: id, timers: [] },
    ]);
  });

  it('keeps no more of a long text of a bot than somebody reads', async () => {
    emulator.report(emulator.apps[0]!.id, { type: 'botLog', level: 'info', message: 'x'.repeat(50_000) });
    expect(JSON.stringify((await events()).at(-1)).length).to.be.lessThan(5_000);
  });

  for (const [path, body, because] of [
    ['bot-log', { level: 'loud', message: 'x' }, 'level has to be one of info, warn, error, fatal.'],
    ['bot-log', { level: 'info', message: 'x', suppressed: 'yes' }, 'suppressed has to be true.'],
    ['bot-exceptions', { message: 'x', outcome: 'gone' }, 'outcome has to be one of retried, deadLetter, unhandled.'],
    ['bot-plans', { psid: '1', timers: 'none' }, 'timers has to be a list of objects.'],
    ['bot-plans', { psid: '1', timers: [{ name: 'x' }] }, 'dueAt is required.'],
    ['bot-plans', { psid: '1', handover: [] }, 'handover has to be an object.'],
    ['bot-state', { state: 'asleep' }, 'state has to be one of running, down, debugging.'],
  ] as const) {
    it(`refuses a report that nobody can mean: ${because}`, async () => {
      expect(await post(`apps/${emulator.apps[0]!.id}/${path}`, body)).to.deep.equal([400, { error: because }]);
    });
  }

  it('serves only on 127.0.0.1 and refuses a seed that Meta could not have', async () => {
    expect(emulator.url).to.equal(`http://127.0.0.1:${emulator.port}`);
    const seed = { apps: [{ id: '9007199254740993', name: 'x', pageToken: 'a', appSecret: 'b', verifyToken: 'c' }] };
    const outcome = await startEmulator({ seed }).catch((error: unknown) => error);
    expect(outcome).to.be.instanceOf(RangeError);
  });
});
