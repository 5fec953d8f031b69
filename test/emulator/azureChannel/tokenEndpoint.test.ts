import { expect } from 'chai';
import { createLocalJWKSet, decodeJwt, jwtVerify } from 'jose';
import { setStage, tokenForm } from './channelUnderTest.ts';
import type { Stage } from './channelUnderTest.ts';

interface TokenAnswer {
  access_token: string;
  error_description: string;
  error_codes: number[];
}

describe('the token endpoint', () => {
  let stage: Stage;
  beforeEach(async () => {
    stage = await setStage();
  });
  afterEach(() => stage.close());

  const ask = async (changes: Record<string, string | undefined> = {}, tenant = stage.registration.tenantId) => {
    const form = Object.entries({ ...tokenForm(stage.registration), ...changes }).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value] as [string, string]],
    );
    const response = await fetch(`${stage.channel.url}/${tenant}/oauth2/v2.0/token`, {
      method: 'POST',
      body: new URLSearchParams(form),
    });
    return { status: response.status, body: (await response.json()) as TokenAnswer };
  };

  it('gives a bot with the right secret a token for the Connector', async () => {
    const { status, body } = await ask();
    expect(status).to.equal(200);
    expect(body).to.include({ token_type: 'Bearer', expires_in: 3599 });
    expect(decodeJwt(body.access_token)).to.include({
      aud: 'https://api.botframework.com',
      appid: stage.registration.botAppId,
      tid: stage.registration.tenantId,
    });
    const { botAppId, tenantId } = stage.registration;
    expect(stage.records).to.deep.equal([{ type: 'azureChannel.tokenIssued', clientId: botAppId, tenantId }]);
  });

  const refusals = [
    ['a wrong secret', { client_secret: 'wrong' }, 401, 'invalid_client', 7000215],
    ['no secret', { client_secret: undefined }, 401, 'invalid_client', 7000216],
    ['an unknown app', { client_id: 'nobody' }, 400, 'unauthorized_client', 700016],
    ['no app', { client_id: undefined }, 400, 'invalid_request', 900144],
    ['another grant', { grant_type: 'password' }, 400, 'unsupported_grant_type', 70003],
    ['another scope', { scope: 'https://graph.microsoft.com/.default' }, 400, 'invalid_scope', 1002012],
    ['a scope without /.default', { scope: 'https://api.botframework.com' }, 400, 'invalid_scope', 1002012],
  ] as const;
  for (const [what, changes, status, error, code] of refusals) {
    it(`refuses ${what} as ${error}`, async () => {
      const answer = await ask(changes);
      expect(answer.status).to.equal(status);
      expect(answer.body).to.deep.include({ error, error_codes: [code] });
      expect(answer.body.error_description).to.match(new RegExp(`^AADSTS${code}: `));
      expect(stage.records[0]).to.include({ type: 'azureChannel.tokenRefused', error: `AADSTS${code}` });
      expect(JSON.stringify([answer.body, stage.records])).not.to.include(stage.registration.botPassword);
    });
  }

  it('refuses a tenant that it does not know', async () => {
    const { status, body } = await ask({}, 'another-tenant');
    expect(status).to.equal(400);
    expect(body).to.deep.include({ error: 'invalid_tenant', error_codes: [90002] });
  });

  it('does not find a bot with a tenant of its own in the shared directory', async () => {
    const { status, body } = await ask({}, 'botframework.com');
    expect(status).to.equal(400);
    expect(body.error_codes).to.deep.equal([700016]);
    expect(body.error_description).to.include("not found in the directory 'Bot Framework'");
  });

  it('gives older libraries a token for a resource', async () => {
    const { scope: _scope, ...form } = tokenForm(stage.registration);
    const askFor = (resource: string) =>
      fetch(`${stage.channel.url}/${stage.registration.tenantId}/oauth2/token`, {
        method: 'POST',
        body: new URLSearchParams({ ...form, resource }),
      });
    expect((await askFor('https://api.botframework.com')).status).to.equal(200);
    expect((await askFor('https://graph.microsoft.com')).status).to.equal(400);
  });

  it('has the documents that login libraries read first', async () => {
    const { tenantId } = stage.registration;
    const read = async (path: string): Promise<Record<string, unknown>> =>
      (await (await fetch(`${stage.channel.url}${path}`)).json()) as Record<string, unknown>;
    const login = await read(`/${tenantId}/v2.0/.well-known/openid-configuration`);
    expect(login['token_endpoint']).to.equal(`${stage.channel.url}/${tenantId}/oauth2/v2.0/token`);
    expect((await read('/common/discovery/instance'))['metadata']).to.be.an('array').that.is.not.empty;
    const { keys } = await read(new URL(String(login['jwks_uri'])).pathname);
    const { body } = await ask();
    await jwtVerify(body.access_token, createLocalJWKSet({ keys } as never), {
      audience: 'https://api.botframework.com',
    });
    const { keys: channelKeys } = await read('/v1/.well-known/keys');
    expect(channelKeys).not.to.deep.equal(keys);
  });
});
