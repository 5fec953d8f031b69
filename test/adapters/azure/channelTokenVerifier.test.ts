import { createPublicKey } from 'node:crypto';
import { expect } from 'chai';
import {
  createChannelTokenVerifier,
  type TokenUse,
  createVerifiedTokens,
} from '../../../adapters/azure/channelTokenVerifier.ts';
import { startScriptedIssuer, testAppId, type ScriptedIssuer } from '../../support/scriptedIssuer.ts';

const issuerName = 'https://api.botframework.com';
const serviceUrl = 'https://facebook.botframework.com/';
const use = { channelId: 'facebook', serviceUrl };
const minute = 60_000;

describe('the verifier of channel tokens', () => {
  let issuer: ScriptedIssuer;
  before(async () => {
    issuer = await startScriptedIssuer();
  });
  after(() => issuer.close());

  /** A verifier that counts how often it needs a key, with a clock that the test moves. */
  function stage(vouchesFor: string[] | 'anything' = ['facebook', 'webchat']) {
    const endorsements = vouchesFor === 'anything' ? undefined : vouchesFor;
    const state = { asked: 0, time: Date.now() };
    const find = async () => {
      state.asked += 1;
      return { key: createPublicKey({ format: 'jwk', key: issuer.publicJwk }), endorsements };
    };
    const identify = createChannelTokenVerifier({
      appId: testAppId,
      issuer: issuerName,
      keys: { find },
      now: () => state.time,
    });
    const verify = async (authorization: string, asked: TokenUse) => {
      const token = await identify(authorization);
      return token?.vouchesFor(asked) === true ? token.claims : undefined;
    };
    return { state, verify, identify };
  }
  const sign = (claims: Record<string, unknown> = {}) => issuer.sign({ claims: { serviceurl: serviceUrl, ...claims } });

  it('gives all the claims of a token, the same from its memory as the first time', async () => {
    const { state, verify } = stage();
    const authorization = `Bearer ${await sign({ extra: { deep: [1] } })}`;
    const first = await verify(authorization, use);
    expect(first).to.include({ iss: issuerName, aud: testAppId, serviceurl: serviceUrl });
    expect(first?.['extra']).to.deep.equal({ deep: [1] });
    Object.assign(first!, { aud: 'changed by a bot' });
    const second = await verify(authorization, use);
    expect(second).to.deep.equal({ ...first, aud: testAppId });
    expect(state.asked).to.equal(1);
  });

  it('verifies anew after a minute', async () => {
    const { state, verify } = stage();
    const authorization = `Bearer ${await sign()}`;
    await verify(authorization, use);
    state.time += minute - 1;
    await verify(authorization, use);
    expect(state.asked).to.equal(1);
    state.time += 1;
    await verify(authorization, use);
    expect(state.asked).to.equal(2);
  });

  it('remembers nothing past the end of the token', async () => {
    const { state, verify } = stage();
    const exp = Math.floor(state.time / 1000) + 10;
    const authorization = `Bearer ${await sign({ exp })}`;
    await verify(authorization, use);
    state.time = exp * 1000;
    expect(await verify(authorization, use)).to.not.equal(undefined);
    expect(state.asked).to.equal(2);
    state.time = exp * 1000 + 5 * minute + 1000;
    expect(await verify(authorization, use)).to.equal(undefined);
  });

  for (const [what, other] of [
    ['a channel that the key does not vouch for', { ...use, channelId: 'directline' }],
    ['a service URL that the token does not name', { ...use, serviceUrl: 'https://webchat.botframework.com/' }],
    ['no channel', { ...use, channelId: '' }],
  ] as const) {
    it(`refuses a remembered token for ${what}`, async () => {
      const { verify } = stage();
      const authorization = `Bearer ${await sign()}`;
      expect(await verify(authorization, use)).to.not.equal(undefined);
      expect(await verify(authorization, other)).to.equal(undefined);
    });
  }

  it('refuses a remembered token with another signature', async () => {
    const { verify } = stage();
    const token = await sign();
    expect(await verify(`Bearer ${token}`, use)).to.not.equal(undefined);
    const [header, payload] = token.split('.');
    const [, , signature] = (await sign({ jti: 'other' })).split('.');
    expect(await verify(`Bearer ${header}.${payload}.${signature}`, use)).to.equal(undefined);
  });

  it('remembers no refusal', async () => {
    const { state, verify } = stage();
    const nbf = Math.floor(state.time / 1000) + 600;
    const authorization = `Bearer ${await sign({ nbf })}`;
    expect(await verify(authorization, use)).to.equal(undefined);
    state.time = nbf * 1000;
    expect(await verify(authorization, use)).to.not.equal(undefined);
  });

  it('accepts any channel from a key that is not restricted', async () => {
    const { verify } = stage('anything');
    expect(await verify(`Bearer ${await sign()}`, { ...use, channelId: 'directline' })).to.not.equal(undefined);
  });

  it('knows a token before anything of the request but its header is known', async () => {
    const { identify } = stage();
    expect((await identify(`Bearer ${await sign()}`))?.claims).to.include({ aud: testAppId });
    expect(await identify('Bearer a.b.c')).to.equal(undefined);
    expect(await identify(`Bearer ${await sign({ serviceurl: undefined })}`)).to.equal(undefined);
  });

  it('looks for no key when issuer, audience or algorithm are not the right ones', async () => {
    const { state, verify } = stage();
    for (const claims of [
      { iss: 'https://sts.windows.net/x/' },
      { aud: 'x' },
      { aud: [testAppId] },
      { iss: 7 as never },
    ]) {
      expect(await verify(`Bearer ${await sign(claims)}`, use)).to.equal(undefined);
    }
    expect(state.asked).to.equal(0);
  });
});

describe('the memory of verified tokens', () => {
  const facts = (exp?: number) => ({ claims: exp === undefined ? {} : { exp }, endorsements: ['facebook'] });

  it('holds a thousand, and forgets the oldest', () => {
    const tokens = createVerifiedTokens(() => 0);
    for (let i = 0; i <= 1_000; i += 1) tokens.add(`token-${i}`, facts(1_000));
    expect(tokens.get('token-0')).to.equal(undefined);
    expect(tokens.get('token-1')).to.deep.equal(facts(1_000));
    expect(tokens.get('token-1000')).to.deep.equal(facts(1_000));
  });

  it('takes no token that has ended or names no end', () => {
    const tokens = createVerifiedTokens(() => 10_000);
    tokens.add('ended', facts(10));
    tokens.add('endless', facts());
    expect(tokens.get('ended')).to.equal(undefined);
    expect(tokens.get('endless')).to.equal(undefined);
  });
});
