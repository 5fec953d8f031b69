import type { AzureTrace } from './azureTrace.ts';
import type { HttpAnswer, HttpRequest } from './httpServer.ts';
import { connectorScope } from './registration.ts';
import type { AzureRegistration } from './registration.ts';
import { tokenLifetime } from './signingKeys.ts';
import type { SigningKeys } from './signingKeys.ts';

interface LoginFault {
  readonly status: 400 | 401;
  readonly error: string;
  /** Microsoft's number, printed behind `AADSTS`. */
  readonly number: number;
  readonly text: string;
}

/** The tenant that a bot without a tenant of its own asks; the emulated bots all have one. */
const sharedTenant = 'botframework.com';

/** What a bot asks a token for: a scope, or as libraries of before 2019 a resource. */
const scope = { name: 'scope', value: `${connectorScope}/.default` };
const resource = { name: 'resource', value: connectorScope };

const fault = (status: 400 | 401, error: string, number: number, text: string): LoginFault => ({
  status,
  error,
  number,
  text,
});

const missing = (parameter: string): LoginFault =>
  fault(400, 'invalid_request', 900144, `The request body must contain the following parameter: '${parameter}'.`);

const answerFault = ({ status, error, number, text }: LoginFault): HttpAnswer => ({
  status,
  json: {
    error,
    error_description: `AADSTS${number}: ${text}`,
    error_codes: [number],
    timestamp: new Date().toISOString(),
    error_uri: `https://login.microsoftonline.com/error?code=${number}`,
  },
});

/**
 * `POST /{tenant}/oauth2/v2.0/token` with a client secret, or `…/oauth2/token` as older libraries call it: the emulated Microsoft Entra ID.
 * The descriptions of its faults begin with Microsoft's numbers; their wording is ours.
 *
 * Source: https://learn.microsoft.com/entra/identity-platform/reference-error-codes,
 * https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-authentication
 */
export async function answerTokenRequest(
  request: HttpRequest,
  tenant: string,
  registrations: readonly AzureRegistration[],
  keys: SigningKeys,
  trace: AzureTrace,
): Promise<HttpAnswer> {
  const form = new URLSearchParams(request.body.toString('utf8'));
  const clientId = form.get('client_id') ?? '';
  const aim = request.path.endsWith('/oauth2/token') ? resource : scope;

  const check = (): AzureRegistration | LoginFault => {
    if (tenant !== sharedTenant && !registrations.some((one) => one.tenantId === tenant)) {
      return fault(400, 'invalid_tenant', 90002, `Tenant '${tenant}' not found.`);
    }
    for (const parameter of ['grant_type', 'client_id', aim.name]) {
      if (!form.has(parameter)) return missing(parameter);
    }
    if (form.get('grant_type') !== 'client_credentials') {
      return fault(400, 'unsupported_grant_type', 70003, 'The emulator knows the grant type client_credentials only.');
    }
    const registration = registrations.find((one) => one.botAppId === clientId && one.tenantId === tenant);
    if (registration === undefined) {
      const directory = tenant === sharedTenant ? 'Bot Framework' : tenant;
      const text = `Application with identifier '${clientId}' was not found in the directory '${directory}'.`;
      return fault(400, 'unauthorized_client', 700016, text);
    }
    const secret = form.get('client_secret');
    if (secret === null) return fault(401, 'invalid_client', 7000216, "'client_secret' is required for this grant.");
    if (secret !== registration.botPassword) {
      return fault(401, 'invalid_client', 7000215, `Invalid client secret provided for app '${clientId}'.`);
    }
    if (form.get(aim.name) !== aim.value) {
      return fault(400, 'invalid_scope', 1002012, `The ${aim.name} must be '${aim.value}'.`);
    }
    return registration;
  };

  const outcome = check();
  if ('error' in outcome) {
    trace({ type: 'azureChannel.tokenRefused', clientId, tenantId: tenant, error: `AADSTS${outcome.number}` });
    return answerFault(outcome);
  }
  const token = await keys.issueAccessToken(outcome.botAppId, tenant);
  trace({ type: 'azureChannel.tokenIssued', clientId, tenantId: tenant });
  return {
    status: 200,
    headers: { 'cache-control': 'no-store' },
    json: {
      token_type: 'Bearer',
      expires_in: tokenLifetime - 1,
      ext_expires_in: tokenLifetime - 1,
      access_token: token,
    },
  };
}
