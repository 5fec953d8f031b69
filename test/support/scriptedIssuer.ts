import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWTHeaderParameters, type JWTPayload } from 'jose';

/** Answers one request of one of the issuer's endpoints. */
export type IssuerScript = (request: IncomingMessage, response: ServerResponse) => void;
export type IssuerEndpoint = 'metadata' | 'keys' | 'token';

export interface TokenChanges {
  /** Claims to add or replace; `undefined` takes a claim away. */
  claims?: JWTPayload;
  header?: Partial<JWTHeaderParameters>;
  /** Signs with this key in place of the published one. */
  key?: CryptoKey | Uint8Array;
}

export const testAppId = '00000000-0000-4000-8000-0000000000a1';
export const testTenantId = '00000000-0000-4000-8000-0000000000b2';
export const testPassword = 'a-fake-bot-password';

const paths: Record<string, IssuerEndpoint> = {
  '/v1/.well-known/openidconfiguration': 'metadata',
  '/v1/.well-known/keys': 'keys',
  [`/${testTenantId}/oauth2/v2.0/token`]: 'token',
};

export function sendJson(response: ServerResponse, body: unknown, status = 200): void {
  response.statusCode = status;
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(body));
}

/** Made once: it takes a tenth of a second of computing. */
let pair: ReturnType<typeof generateKeyPair> | undefined;

/** Microsoft's part on loopback: OpenID metadata, keys and token endpoint, each counted and each answering as it is told. */
export async function startScriptedIssuer({ endorsements = ['facebook', 'webchat'] } = {}) {
  const { publicKey, privateKey } = await (pair ??= generateKeyPair('RS256', { extractable: true }));
  const jwk = { ...(await exportJWK(publicKey)), kid: 'key-1', use: 'sig', endorsements };
  const keys: object[] = [jwk];
  const counts = { metadata: 0, keys: 0, token: 0 };
  const tokenForms: URLSearchParams[] = [];
  const usual: Record<IssuerEndpoint, IssuerScript> = {
    metadata: (_request, response) => sendJson(response, { jwks_uri: `${url}/v1/.well-known/keys` }),
    keys: (_request, response) => sendJson(response, { keys }),
    token: (_request, response) =>
      sendJson(response, { token_type: 'Bearer', expires_in: 3600, access_token: `outbound-${counts.token}` }),
  };
  const scripts = { ...usual };

  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const endpoint = paths[request.url ?? ''];
      if (endpoint === undefined) {
        sendJson(response, {}, 404);
        return;
      }
      counts[endpoint] += 1;
      if (endpoint === 'token') tokenForms.push(new URLSearchParams(body));
      scripts[endpoint](request, response);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    url,
    counts,
    tokenForms,
    publicJwk: jwk,
    privateKey,
    /** What is published; a test may add to it. */
    keys,
    /** The settings of a bot that trusts this issuer. */
    settings: {
      MicrosoftAppType: 'SingleTenant',
      MicrosoftAppId: testAppId,
      MicrosoftAppPassword: testPassword,
      MicrosoftAppTenantId: testTenantId,
      ToChannelFromBotLoginUrl: `${url}/${testTenantId}`,
      ToChannelFromBotOAuthScope: 'https://api.botframework.com',
      ToBotFromChannelTokenIssuer: 'https://api.botframework.com',
      ToBotFromChannelOpenIdMetadataUrl: `${url}/v1/.well-known/openidconfiguration`,
      ToBotFromEmulatorOpenIdMetadataUrl: `${url}/v1/.well-known/openidconfiguration`,
      OAuthUrl: `${url}/oauth`,
      CallerId: 'urn:botframework:azure',
    },
    /** A token as Azure's channel sends it, with changes. */
    sign: ({ claims, header, key = privateKey }: TokenChanges = {}): Promise<string> => {
      const now = Math.floor(Date.now() / 1000);
      const usualClaims = { iss: 'https://api.botframework.com', aud: testAppId, nbf: now - 300, exp: now + 3600 };
      return new SignJWT({ ...usualClaims, ...claims })
        .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: 'key-1', ...header })
        .sign(key);
    },
    /** Answers as told from now on; without a script as usual again. */
    answerWith: (endpoint: IssuerEndpoint, script: IssuerScript = usual[endpoint]) => {
      scripts[endpoint] = script;
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

export type ScriptedIssuer = Awaited<ReturnType<typeof startScriptedIssuer>>;
