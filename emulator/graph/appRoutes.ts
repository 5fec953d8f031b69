import { createHmac } from 'node:crypto';
import { newestGraphVersion } from './graphVersions.ts';
import type { FaultName } from '../core/graphFaults.ts';
import { subscribedFields } from '../core/subscribedFields.ts';
import type { RuleSwitches } from '../core/state.ts';
import { WebhookHandshakeError } from '../delivery/webhookHandshake.ts';
import type { JsonObject } from '../json.ts';
import type { WebhookCallback } from '../runtime/hooks.ts';
import type { AppSeed } from '../seed.ts';
import { faultOfTrouble, findToken, isAppToken } from './accessTokens.ts';
import type { AppAccounts } from './appAccounts.ts';
import { inspectToken } from './debugToken.ts';
import { faultBody, ParameterError } from './graphCall.ts';
import { listOfTexts, stringParam } from './graphParams.ts';

export interface AppGraphParts {
  readonly apps: readonly AppSeed[];
  readonly accounts: AppAccounts;
  readonly webhooks: Webhooks;
  readonly page: { readonly id: string };
  readonly proofs: RuleSwitches['appTokenProof'];
}

/** The callbacks of the apps. */
export interface Webhooks {
  /** Rejects with a `WebhookHandshakeError` if the callback does not answer as it should. */
  register(appId: string, callback: WebhookCallback): Promise<void>;
  remove(appId: string): void;
}

export interface AppGraphCall {
  readonly method: string;
  /** Without the version, as in `debug_token` or `<app id>/subscriptions`. */
  readonly path: string;
  readonly params: JsonObject;
  readonly token: string;
  readonly traceId: string;
}

export interface AppGraphAnswer {
  readonly status: number;
  readonly body: JsonObject;
  readonly emulated?: 'faked';
  readonly fault?: FaultName;
}

interface AppRoute {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** As the table of coverage calls it. */
  readonly edge: string;
  readonly isAt: (call: AppGraphCall, app: AppSeed) => boolean;
  readonly handle: (call: AppGraphCall, app: AppSeed, parts: AppGraphParts) => AppGraphAnswer | Promise<AppGraphAnswer>;
}

/** What an app asks in its own name, with the token `<app id>|<app secret>`. */
export const appRoutes: readonly AppRoute[] = [
  {
    method: 'GET',
    edge: 'debug_token',
    isAt: ({ path }) => isDebugToken(path),
    handle: (call, app, parts) => ({
      status: 200,
      body: { data: inspectToken(call.params['input_token'], app, parts) },
    }),
  },
  {
    method: 'GET',
    edge: 'subscriptions',
    isAt: ({ path }, app) => path === `${app.id}/subscriptions`,
    handle: (_call, app, { accounts }) => ({ status: 200, body: { data: subscriptionsOf(accounts, app.id) } }),
  },
  {
    method: 'POST',
    edge: 'subscriptions',
    isAt: ({ path }, app) => path === `${app.id}/subscriptions`,
    handle: subscribe,
  },
  {
    method: 'DELETE',
    edge: 'subscriptions',
    isAt: ({ path }, app) => path === `${app.id}/subscriptions`,
    handle: (_call, app, { webhooks }) => {
      webhooks.remove(app.id);
      return { status: 200, body: { success: true } };
    },
  },
  {
    method: 'POST',
    edge: 'page_activities',
    isAt: ({ path }, app) => path === `${app.id}/page_activities`,
    handle: () => ({ status: 200, body: { success: true }, emulated: 'faked' }),
  },
];

/** The one call that is about an app and may be made with its other tokens too. */
export const isDebugToken = (path: string): boolean => path === 'debug_token';

/** Answers a call with an app token, or of `debug_token`. */
export function answerAppCall(call: AppGraphCall, parts: AppGraphParts): AppGraphAnswer | Promise<AppGraphAnswer> {
  const found = findToken(call.token, parts.apps);
  const refuse = (fault: Parameters<typeof faultBody>[0], status: number): AppGraphAnswer => ({
    status,
    body: faultBody(fault, undefined, call.traceId),
  });
  if (found === undefined || !(found.kind === 'app' || isDebugToken(call.path))) return refuse('invalidToken', 401);
  const { app } = found;
  const trouble = parts.accounts.troubleOf(app.id, found.kind);
  if (trouble !== undefined) return refuse(faultOfTrouble(trouble), 401);
  const proof = call.params['appsecret_proof'];
  const expected = createHmac('sha256', app.appSecret).update(call.token).digest('hex');
  const checked = parts.proofs === 'checked' || !isAppToken(call.token);
  if (checked && proof !== undefined && proof !== expected) return refuse('proofWrong', 400);
  const route = appRoutes.find((candidate) => candidate.method === call.method && candidate.isAt(call, app));
  if (route === undefined) return { ...refuse('unknownPath', 400), fault: 'unknownPath' };
  return route.handle(call, app, parts);
}

/** Source: https://developers.facebook.com/docs/graph-api/webhooks/subscriptions-edge */
function subscriptionsOf(accounts: AppAccounts, appId: string): readonly JsonObject[] {
  const { webhook } = accounts.of(appId);
  if (webhook === null) return [];
  const fields = webhook.fields.map((name) => ({ name, version: newestGraphVersion }));
  return [{ object: 'page', callback_url: webhook.callbackUrl, active: webhook.active, fields }];
}

/**
 * Registers the app's callback, as Meta's dashboard does.
 * Source: https://developers.facebook.com/docs/graph-api/reference/app/subscriptions
 */
async function subscribe(call: AppGraphCall, app: AppSeed, parts: AppGraphParts): Promise<AppGraphAnswer> {
  const { params, traceId } = call;
  try {
    const callbackUrl = stringParam(params, 'callback_url') ?? '';
    const verifyToken = stringParam(params, 'verify_token') ?? '';
    const fields = listOfTexts(params, 'fields') ?? subscribedFields;
    if (params['object'] !== 'page') throw new ParameterError('object has to be page, the emulator has no other.');
    await parts.webhooks.register(app.id, { callbackUrl, verifyToken });
    parts.accounts.change(app.id, { webhook: { callbackUrl, fields, active: true } });
    return { status: 200, body: { success: true } };
  } catch (error) {
    if (error instanceof ParameterError) {
      return { status: 400, body: faultBody(error.fault, error.message, traceId) };
    }
    if (!(error instanceof WebhookHandshakeError)) throw error;
    return { status: 400, body: faultBody('callbackRefused', error.message, traceId) };
  }
}
