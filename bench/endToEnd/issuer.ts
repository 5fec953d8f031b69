import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { cast } from './cast.ts';
import type { Platform } from './platform.ts';

/** What Azure's side brings: settings for a bot that trusts it, its public key, and a token that it signed. */
export interface Issuer {
  settings: Readonly<Record<string, string>>;
  publicJwk: object;
  token: string;
}

/**
 * Serves the documents and the token of Microsoft's login on the platform, signed with a key of its own.
 *
 * Source: https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-authentication
 */
export async function addIssuer({ url, documents }: Pick<Platform, 'url' | 'documents'>): Promise<Issuer> {
  const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true });
  const publicJwk = { ...(await exportJWK(publicKey)), kid: 'key-1', use: 'sig', endorsements: ['facebook'] };
  documents.set('/openid', { jwks_uri: `${url}/keys` });
  documents.set('/keys', { keys: [publicJwk] });
  const answer = { token_type: 'Bearer', expires_in: 86_400, access_token: 'made-up-outbound-token' };
  documents.set(`/${cast.azureTenantId}/oauth2/v2.0/token`, answer);

  const now = Math.floor(Date.now() / 1000);
  const token = await new SignJWT({
    serviceurl: `${url}/`,
    iss: cast.azureIssuer,
    aud: cast.azureAppId,
    nbf: now - 300,
    exp: now + 86_400,
  })
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: 'key-1' })
    .sign(privateKey);
  const settings = {
    MicrosoftAppType: 'SingleTenant',
    MicrosoftAppId: cast.azureAppId,
    MicrosoftAppPassword: cast.azurePassword,
    MicrosoftAppTenantId: cast.azureTenantId,
    ToChannelFromBotLoginUrl: `${url}/${cast.azureTenantId}`,
    ToChannelFromBotOAuthScope: cast.azureIssuer,
    ToBotFromChannelTokenIssuer: cast.azureIssuer,
    ToBotFromChannelOpenIdMetadataUrl: `${url}/openid`,
    ToBotFromEmulatorOpenIdMetadataUrl: `${url}/openid`,
    OAuthUrl: `${url}/oauth`,
    CallerId: 'urn:botframework:azure',
  };
  return { settings, publicJwk, token };
}
