import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { expect } from 'chai';
import { appsecretProof, createGraphClient } from '../../../helpers/graph/graphClient.ts';
import type { GraphClient, GraphClientOptions } from '../../../helpers/graph/graphClient.ts';
import { GraphApiError, GraphTransportError } from '../../../helpers/graph/graphErrors.ts';
import { routedGraph } from '../../support/scriptedGraph.ts';
import type { Script, ScriptedGraph } from '../../support/scriptedGraph.ts';

const pageToken = 'fake-page-token';
const appSecret = 'fake-app-secret';
const proof = appsecretProof(pageToken, appSecret);

describe('createGraphClient', () => {
  let graph: ScriptedGraph | undefined;
  let waits: number[];
  let logged: object[];
  /** Ends the time of the call under way. No test waits for it. */
  let timeIsUp: () => void;

  beforeEach(() => {
    waits = [];
    logged = [];
  });

  afterEach(async () => {
    await graph?.close();
    graph = undefined;
  });

  function client(baseUrl: string, more: Partial<GraphClientOptions> = {}): GraphClient {
    const log = (fields: object, message: string) => void logged.push({ ...fields, message });
    return createGraphClient({
      pageToken,
      baseUrl,
      random: () => 0.5,
      sleep: async (ms) => void waits.push(ms),
      deadline: () => {
        const time = new AbortController();
        timeIsUp = () => time.abort();
        return time.signal;
      },
      logger: { debug: log, warn: log },
      ...more,
    });
  }

  async function server(...scripts: Script[]): Promise<ScriptedGraph> {
    const rest = [...scripts];
    graph = await routedGraph(() => {
      const script = rest.shift();
      if (script === 'silence') timeIsUp();
      return script;
    });
    return graph;
  }

  async function failureOf(call: Promise<unknown>): Promise<GraphApiError | GraphTransportError> {
    const error: unknown = await call.then(
      (answer) => expect.fail(`answered ${inspect(answer)}`),
      (reason: unknown) => reason,
    );
    if (error instanceof GraphApiError || error instanceof GraphTransportError) return error;
    throw error;
  }

  it('asks with parameters and gives back the parsed answer', async () => {
    const { url, calls } = await server({ json: { data: [] } });
    expect(await client(url).get('me/thread_owner', { recipient: '76', after: undefined })).to.deep.equal({ data: [] });
    expect(calls[0]).to.include({ method: 'GET', path: '/v27.0/me/thread_owner', body: '' });
    expect([...calls[0]!.query]).to.deep.equal([['recipient', '76']]);
  });

  it('sends a JSON body', async () => {
    const { url, calls } = await server({ json: { success: true } });
    await client(`${url}/`, { version: 'v25.0' }).post('/me/pass_thread_control', {
      recipient: { id: '76' },
      x: undefined,
    });
    expect(calls[0]).to.include({ method: 'POST', path: '/v25.0/me/pass_thread_control' });
    expect(calls[0]?.headers['content-type']).to.match(/^application\/json/);
    expect(JSON.parse(calls[0]!.body)).to.deep.equal({ recipient: { id: '76' } });
  });

  it('carries the token in the header and never in the address', async () => {
    const { url, calls } = await server({ json: {} }, { json: {} });
    await client(url).get('me', { fields: 'id' });
    await client(url).post('me/messages', {});
    for (const call of calls) {
      expect(call.headers.authorization).to.equal(`Bearer ${pageToken}`);
      expect(call.url).not.to.include(pageToken);
      expect(call.query.has('appsecret_proof')).to.equal(false);
    }
  });

  it('adds the proof of the app secret to every call when there is a secret, to commands out of sight of logs', async () => {
    const { url, calls } = await server({ json: {} }, { json: {} });
    await client(url, { appSecret }).get('me', { fields: 'id' });
    await client(url, { appSecret }).post('me/messages', { text: 'hi' });
    expect(calls.map(({ query }) => query.get('appsecret_proof'))).to.deep.equal([proof, null]);
    expect(JSON.parse(calls[1]!.body)).to.deep.equal({ text: 'hi', appsecret_proof: proof });
    expect(calls[1]!.url).not.to.include(proof);
    expect(proof).to.match(/^[0-9a-f]{64}$/);
    expect(calls.map(({ url: address }) => address).join()).not.to.include(appSecret);
  });

  it('keeps the digits of ids that a double would round', async () => {
    const { url } = await server({ text: '{"app_id":9007199254740993}' });
    expect(await client(url).get('me')).to.deep.equal({ app_id: '9007199254740993' });
  });

  it("throws Meta's refusal with its reason", async () => {
    const { url, calls } = await server({ status: 400, json: { error: { code: 10, error_subcode: 2018300 } } });
    expect(await failureOf(client(url).post('me/messages', {}))).to.include({ status: 400, reason: 'notThreadOwner' });
    expect(calls).to.have.length(1);
  });

  it('sees a refusal in an answer with status 200 too', async () => {
    const { url } = await server({ json: { error: { code: 190 } } });
    expect(await failureOf(client(url).get('me'))).to.include({ status: 200, reason: 'invalidToken' });
  });

  const unusable: [string, Script, string][] = [
    [
      'HTML with status 200',
      { text: '<html>maintenance</html>', headers: { 'content-type': 'text/html' } },
      'unreadable',
    ],
    ['JSON that ends too early', { text: '{"data":[' }, 'unreadable'],
    ['an empty body', { text: '' }, 'unreadable'],
    ['an error of a proxy', { status: 403, json: { message: 'forbidden' } }, 'unreadable'],
    ['a body that breaks off', 'cut', 'connection'],
    ['a reset', 'reset', 'connection'],
    ['a redirect', { status: 302, headers: { location: '/elsewhere' } }, 'redirect'],
    ['an answer that is too large', { text: JSON.stringify('x'.repeat(5000)) }, 'tooLarge'],
    ['silence', 'silence', 'timeout'],
  ];
  for (const [what, script, failure] of unusable) {
    it(`calls the outcome unknown after ${what}, and does not write again`, async () => {
      const { url, calls } = await server(script, { json: {} });
      const error = await failureOf(client(url, { maxAnswerBytes: 2000 }).post('me/messages', {}));
      expect(error).to.be.instanceOf(GraphTransportError);
      expect(error).to.include({ failure, effect: 'unknown' });
      expect(calls).to.have.length(1);
      expect(waits).to.deep.equal([]);
    });
  }

  it('calls the outcome unknown when nobody listens', async () => {
    const unused = createServer().listen(0, '127.0.0.1');
    await once(unused, 'listening');
    const { port } = unused.address() as AddressInfo;
    unused.close();
    await once(unused, 'close');
    const error = await failureOf(client(`http://127.0.0.1:${port}`, { retries: 0 }).get('me'));
    expect(error).to.include({ failure: 'connection', systemCode: 'ECONNREFUSED' });
  });

  it('gives each attempt the same time', async () => {
    const { url } = await server('reset', { json: {} });
    const times: number[] = [];
    const deadline = (ms: number): AbortSignal => {
      times.push(ms);
      return new AbortController().signal;
    };
    await client(url, { timeoutMs: 1234, deadline }).get('me');
    expect(times).to.deep.equal([1234, 1234]);
  });

  for (const script of ['reset', 'cut', 'silence'] as const) {
    it(`reads again after ${script}`, async () => {
      const { url, calls } = await server(script, { json: { ok: 1 } });
      expect(await client(url).get('me')).to.deep.equal({ ok: 1 });
      expect(calls).to.have.length(2);
      expect(waits).to.deep.equal([250]);
    });
  }

  it('writes again after a rate limit, having waited as long as it was asked to', async () => {
    const limited = { status: 429, json: { error: { code: 613 } } };
    const { url, calls } = await server({ ...limited, headers: { 'retry-after': '2' } }, limited, { json: { ok: 1 } });
    expect(await client(url).post('me/messages', {})).to.deep.equal({ ok: 1 });
    expect(calls).to.have.length(3);
    expect(waits).to.deep.equal([2000, 500]);
  });

  it('gives up after as many retries as allowed', async () => {
    const busy = { status: 500, json: { error: { code: 2 } } };
    const { url, calls } = await server(busy, busy, busy, busy);
    expect(await failureOf(client(url, { retries: 1 }).get('me'))).to.include({ reason: 'temporary' });
    expect(calls).to.have.length(2);
  });

  it('does not retry when it was told to wait for longer than a turn can', async () => {
    const limited = { status: 429, headers: { 'retry-after': '3600' }, json: { error: { code: 4 } } };
    const { url, calls } = await server(limited);
    expect(await failureOf(client(url).get('me'))).to.include({ reason: 'rateLimited' });
    expect(calls).to.have.length(1);
  });

  it('tells how each attempt ended and how long it took', async () => {
    const { url } = await server(
      { status: 500, json: { error: { message: 'Service temporarily unavailable', code: 2 } } },
      { json: { data: [] } },
      { status: 400, json: { error: { message: 'no', code: 190 } } },
      'reset',
    );
    const ends: object[] = [];
    let now = 0;
    const watched = client(url, { retries: 1, clock: () => (now += 7), observe: (end) => ends.push(end) });
    await watched.get('me');
    await failureOf(watched.get('me'));
    await failureOf(watched.post('me/messages', {}));
    expect(ends).to.deep.equal([
      { reason: 'temporary', durationMs: 7 },
      { reason: 'ok', durationMs: 7 },
      { reason: 'invalidToken', durationMs: 7 },
      { reason: 'transport', durationMs: 7 },
    ]);
  });

  it('refuses a path that could lead elsewhere, and a token that no header can carry', async () => {
    for (const path of ['https://example.com/x', '//example.com/x', 'me/../x', 'me?x=1', '', 'me/', '@example.com']) {
      const error: unknown = await client('http://127.0.0.1:1')
        .get(path)
        .catch((reason: unknown) => reason);
      expect(error, path)
        .to.be.an('error')
        .with.property('message')
        .that.matches(/plain segments/);
    }
    for (const token of ['', 'fake token', 'fake\ntoken', 'fäke']) {
      expect(() => createGraphClient({ pageToken: token }), token).to.throw(/Page token/);
    }
  });

  it('shows no secret in any error or log line, however a call fails', async () => {
    const quoting = {
      error: { code: 190, message: `Malformed access token ${pageToken} ${proof}`, fbtrace_id: pageToken },
    };
    const scripts = [...unusable.map(([, script]) => script), { status: 400, json: quoting }];
    for (const script of scripts) {
      const leaky = await server(script);
      const options = { appSecret, maxAnswerBytes: 2000, retries: 0 };
      const error = await failureOf(client(leaky.url, options).post('me/messages', { text: 'private words' }));
      await leaky.close();
      graph = undefined;
      const shown = [
        inspect(error, { depth: null, showHidden: true }),
        JSON.stringify(error),
        error.message,
        error.stack,
        String(error.cause),
        inspect(Object.getOwnPropertyDescriptors(error), { depth: null }),
        inspect(logged, { depth: null }),
      ];
      for (const text of shown) {
        for (const secret of [pageToken, appSecret, proof, 'private words']) expect(text).not.to.include(secret);
      }
    }
    expect(logged).to.have.length(scripts.length);
  });
});
