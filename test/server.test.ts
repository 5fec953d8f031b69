import { ActivityHandler, type Activity, type TurnContext } from 'botbuilder';
import { expect } from 'chai';
import { createBot } from '../bots/samples/createBot.ts';
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { json, text } from 'node:stream/consumers';
import { createBotServer, type BotServer, type BotServerOptions } from '../server.ts';
import { createMemoryStore } from '../store/memory/memoryStore.ts';
import { createRetryPolicy } from '../turns/retryPolicy.ts';
import type { Store } from '../store/store.ts';
import { StoreUnavailableError } from '../store/storeErrors.ts';
import { timer } from './contracts/store/timerContract.ts';
import { deferred } from './support/deferred.ts';
import { createRecordingLogger } from './support/recordingLogger.ts';
import { startScriptedConnector, type ConnectorScript } from './support/scriptedConnector.ts';
import { testSettings } from './support/testSettings.ts';

type Bot = ReturnType<NonNullable<BotServerOptions['createBot']>>;

const botOf = (run: (context: TurnContext) => Promise<void>): Bot => ({ run });
const say = (words: string) =>
  botOf(async (context) => {
    await context.sendActivity(words);
  });

/** Nothing is waited for: not before a turn runs again, not for an echo. */
const atOnce = { retries: createRetryPolicy({ baseMs: 0 }), turnWork: { echoWaitMs: 0 } };

