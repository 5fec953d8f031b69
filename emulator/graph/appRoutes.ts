import { createHmac } from 'node:crypto';
import { newestGraphVersion } from './graphVersions.ts';
import { isJsonObject, parseJson, type JsonObject } from '../json.ts';
import type { AppSeed } from '../seed.ts';
import type { AppAccounts } from './appAccounts.ts';
import { faultBody } from './graphCall.ts';

export interface AppGraphParts {
  readonly apps: readonly AppSeed[];
  readonly accounts: AppAccounts;
  readonly page: { readonly id: string };
}

export interface AppGraphCall {
  readonly method: string;
  /** Without the version, as in `debug_token` or `<app id>/subscriptions`. */
  readonly path: string;
  readonly params: JsonObject;
  readonly token: string;
  readonly traceId: string;
}

/** An answer of Graph. A batch answers a list. */
export interface AppGraphAnswer {
  readonly status: number;
  readonly body: JsonObject | readonly JsonObject[];
}

interface AppRoute {
  readonly method: 'GET' | 'POST';
  /** As the table of coverage calls it. */
  readonly edge: string;
  readonly isAt: (call: AppGraphCall, app: AppSeed) => boolean;
  readonly handle: (call: AppGraphCall, app: AppSeed, parts: AppGraphParts) => AppGraphAnswer;
}

/** What an app asks in its own name, with the token `<app id>|<app secret>`. */
export const appRoutes: readonly AppRoute[] = [
  {
    method: 'GET',
    edge: 'debug_token',
    isAt: ({ path }) => isDebugToken(path),
    handle: (call, app, parts) => ({ status: 200, body: { data: inspect(call.params['input_token'], app, parts) } }),
  },
  {
    method: 'GET',
    edge: 'subscriptions',
    isAt: ({ path }, app) => path === `${app.id}/subscriptions`,
    handle: (_call, app, { accounts }) => ({ status: 200, body: { data: subscriptionsOf(accounts, app.id) } }),
  },
  {
    method: 'POST',
    edge: 'batch',
    isAt: ({ path, params }) => ['', 'me'].includes(path) && params['batch'] !== undefined,
    handle: batch,
  },
];

/** The token of an app itself. Source: https://developers.facebook.com/docs/facebook-login/guides/access-tokens */
export const isAppToken = (token: string): boolean => /^\d+\|/.test(token);

/** The one call that is about an app and may be made with its page token too. */
export const isDebugToken = (path: string): boolean => path === 'debug_token';

/** Answers a call with an app token, or of `debug_token`. */
export function answerAppCall(call: AppGraphCall, parts: AppGraphParts): AppGraphAnswer {
  const app = parts.apps.find(
    ({ id, appSecret, pageToken }) =>
      call.token === `${id}|${appSecret}` || (isDebugToken(call.path) && call.token === pageToken),
  );
  const refuse = (fault: Parameters<typeof faultBody>[0], status: number): AppGraphAnswer => ({
    status,
    body: faultBody(fault, undefined, call.traceId),
  });
  if (app === undefined) return refuse('invalidToken', 401);
  const proof = call.params['appsecret_proof'];
  const expected = createHmac('sha256', app.appSecret).update(call.token).digest('hex');
  if (proof !== undefined && proof !== expected) return refuse('proofWrong', 400);
  const route = appRoutes.find((candidate) => candidate.method === call.method && candidate.isAt(call, app));
  return route === undefined ? refuse('unknownPath', 400) : route.handle(call, app, parts);
}

/**
 * What `debug_token` answers. It says nothing about another app's token.
 * Source: https://developers.facebook.com/docs/graph-api/reference/debug_token
 */
function inspect(input: unknown, app: AppSeed, { apps, accounts, page }: AppGraphParts): JsonObject {
  const owner = apps.find(({ pageToken }) => pageToken === input);
  const nothing = { is_valid: false, scopes: [] };
  if (owner === undefined) {
    return { error: { code: 190, message: 'Invalid OAuth access token.' }, ...nothing };
  }
  if (owner.id !== app.id) {
    const message = '(#100) The App_id in the input_token did not match the Viewing App';
    return { error: { code: 100, message }, ...nothing };
  }
  const { type, scopes, issuedAt, expiresAt, dataAccessExpiresAt } = accounts.of(app.id).token;
  const over = accounts.isOver(app.id);
  return {
    app_id: app.id,
    type,
    application: app.name,
    data_access_expires_at: dataAccessExpiresAt,
    ...(over
      ? { error: { code: 190, message: 'Error validating access token: Session has expired.', subcode: 463 } }
      : {}),
    expires_at: expiresAt,
    is_valid: !over,
    issued_at: issuedAt,
    ...(type === 'PAGE' ? { profile_id: page.id } : {}),
    scopes,
    user_id: '1003000000000001',
  };
}

/** Source: https://developers.facebook.com/docs/graph-api/webhooks/subscriptions-edge */
function subscriptionsOf(accounts: AppAccounts, appId: string): readonly JsonObject[] {
  const { webhook } = accounts.of(appId);
  if (webhook === null) return [];
  const fields = webhook.fields.map((name) => ({ name, version: newestGraphVersion }));
  return [{ object: 'page', callback_url: webhook.callbackUrl, active: webhook.active, fields }];
}

/**
 * Several calls in one; each answer's body is JSON text.
 * Source: https://developers.facebook.com/docs/graph-api/batch-requests
 */
function batch(call: AppGraphCall, _app: AppSeed, parts: AppGraphParts): AppGraphAnswer {
  const { batch: given } = call.params;
  const operations: unknown = typeof given === 'string' ? parseJson(given) : given;
  if (!Array.isArray(operations) || operations.length > 50) {
    return { status: 400, body: faultBody('invalidParameter', 'batch has to be a list of up to 50.', call.traceId) };
  }
  const answers = operations.map((operation: unknown): JsonObject => {
    const { status, body } = answerOne(operation, call, parts);
    return { code: status, body: JSON.stringify(body) };
  });
  return { status: 200, body: answers };
}

function answerOne(operation: unknown, { token, traceId }: AppGraphCall, parts: AppGraphParts): AppGraphAnswer {
  const { method, relative_url: relative } = isJsonObject(operation) ? operation : {};
  const url = typeof relative === 'string' ? URL.parse(relative.replace(/^\/+/, ''), 'http://graph/') : null;
  if (url === null || method !== 'GET') {
    return { status: 400, body: faultBody('notModelled', 'Only GET in a batch.', traceId) };
  }
  const params = Object.fromEntries(url.searchParams);
  return answerAppCall({ method, path: pathWithoutVersion(url.pathname), params, token, traceId }, parts);
}

/** `/v26.0/debug_token` and `/debug_token` are the same place. */
export function pathWithoutVersion(path: string): string {
  return path.replace(/^\/+/, '').replace(/^v\d+\.\d+(\/|$)/, '');
}
