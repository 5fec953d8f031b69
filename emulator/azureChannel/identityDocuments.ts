import type { HttpAnswer } from './httpServer.ts';
import { channelTokenIssuer } from './registration.ts';
import type { SigningKeys } from './signingKeys.ts';

const tenantDocument = /^\/([^/]+)(?:\/v2\.0)?\/\.well-known\/openid-configuration$/;
const tenantKeys = /^\/[^/]+\/discovery(?:\/v2\.0)?\/keys$/;

/**
 * What login libraries and bots read about the emulated Microsoft: who signs, and where the keys are. `undefined` for other paths.
 *
 * Source: https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-authentication,
 * https://learn.microsoft.com/entra/identity-platform/v2-protocols-oidc
 */
export function identityDocument(path: string, url: string, keys: SigningKeys): HttpAnswer | undefined {
  if (path === '/v1/.well-known/openidconfiguration') return document(channelDocument(url));
  if (path === '/v1/.well-known/keys') return document(keys.jwks);
  if (path === '/common/discovery/instance') return document(instances(url));
  if (tenantKeys.test(path)) return document(keys.loginJwks);
  const tenant = tenantDocument.exec(path)?.[1];
  return tenant === undefined ? undefined : document(loginDocument(url, tenant));
}

const document = (json: object): HttpAnswer => ({ status: 200, json });

const channelDocument = (url: string): object => ({
  issuer: channelTokenIssuer,
  authorization_endpoint: 'https://invalid.botframework.com',
  jwks_uri: `${url}/v1/.well-known/keys`,
  id_token_signing_alg_values_supported: ['RS256'],
  token_endpoint_auth_methods_supported: ['private_key_jwt'],
});

/** The tenant's own login. */
const loginDocument = (url: string, tenant: string): object => ({
  issuer: `https://login.microsoftonline.com/${tenant}/v2.0`,
  authorization_endpoint: `${url}/${tenant}/oauth2/v2.0/authorize`,
  token_endpoint: `${url}/${tenant}/oauth2/v2.0/token`,
  jwks_uri: `${url}/${tenant}/discovery/v2.0/keys`,
  id_token_signing_alg_values_supported: ['RS256'],
  subject_types_supported: ['pairwise'],
  response_types_supported: ['code'],
  token_endpoint_auth_methods_supported: ['client_secret_post'],
});

/** Libraries ask the public cloud which names its login has, before they ask for a token. */
const instances = (url: string): object => ({
  tenant_discovery_endpoint: `${url}/common/v2.0/.well-known/openid-configuration`,
  'api-version': '1.1',
  metadata: [
    {
      preferred_network: 'login.microsoftonline.com',
      preferred_cache: 'login.windows.net',
      aliases: ['login.microsoftonline.com', 'login.windows.net', 'login.microsoft.com', 'sts.windows.net'],
    },
  ],
});