describe('the bot server without credentials', () => {
  let connector: Awaited<ReturnType<typeof startScriptedConnector>>;
  let server: BotServer | undefined;
  let logger: ReturnType<typeof createRecordingLogger>;
  let count = 0;

  beforeEach(async () => {
    connector = await startScriptedConnector();
    logger = createRecordingLogger();
  });
  afterEach(async () => {
    await server?.close();
    server = undefined;
    await connector.close();
  });

  async function start(bot?: Bot, options: Partial<BotServerOptions> = {}): Promise<BotServer> {
    server = await createBotServer(testSettings(), {
      logger,
      ...atOnce,
      ...(bot && { createBot: () => bot }),
      ...options,
    });
    return server;
  }

  function activity(fields: Record<string, unknown> = {}): Record<string, unknown> {
    count += 1;
    return {
      type: 'message',
      id: `activity-${count}`,
      channelId: 'emulator',
      serviceUrl: connector.serviceUrl,
      from: { id: 'user-1' },
      recipient: { id: 'bot-1' },
      conversation: { id: 'conversation-1' },
      text: 'hello',
      ...fields,
    };
  }

  function post(body: unknown, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(`${server!.url}/api/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  }

  it('answers a posted activity through its service URL, without a token', async () => {
    await start(say('good morning'));
    expect((await post(activity())).status).to.equal(200);
    await server!.settled();
    expect(connector.received).to.have.length(1);
    expect(connector.received[0]?.path).to.match(/^\/v3\/conversations\/conversation-1\/activities\/activity-\d+$/);
    expect(connector.received[0]?.authorization).to.equal(undefined);
    expect(connector.texts()).to.deep.equal(['good morning']);
  });

  it('answers the request before the turn has ended', async () => {
    const gate = deferred();
    await start(botOf(() => gate.promise));
    expect((await post(activity())).status).to.equal(200);
    gate.resolve();
    await server!.settled();
  });

  it('handles an activity once, however often it is delivered', async () => {
    await start(say('once'));
    const same = activity();
    await Promise.all(Array.from({ length: 10 }, () => post(same)));
    await server!.settled();
    expect(connector.texts()).to.deep.equal(['once']);
  });

  it('runs the turns of a conversation in the order of their requests', async () => {
    const gate = deferred();
    const order: unknown[] = [];
    await start(
      botOf(async ({ activity: { text: words } }) => {
        if (words === 'first') await gate.promise;
        order.push(words);
      }),
    );
    for (const words of ['first', 'second', 'third']) await post(activity({ text: words }));
    gate.resolve();
    await server!.settled();
    expect(order).to.deep.equal(['first', 'second', 'third']);
  });

  it('gives the turn its dates as dates, as the SDK does', async () => {
    let seen: Partial<Activity> & Record<string, unknown> = {};
    await start(botOf(async (context) => void (seen = { ...context.activity })));
    await post(activity({ timestamp: '2026-02-03T04:05:06.789Z', localTimestamp: '2026-02-03T05:05:06+01:00' }));
    await server!.settled();
    expect(seen.timestamp).to.deep.equal(new Date('2026-02-03T04:05:06.789Z'));
    expect(seen['rawTimestamp']).to.equal('2026-02-03T04:05:06.789Z');
    expect(seen.localTimestamp).to.deep.equal(new Date('2026-02-03T04:05:06Z'));
    expect(seen['rawLocalTimestamp']).to.equal('2026-02-03T05:05:06+01:00');
  });

  it('gives each item of a standby activity a turn of its own', async () => {
    const turns: unknown[] = [];
    await start(
      botOf(async ({ activity: { conversation, from, value } }) => void turns.push([conversation.id, from.id, value])),
    );
    const item = (psid: string, mid: string) => ({
      sender: { id: psid },
      recipient: { id: '99' },
      timestamp: 1_700_000_000_000,
      message: { mid, text: 'hi' },
    });
    const items = [item('11', 'm_1'), item('22', 'm_2'), item('11', 'm_3')];
    const standby = { type: 'event', name: 'standby', channelId: 'facebook', serviceUrl: connector.serviceUrl };
    await post({ ...standby, id: 'x', value: { id: '99', time: 1, standBy: items } });
    await server!.settled();
    expect(turns).to.have.deep.members([
      ['11-99', '11', { standby: [items[0]] }],
      ['22-99', '22', { standby: [items[1]] }],
      ['11-99', '11', { standby: [items[2]] }],
    ]);
  });

  it('answers an invoke with what its turn gives', async () => {
    await start(
      botOf(async (context) => {
        await context.sendActivity({ type: 'invokeResponse', value: { status: 202, body: { told: 'yes' } } });
      }),
    );
    const response = await post(activity({ type: 'invoke', name: 'ask' }));
    expect(response.status).to.equal(202);
    expect(await response.json()).to.deep.equal({ told: 'yes' });
    const [line] = logger.lines.filter(({ message }) => message === 'turn');
    expect(line?.fields).to.include({
      conversation: 'emulator conversation-1',
      kind: 'invoke',
      via: 'emulator',
      outcome: 'done',
    });
  });

  it('puts the replies into the answer when they are expected there', async () => {
    await start(say('in the answer'));
    const response = await post(activity({ deliveryMode: 'expectReplies' }));
    expect(response.status).to.equal(200);
    const { activities } = (await response.json()) as { activities: { text: string }[] };
    expect(activities.map(({ text: words }) => words)).to.deep.equal(['in the answer']);
    expect(connector.received).to.have.length(0);
  });

  it('answers 500 without details when an inline turn fails', async () => {
    await start(botOf(() => Promise.reject(new Error('inner workings'))));
    const response = await post(activity({ type: 'invoke', name: 'ask' }));
    expect(response.status).to.equal(500);
    expect(await response.text()).to.not.contain('inner workings');
  });

  it('gives the bot a storage, in which a turn that fails leaves nothing', async () => {
    const counts: unknown[] = [];
    await start(undefined, {
      createBot: ({ storage }) =>
        botOf(async ({ activity: { text: words } }) => {
          const { seen } = (await storage.read(['seen'])) as { seen?: { texts: string[] } };
          counts.push(seen?.texts ?? []);
          await storage.write({ seen: { texts: [...(seen?.texts ?? []), words], eTag: '*' } });
          if (words === 'bad') throw new Error('broken');
        }),
      retries: createRetryPolicy({ maxAttempts: 1 }),
    });
    for (const words of ['good', 'bad', 'last']) await post(activity({ text: words }));
    await server!.settled();
    expect(counts).to.deep.equal([[], ['good'], ['good']]);
  });

  it('goes on after a turn that failed, and counts it', async () => {
    const store = createMemoryStore();
    await start(
      botOf(async (context) => {
        if (context.activity.text === 'bad') throw new Error('broken');
        await context.sendActivity('fine');
      }),
      { store },
    );
    await post(activity({ text: 'bad' }));
    await post(activity({ text: 'good' }));
    await server!.settled();
    expect(connector.texts()).to.deep.equal(['fine']);
    expect(await store.counts()).to.deep.equal({ waiting: 0, claimed: 0, failed: 1 });
  });

  const failures: [string, ConnectorScript][] = [
    ['resets the connection', (_request, response) => response.destroy()],
    [
      'answers 503',
      (_request, response) => {
        response.statusCode = 503;
        response.end();
      },
    ],
  ];
  for (const [what, answer] of failures) {
    it(`sends a message once when the connector ${what}`, async () => {
      let failure: unknown;
      await start(
        botOf(async (context) => {
          await context.sendActivity('hello').catch((err: unknown) => (failure = err));
        }),
      );
      connector.answerWith(answer);
      await post(activity());
      await server!.settled();
      expect(connector.texts()).to.deep.equal(['hello']);
      expect(failure).to.be.instanceOf(Error);
    });
  }

  describe('refuses', () => {
    const cases: { what: string; body?: unknown; headers?: Record<string, string>; status: number; says: RegExp }[] = [
      { what: 'a body that is no JSON', body: '{', status: 400, says: /not valid JSON/ },
      { what: 'an empty body', body: '', status: 400, says: /not valid JSON/ },
      { what: 'null', body: 'null', status: 400, says: /must be an activity/ },
      { what: 'a list', body: [], status: 400, says: /must be an activity/ },
      { what: 'a type that is no text', body: { type: 1 }, status: 400, says: /must be an activity/ },
      {
        what: 'another content type',
        body: '{}',
        headers: { 'content-type': 'text/plain' },
        status: 415,
        says: /application\/json/,
      },
      { what: 'a body over the limit', body: ' '.repeat(256 * 1024 + 1), status: 413, says: /262144 bytes/ },
      { what: 'an activity without a channel', body: { type: 'message' }, status: 400, says: /channelId/ },
      {
        what: 'an activity without a service URL',
        body: { type: 'message', channelId: 'emulator' },
        status: 400,
        says: /serviceUrl/,
      },
      {
        what: 'a service URL on another machine',
        body: { type: 'message', channelId: 'emulator', serviceUrl: 'https://example.com/' },
        status: 403,
        says: /this machine only/,
      },
      {
        what: 'more standby items than Meta puts into one webhook',
        body: {
          type: 'event',
          name: 'standby',
          channelId: 'facebook',
          serviceUrl: 'http://127.0.0.1:1/',
          value: Array.from({ length: 1001 }, () => ({})),
        },
        status: 413,
        says: /more than 1000 standby items/,
      },
      {
        what: 'a page from elsewhere',
        body: {},
        headers: { origin: 'https://example.com' },
        status: 403,
        says: /no web page from elsewhere/,
      },
    ];
    for (const { what, body, headers, status, says } of cases) {
      it(`${what} with ${status} and a sentence, and answers the next activity`, async () => {
        await start(say('still here'));
        const response = await post(body, headers);
        expect(response.status).to.equal(status);
        expect(((await response.json()) as { error: string }).error).to.match(says);
        await post(activity());
        await server!.settled();
        expect(connector.texts()).to.deep.equal(['still here']);
      });
    }

    for (const [what, head, status] of [
      ['a host on another machine', 'Host: bot.example\r\nContent-Type: application/json', 403],
      ['a host that is none', 'Host: a b', 400],
      ['a body that is said to be compressed', 'Host: localhost\r\nContent-Encoding: gzip', 415],
    ] as const) {
      it(`${what} with ${status}, and answers the next activity`, async () => {
        await start(say('still here'));
        const socket = connect(Number(new URL(server!.url).port), '127.0.0.1');
        socket.end(`POST /api/messages HTTP/1.1\r\n${head}\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}`);
        expect(await text(socket)).to.match(new RegExp(`^HTTP/1\\.1 ${status} `));
        await post(activity());
        await server!.settled();
        expect(connector.texts()).to.deep.equal(['still here']);
      });
    }
  });

  it('does not acknowledge what the store did not take', async () => {
    const store = { ...createMemoryStore(), accept: () => Promise.reject(new Error('disk full')) };
    await start(say('never'), { store });
    expect((await post(activity())).status).to.equal(500);
    await server!.settled();
    expect(connector.received).to.have.length(0);
  });

  it('answers 503 when the store cannot commit now', async () => {
    const store = { ...createMemoryStore(), accept: () => Promise.reject(new StoreUnavailableError('full')) };
    await start(say('never'), { store });
    expect((await post(activity())).status).to.equal(503);
    await server!.settled();
    expect(connector.received).to.have.length(0);
  });

  it('tells that it is alive and ready', async () => {
    await start(new ActivityHandler());
    const alive = await fetch(`${server!.url}/healthz`);
    expect([alive.status, await alive.json()]).to.deep.equal([200, { status: 'alive' }]);
    const ready = await fetch(`${server!.url}/readyz`);
    expect([ready.status, await ready.json()]).to.deep.equal([200, { status: 'ready' }]);
  });

  it('is not ready, and says so, when the store cannot even be asked', async () => {
    const reasons = [new StoreUnavailableError('corrupt'), new Error('something about /var/lib/secret')];
    const store = { ...createMemoryStore(), counts: () => Promise.reject(reasons.shift() ?? new Error('closed')) };
    await start(say('never'), { store });
    for (const status of ['store corrupt', 'store failed']) {
      const ready = await fetch(`${server!.url}/readyz`);
      expect([ready.status, await ready.json()]).to.deep.equal([503, { status }]);
    }
  });

  it('tells how much there is to do to who asks for it on this machine, and to nobody else', async () => {
    const store = createMemoryStore();
    await start(say('never'), { store });
    await store.timers.change([timer('reminder', Date.now() + 3_600_000, 'facebook 10 1', '')]);
    const ask = async (headers: Record<string, string> = {}) => {
      const answer = request(`${server!.url}/readyz?verbose`, { headers }).end();
      const [response] = (await once(answer, 'response')) as [IncomingMessage];
      return json(response);
    };
    const counts = { waiting: 0, running: 0, timers: 1, deadLetters: 0, quarantined: 0 };
    expect(await ask()).to.deep.equal({ status: 'ready', ...counts });
    for (const [name, value] of [
      ['x-forwarded-for', '203.0.113.7'],
      ['forwarded', 'for=203.0.113.7'],
      ['host', 'bot.example'],
    ] as const) {
      expect(await ask({ [name]: value }), name).to.deep.equal({ status: 'ready' });
    }
  });

  it('tells whoever asks nothing of how much there is to do, of its pages or of failures', async () => {
    const release = deferred();
    const store = createMemoryStore();
    await start(
      botOf(() => release.promise),
      { store },
    );
    await post(activity({ text: 'one' }));
    await post(activity({ text: 'two' }));
    for (const [path, status] of [
      ['healthz', 'alive'],
      ['readyz', 'ready'],
    ]) {
      expect(await (await fetch(`${server!.url}/${path}`)).json(), path).to.deep.equal({ status });
    }
    release.resolve();
    await server!.settled();
  });

  it('does not wait for a turn that waits for another attempt when it is closed', async () => {
    const retried = deferred();
    const warn: typeof logger.warn = (fields, message) => {
      logger.warn(fields, message);
      retried.resolve();
    };
    await start(
      botOf(() => Promise.reject(new Error('broken'))),
      // Whoever waits for the attempt, or for the end of the time, waits longer than the test may take.
      {
        retries: createRetryPolicy({ baseMs: 600_000, capMs: 600_000, random: () => 1 }),
        drainMs: 600_000,
        logger: { ...logger, warn },
      },
    );
    await post(activity());
    await retried.promise;
    await server!.close();
    expect(logger.lines.at(-1)).to.deep.include({
      message: 'closed before every accepted event was handled',
      fields: { waiting: 1, running: 0 },
    });
  });

  it('lets accepted turns end before it is closed, and accepts nothing further', async () => {
    const gate = deferred();
    const begun = deferred();
    await start(
      botOf(async (context) => {
        begun.resolve();
        await gate.promise;
        await context.sendActivity('goodbye');
      }),
    );
    const { url } = server!;
    await post(activity({ text: 'one' }));
    await post(activity({ text: 'two' }));
    await begun.promise;
    const closed = server!.close();
    expect((await fetch(`${url}/healthz`)).status).to.equal(200);
    const refused = await post(activity({ text: 'three' }));
    expect([refused.status, refused.headers.get('retry-after')]).to.deep.equal([503, '2']);
    gate.resolve();
    await closed;
    expect(connector.texts()).to.deep.equal(['goodbye', 'goodbye']);
  });

  /** A connection that is written to by hand, and everything that comes back on it. */
  function rawConnection() {
    const socket = connect(Number(new URL(server!.url).port), '127.0.0.1');
    return { socket, answer: text(socket) };
  }
  const rawPost = (body: string) =>
    `POST /api/messages HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n` +
    `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

  /** A store in memory that tells when it is asked to accept, and lets that wait. */
  function gatedStore() {
    const memory = createMemoryStore();
    const asked = deferred();
    const gate = deferred();
    const calls: string[] = [];
    const store: Store = {
      ...memory,
      accept: async (events) => {
        calls.push('accept');
        asked.resolve();
        await gate.promise;
        return memory.accept(events);
      },
      claim: () => (calls.push('claim'), memory.claim()),
      complete: (id, changes) => (calls.push('complete'), memory.complete(id, changes)),
      counts: () => (calls.push('counts'), memory.counts()),
      close: () => (calls.push('close'), memory.close()),
    };
    return { store, asked, gate, calls };
  }

  it('acknowledges a request that is being stored when it is closed, and runs its turn', async () => {
    const { store, asked, gate, calls } = gatedStore();
    await start(say('goodbye'), { store });
    const response = post(activity());
    await asked.promise;
    const closed = server!.close();
    gate.resolve();
    expect((await response).status).to.equal(200);
    await closed;
    expect(connector.texts()).to.deep.equal(['goodbye']);
    expect(calls.at(-1)).to.equal('close');
  });

  it('answers an invoke that is under way when it is closed', async () => {
    const gate = deferred();
    const begun = deferred();
    await start(
      botOf(async (context) => {
        begun.resolve();
        await gate.promise;
        await context.sendActivity({ type: 'invokeResponse', value: { status: 200, body: 'answer' } });
      }),
    );
    const response = post(activity({ type: 'invoke', name: 'ask' }));
    await begun.promise;
    const closed = server!.close();
    gate.resolve();
    expect(await (await response).json()).to.equal('answer');
    await closed;
  });

  it('refuses with 503 what arrives on connections that it has when it is closed, and tells that it is closing', async () => {
    const gate = deferred();
    const begun = deferred();
    const { store, gate: storeGate, calls } = gatedStore();
    storeGate.resolve();
    await start(
      botOf(() => (begun.resolve(), gate.promise)),
      { store },
    );
    const whole = rawPost(JSON.stringify(activity({ text: 'whole' })));
    const [noHeaders, noBody, ready] = [rawConnection(), rawConnection(), rawConnection()];
    noHeaders.socket.write(whole.slice(0, 10));
    noBody.socket.write(whole.slice(0, -10));
    ready.socket.write('GET /readyz HTTP/1.1\r\nHost: ');
    await post(activity({ text: 'first' }));
    await begun.promise;
    const closed = server!.close();
    noHeaders.socket.write(whole.slice(10));
    noBody.socket.write(whole.slice(-10));
    ready.socket.write('localhost\r\n\r\n');
    for (const { answer } of [noHeaders, noBody]) {
      expect(await answer)
        .to.match(/^HTTP\/1\.1 503 /)
        .and.match(/\r\nconnection: close\r\n/i);
    }
    expect(await ready.answer)
      .to.match(/^HTTP\/1\.1 503 /)
      .and.contain('"status":"closing"');
    gate.resolve();
    await closed;
    expect(calls.filter((call) => call === 'accept')).to.have.length(1);
  });

  it('closes no connection under an answer: a kept one ends after it', async () => {
    const { store, asked, gate } = gatedStore();
    await start(say('goodbye'), { store });
    const { socket, answer } = rawConnection();
    socket.write(rawPost(JSON.stringify(activity())));
    await asked.promise;
    const closed = server!.close();
    gate.resolve();
    expect(await answer)
      .to.match(/^HTTP\/1\.1 200 /)
      .and.match(/\r\nconnection: close\r\n/i);
    await closed;
  });

  it('asks nothing of the store after closing it, also when a turn ends later', async () => {
    const gate = deferred();
    const begun = deferred();
    const { store, gate: storeGate, calls } = gatedStore();
    storeGate.resolve();
    await start(
      botOf(() => (begun.resolve(), gate.promise)),
      { store, drainMs: 0 },
    );
    await post(activity());
    await begun.promise;
    await server!.close();
    gate.resolve();
    await new Promise<void>((resolve) => setImmediate(() => setImmediate(resolve)));
    expect(calls.slice(calls.indexOf('close'))).to.deep.equal(['close']);
    expect(logger.lines.at(-1)?.fields).to.include({ outcome: 'leftOver' });
  });

  it('lets an invoke wait for the turn that is running in its conversation, and no other', async () => {
    const gate = deferred();
    const begun = deferred();
    const order: string[] = [];
    await start(
      botOf(async ({ activity: { type, conversation } }) => {
        if (type !== 'invoke') {
          begun.resolve();
          await gate.promise;
        }
        order.push(`${type} in ${conversation.id}`);
      }),
    );
    await post(activity());
    await begun.promise;
    const waiting = post(activity({ type: 'invoke', name: 'ask' }));
    await post(activity({ type: 'invoke', name: 'ask', conversation: { id: 'conversation-2' } }));
    gate.resolve();
    await waiting;
    expect(order).to.deep.equal(['invoke in conversation-2', 'message in conversation-1', 'invoke in conversation-1']);
  });

  it('says what was left when closing takes too long', async () => {
    const gate = deferred();
    await start(
      botOf(() => gate.promise),
      { drainMs: 0 },
    );
    await post(activity());
    await server!.close();
    expect(logger.lines.find(({ level }) => level === 'warn')).to.deep.include({
      message: 'closed before every accepted event was handled',
      fields: { waiting: 0, running: 1 },
    });
    gate.resolve();
  });

  it('rejects when the port is in use', async () => {
    await start(new ActivityHandler());
    const settings = testSettings({ Port: new URL(server!.url).port });
    const error = await createBotServer(settings, { createBot, logger }).catch((err: unknown) => err);
    expect(error).to.have.property('code', 'EADDRINUSE');
  });
});
