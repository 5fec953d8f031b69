import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import axios from 'axios';
import { expect } from 'chai';
import { createMemoryStore } from '../../store/memory/memoryStore.ts';
import { createRetryPolicy } from '../../turns/retryPolicy.ts';
import { classifyOwnFailure } from '../../turns/turnFailure.ts';
import { endpointNames, says, startBothEndpoints } from '../support/bothEndpoints.ts';
import { createManualClock } from '../support/manualClock.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A service, as a bot may call one, and what it does to its callers. */
const services: Readonly<Record<string, Answer>> = {
  'never answers': () => undefined,
  'hangs up': (request) => void request.socket.resetAndDestroy(),
  'breaks off in its answer': (request, response) => {
    response.writeHead(200, { 'content-length': '1000' });
    response.write('half', () => request.socket.destroy());
  },
  'stops in its answer': (_request, response) =>
    void response.writeHead(200, { 'content-length': '1000' }).write('half'),
  'answers 503': (_request, response) => void response.writeHead(503).end('busy'),
  'answers 429': (_request, response) => void response.writeHead(429).end('slow down'),
};

/** How bots call it, with a time limit. */
const clients: Readonly<Record<string, (url: string) => Promise<unknown>>> = {
  'fetch with AbortSignal.timeout': async (url) => readAll(await fetch(url, { signal: AbortSignal.timeout(50) })),
  'fetch with an AbortController': async (url) => readAll(await fetch(url, { signal: abortedSoon() })),
  'fetch with a reason of its own': async (url) => readAll(await fetch(url, { signal: abortedSoon('gave up') })),
  'axios with a timeout': async (url) => (await axios.get<unknown>(url, { timeout: 50 })).data,
  'axios with a signal': async (url) => (await axios.get<unknown>(url, { signal: abortedSoon() })).data,
};

async function readAll(response: Response): Promise<string> {
  if (!response.ok) throw Object.assign(new Error('The service refused.'), { status: response.status });
  return response.text();
}

function abortedSoon(reason?: string): AbortSignal {
  const controller = new AbortController();
  const why = reason === undefined ? undefined : Object.assign(new Error(reason), { name: 'TimeoutError' });
  setTimeout(() => controller.abort(why), 50);
  return controller.signal;
}

async function thrownBy(call: Promise<unknown>): Promise<unknown> {
  try {
    await call;
  } catch (error) {
    return error;
  }
  throw new Error('It was to fail.');
}

describe('trouble of a service that a bot calls', () => {
  let server: Server;
  let url = '';
  let answer: Answer = () => undefined;
  before(async () => {
    server = createServer((request, response) => answer(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  for (const [doing, behave] of Object.entries(services)) {
    for (const [how, call] of Object.entries(clients)) {
      it(`passes: it ${doing}, called by ${how}`, async () => {
        answer = behave;
        const error = await thrownBy(call(url));
        expect(classifyOwnFailure(error)).to.equal('temporary');
        expect(classifyOwnFailure(new Error('No orders.', { cause: error })), 'wrapped').to.equal('temporary');
      });
    }
  }

  it('passes: nobody is there, or nobody of that name', async () => {
    const free = createServer();
    await new Promise<void>((resolve) => free.listen(0, '127.0.0.1', resolve));
    const { port } = free.address() as AddressInfo;
    await new Promise((resolve) => free.close(resolve));
    for (const nowhere of [`http://127.0.0.1:${port}/`, `http://localhost:${port}/`, 'http://nobody.invalid/']) {
      for (const call of [() => fetch(nowhere), () => axios.get(nowhere)]) {
        expect(classifyOwnFailure(await thrownBy(call())), nowhere).to.equal('temporary');
      }
    }
  });

  it('passes: several services failed, and one of them for such a reason', async () => {
    answer = services['hangs up'] ?? answer;
    const bug = Promise.reject(new TypeError('x is undefined'));
    expect(classifyOwnFailure(await thrownBy(Promise.any([fetch(url), bug])))).to.equal('temporary');
    expect(classifyOwnFailure(await thrownBy(Promise.any([bug])))).to.equal('failed');
  });

  it('passes: Node aborts what it was told to abort, whatever the reason', async () => {
    const error = await thrownBy(delay(1_000, undefined, { signal: abortedSoon('gave up') }));
    expect(classifyOwnFailure(error)).to.equal('temporary');
  });

  it('passes: as the clients of services say it in ways of their own', () => {
    class APIConnectionTimeoutError extends Error {}
    const aws = { $metadata: { httpStatusCode: 503 } };
    for (const error of [
      new APIConnectionTimeoutError('Request timed out.'),
      Object.assign(new Error('too many'), { response: { status: 429 } }),
      Object.assign(new Error('HTTPError'), { response: { statusCode: 502 } }),
      Object.assign(new Error('ServiceUnavailable'), aws),
      Object.assign(new Error('gone'), { code: 'ERR_HTTP2_GOAWAY_SESSION' }),
    ]) {
      expect(classifyOwnFailure(error), error.message).to.equal('temporary');
    }
  });

  it('is none: what the service refuses, and mistakes of the bot', async () => {
    answer = (_request, response) => void response.writeHead(404).end('none');
    const errors = [
      await thrownBy(axios.get(url)),
      await thrownBy(fetch(url).then(readAll)),
      await thrownBy(fetch('http://127.0.0.1:1/')),
      await thrownBy(fetch('nonsense')),
      await thrownBy(fetch(url, { headers: { 'a b': 'c' } })),
      Object.assign(new Error('invalid'), { code: 'UND_ERR_INVALID_ARG' }),
      Object.assign(new Error('unauthorized'), { status: 401 }),
      new TypeError('x is undefined'),
    ];
    for (const error of errors) expect(classifyOwnFailure(error), String(error)).to.equal('failed');
  });

  for (const endpoint of endpointNames) {
    it(`makes no dead letter on ${endpoint}, however often the service is slow`, async () => {
      answer = services['never answers'] ?? answer;
      const clock = createManualClock();
      const store = createMemoryStore({ monotonicNow: clock.monotonicNow });
      let calls = 0;
      const bot = await startBothEndpoints({
        ...{ clock, store, retries: createRetryPolicy({ random: () => 0.5 }) },
        run: async (context) => {
          calls += 1;
          if (calls < 9) await fetch(url, { signal: AbortSignal.timeout(5) });
          await context.sendActivity(context.activity.text);
        },
      });
      try {
        await bot.post[endpoint](says('66', 'm_1'));
        while (bot.sent.length === 0 && (await store.deadLetters.count()) === 0) {
          await delay(2);
          if ((await store.counts()).claimed === 0) clock.pass(60_000);
        }
        expect(await store.deadLetters.count()).to.equal(0);
        expect(calls).to.equal(9);
        expect(bot.sent.map(({ psid }) => psid)).to.deep.equal(['66']);
      } finally {
        await bot.close();
      }
    });
  }
});
