import { expect } from 'chai';
import { createSigningKeySource, SigningKeysUnavailableError } from '../../../adapters/azure/signingKeySource.ts';
import { deferred } from '../../support/deferred.ts';

const jwk = {
  kty: 'RSA',
  e: 'AQAB',
  // 2048 bits; only the shape of a key matters here.
  n: Buffer.concat([Buffer.from([0x80]), Buffer.alloc(254, 7), Buffer.from([1])]).toString('base64url'),
};
const hour = 60 * 60 * 1000;
const metadataUrl = 'https://issuer.example/metadata';
const metadata = { jwks_uri: 'https://issuer.example/keys' };

type Answer = (url: string, signal: AbortSignal) => Promise<Response>;

/** An issuer without a network and a clock that the test moves. */
function stage(first: Answer) {
  const asked: string[] = [];
  const state = { answer: first, time: 1_000_000 * hour };
  const fakeFetch = (async (url: string, { signal }: { signal: AbortSignal }) => {
    asked.push(url);
    return state.answer(url, signal);
  }) as unknown as typeof fetch;
  const deadline = (): AbortSignal => (state.answer === hang ? AbortSignal.abort() : new AbortController().signal);
  const source = createSigningKeySource({ metadataUrl, fetch: fakeFetch, now: () => state.time, deadline });
  return { asked, state, source };
}

const publish =
  (...keys: unknown[]): Answer =>
  async (url) =>
    Response.json(url === metadataUrl ? metadata : { keys });

/** Never answers; its time is up at once. */
const hang: Answer = async (_url, signal) => {
  signal.throwIfAborted();
  return new Promise(() => undefined);
};

const fail: Answer = async () => new Response('down', { status: 503 });

const failureOf = (work: Promise<unknown>): Promise<unknown> => work.catch((err: unknown) => err);

describe('the source of signing keys', () => {
  it('fetches the keys once for a hundred who wait', async () => {
    const gate = deferred();
    const { asked, source } = stage(async (url, signal) => {
      await gate.promise;
      return publish({ ...jwk, kid: 'a' })(url, signal);
    });
    const waiting = Array.from({ length: 100 }, () => source.find('a'));
    gate.resolve();
    for (const key of await Promise.all(waiting)) expect(key?.key.type).to.equal('public');
    expect(asked).to.deep.equal([metadataUrl, metadata.jwks_uri]);
  });

  it('asks nobody while the keys are fresh, and anew after a day, without waiting for it', async () => {
    const { asked, state, source } = stage(publish({ ...jwk, kid: 'a' }));
    await source.find('a');
    state.time += 24 * hour - 1;
    await source.find('a');
    expect(asked).to.have.length(2);
    state.time += 1;
    const fetched = deferred();
    state.answer = async (url, signal) => {
      if (url !== metadataUrl) fetched.resolve();
      return publish({ ...jwk, kid: 'a' })(url, signal);
    };
    expect(await source.find('a')).to.not.equal(undefined);
    await fetched.promise;
    expect(asked).to.have.length(4);
  });

  for (const [what, trouble] of [
    ['is down', fail],
    ['does not answer', hang],
    ['answers with no keys', publish()],
    ['answers with a web page', async () => new Response('<html>')],
    ['breaks the connection', () => Promise.reject(new TypeError('fetch failed'))],
  ] as [string, Answer][]) {
    it(`serves the keys it has while the key server ${what}`, async () => {
      const { state, source } = stage(publish({ ...jwk, kid: 'a' }));
      await source.find('a');
      state.time += 48 * hour;
      state.answer = trouble;
      expect(await source.find('a')).to.not.equal(undefined);
      expect(await source.find('b')).to.equal(undefined);
      expect(await source.find('a')).to.not.equal(undefined);
    });

    it(`says that there are no keys when it has none and the key server ${what}`, async () => {
      const { state, source } = stage(trouble);
      expect(await failureOf(source.find('a'))).to.be.instanceOf(SigningKeysUnavailableError);
      state.answer = publish({ ...jwk, kid: 'a' });
      expect(await failureOf(source.find('a'))).to.be.instanceOf(SigningKeysUnavailableError);
      state.time += 1_000;
      expect(await source.find('a')).to.not.equal(undefined);
    });
  }

  it('asks once in five minutes, however many unknown key ids come', async () => {
    const { asked, state, source } = stage(publish({ ...jwk, kid: 'a' }));
    for (let i = 0; i < 100; i += 1) expect(await source.find(`unknown-${i}`)).to.equal(undefined);
    expect(asked).to.have.length(2);
    state.answer = publish({ ...jwk, kid: 'b' });
    state.time += 5 * 60_000;
    expect(await source.find('b')).to.not.equal(undefined);
    expect(asked).to.have.length(4);
    expect(await source.find('a')).to.equal(undefined);
  });

  it('leaves out keys that it does not understand, and keeps the others', async () => {
    const small = { ...jwk, n: Buffer.alloc(128, 0xff).toString('base64url') };
    const { source } = stage(
      publish(
        null,
        7,
        { ...jwk },
        { ...jwk, kid: 'encryption', use: 'enc' },
        { kty: 'oct', k: 'c2VjcmV0', kid: 'secret' },
        { kty: 'RSA', kid: 'empty' },
        { ...small, kid: 'small' },
        { ...jwk, kid: 'good', endorsements: ['facebook', 7] },
        { ...jwk, kid: 'open', endorsements: [] },
        { ...jwk, kid: 'odd', endorsements: 'facebook' },
      ),
    );
    for (const kid of ['encryption', 'secret', 'empty', 'small'])
      expect(await source.find(kid), kid).to.equal(undefined);
    expect((await source.find('good'))?.endorsements).to.deep.equal(['facebook']);
    expect((await source.find('open'))?.endorsements).to.equal(undefined);
    expect((await source.find('odd'))?.endorsements).to.not.include('facebook');
  });

  it('does not follow a document that leads from https to http', async () => {
    const { asked, source } = stage(async () => Response.json({ jwks_uri: 'http://issuer.example/keys' }));
    expect(await failureOf(source.find('a'))).to.be.instanceOf(SigningKeysUnavailableError);
    expect(asked).to.deep.equal([metadataUrl]);
  });
});
