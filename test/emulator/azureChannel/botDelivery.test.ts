import { expect } from 'chai';
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import type { JSONWebKeySet } from 'jose';
import { CONVERSATION, fromCustomer, setStage } from './channelUnderTest.ts';
import type { Stage } from './channelUnderTest.ts';

const hi = fromCustomer({ message: { mid: 'm_1', text: 'hi' } });
const read = async (url: string): Promise<unknown> => (await fetch(url)).json();

describe('the delivery of an activity to a bot', () => {
  let stage: Stage;
  afterEach(() => stage.close());

  it('signs for the bot with a key that the metadata lead to, and names the service URL', async () => {
    stage = await setStage();
    const { botAppId } = stage.registration;
    await stage.post({ messaging: [hi] });
    const token = /^Bearer (.+)$/.exec(stage.bot.calls[0]!.headers.authorization!)![1]!;

    const settings = stage.channel.settingsFor(botAppId);
    const metadata = (await read(settings.ToBotFromChannelOpenIdMetadataUrl)) as { jwks_uri: string };
    expect(metadata).to.deep.include({
      issuer: 'https://api.botframework.com',
      jwks_uri: `${stage.channel.url}/v1/.well-known/keys`,
      id_token_signing_alg_values_supported: ['RS256'],
    });
    const jwks = (await read(metadata.jwks_uri)) as JSONWebKeySet;
    expect(jwks.keys).to.have.length(1);
    expect(jwks.keys[0]).to.have.property('endorsements').that.includes('facebook');
    expect(jwks.keys[0]).not.to.have.property('d');
    const { payload } = await jwtVerify(token, createLocalJWKSet(jwks), {
      issuer: settings.ToBotFromChannelTokenIssuer,
      audience: botAppId,
      requiredClaims: ['exp', 'nbf'],
    });
    expect(payload['serviceurl']).to.equal(stage.activities()[0]!.serviceUrl);
    expect(decodeProtectedHeader(token)).to.include({ alg: 'RS256', kid: jwks.keys[0]!.kid });
  });

  it('signs what a test asks for, to see a bot refuse it', async () => {
    stage = await setStage();
    const { botAppId } = stage.registration;
    const token = await stage.channel.signToken(botAppId, { aud: 'another', serviceurl: undefined, exp: 1 });
    const claims = decodeJwt(token);
    expect(claims).to.include({ aud: 'another', exp: 1, iss: 'https://api.botframework.com' });
    expect(claims).not.to.have.property('serviceurl');
  });

  it("tells the bot's status in the trace with the whole activity, and nothing of the token", async () => {
    stage = await setStage({ bot: () => ({ status: 202 }) });
    await stage.post({ messaging: [hi] });
    expect(stage.records).to.deep.equal([
      {
        type: 'azureChannel.activitySent',
        botAppId: stage.registration.botAppId,
        appId: stage.registration.facebookAppId,
        activityType: 'message',
        activityId: 'm_1',
        activity: stage.activities()[0],
        conversations: [CONVERSATION],
        outcome: 'answered',
        status: 202,
      },
    ]);
  });

  it('gives up after 15 seconds and goes on with the next activity, without a second attempt', async () => {
    const limits: number[] = [];
    const giveUp = new AbortController();
    stage = await setStage({
      options: {
        deadline: (ms) => {
          limits.push(ms);
          return limits.length === 1 ? giveUp.signal : new AbortController().signal;
        },
      },
      bot: async ({ body }) => {
        if (body.text !== 'hi') return {};
        giveUp.abort();
        return new Promise(() => undefined);
      },
    });
    await stage.post({ messaging: [hi, fromCustomer({ message: { mid: 'm_2', text: 'still there?' } })] });
    expect(limits).to.deep.equal([15_000, 15_000]);
    expect(stage.activities().map(({ text }) => text)).to.deep.equal(['hi', 'still there?']);
    expect(stage.records.map(({ outcome }) => outcome)).to.deep.equal(['gaveUp', 'answered']);
  });

  it('loses an activity that the bot refuses or breaks off', async () => {
    stage = await setStage({
      bot: ({ body }) => {
        if (body.text === 'hi') return { status: 500 };
        throw new Error('break the connection');
      },
    });
    await stage.post({ messaging: [hi, fromCustomer({ message: { mid: 'm_2', text: 'two' } })] });
    expect(stage.bot.calls).to.have.length(2);
    expect(stage.records.map(({ outcome, status }) => [outcome, status])).to.deep.equal([
      ['answered', 500],
      ['unreachable', undefined],
    ]);
  });

  it('follows no redirect, so that the token stays with the bot', async () => {
    stage = await setStage({
      bot: ({ path }) => (path === '/api/messages' ? { status: 307, location: '/elsewhere' } : {}),
    });
    await stage.post({ messaging: [hi] });
    expect(stage.bot.calls).to.have.length(1);
    expect(stage.records.map(({ status }) => status)).to.deep.equal([307]);
  });

  it('delivers nothing before it knows an endpoint, and then there', async () => {
    stage = await setStage({ registration: { botEndpoint: undefined } });
    const { botAppId } = stage.registration;
    await stage.post({ messaging: [hi] });
    stage.channel.setBotEndpoint(botAppId, `${stage.bot.url}/elsewhere`);
    await stage.post({ messaging: [hi] });
    expect(stage.records.map(({ outcome }) => outcome)).to.deep.equal(['noEndpoint', 'answered']);
    expect(stage.bot.calls.map(({ path }) => path)).to.deep.equal(['/elsewhere']);
  });
});

describe('the channel as a part of the emulator', () => {
  let stage: Stage;
  afterEach(() => stage.close());

  it('breaks off what is under way when it closes, and is no busy source any more', async () => {
    let reached = (): void => undefined;
    const arrived = new Promise<void>((resolve) => (reached = resolve));
    stage = await setStage({
      bot: () => {
        reached();
        return new Promise(() => undefined);
      },
    });
    const posted = stage.post({ messaging: [hi] });
    await arrived;
    await stage.close();
    await posted;
    expect(stage.records.map(({ outcome }) => outcome)).to.deep.equal(['unreachable']);
    expect(stage.sources.size).to.equal(0);
  });

  it('has the password of a bot hidden from the event stream', async () => {
    stage = await setStage();
    expect(stage.hidden).to.deep.equal([stage.registration.botPassword]);
  });

  it('knows no bot but those that are registered', async () => {
    stage = await setStage();
    expect(() => stage.channel.settingsFor('nobody')).to.throw('No bot of this id is registered.');
    expect(() => stage.channel.setBotEndpoint('nobody', undefined)).to.throw('No bot of this id is registered.');
  });
});
