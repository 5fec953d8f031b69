import { FacebookThreadControlHelper, type SecondaryReceiver } from '../../helpers/facebookThreadControlHelper.ts';
import type { ThreadOwner } from '../../helpers/facebookThreadControlHelper.ts';
import { createGraphClient, type GraphClient } from '../../helpers/graph/graphClient.ts';
import { GraphTransportError } from '../../helpers/graph/graphErrors.ts';
import type { Settings } from '../../helpers/settings/types.ts';
import { isArray, isJsonObject, parseJson, readArray, readFlag, readId } from '../../models/readJson.ts';
import { readInteger, readObject, readProperty, readText, type JsonObject } from '../../models/readJson.ts';
import type { Ask, HttpReply } from './httpAsk.ts';
import { once } from './once.ts';

/** The Page, as its token sees it. */
export interface PageFacts {
  readonly id: string;
  readonly name: string;
  /** The flag `msgr_multi_app`, a hint that Conversation Routing is on; `undefined` when Meta did not say. */
  readonly routing: boolean | undefined;
}

/** What `debug_token` says about the page token. Times are in seconds; 0 means never. */
export interface TokenReport {
  readonly valid: boolean;
  /** Meta's own sentence about an invalid one. */
  readonly error: string | undefined;
  readonly errorCode: number | undefined;
  readonly appId: string | undefined;
  readonly type: string | undefined;
  readonly pageId: string | undefined;
  readonly scopes: readonly string[];
  readonly expiresAt: number;
  readonly dataAccessExpiresAt: number;
}

/** The app's webhook for Pages. */
export interface AppSubscription {
  readonly callbackUrl: string;
  readonly active: boolean;
  readonly fields: readonly string[];
}

/** Meta's side, read-only except for `subscribe`. Everything is asked once; methods throw as the Graph client does. */
export interface GraphProbe {
  /** What Graph answers to a stranger. Never throws. */
  greeting(): Promise<HttpReply>;
  page(): Promise<PageFacts>;
  /** Needs the app secret. */
  token(): Promise<TokenReport>;
  /** `undefined` when the app has no webhook for Pages. Needs the app secret. */
  appSubscription(): Promise<AppSubscription | undefined>;
  /** The fields of the Page that the app is subscribed to; `undefined` when it is not subscribed. */
  pageFields(): Promise<readonly string[] | undefined>;
  secondaryReceivers(): Promise<readonly SecondaryReceiver[]>;
  threadOwner(userId: string): Promise<ThreadOwner>;
  /** Checks whether the app may read the Page's conversations; rejects if not. */
  readConversations(): Promise<void>;
  /** Subscribes the app to exactly these fields of the Page, and forgets the cached answer. */
  subscribe(fields: readonly string[]): Promise<void>;
}

/** Without a page token every method throws a `GraphTransportError`. */
export function createGraphProbe({ facebook, graph }: Settings, ask: Ask): GraphProbe {
  const { appId, pageToken, appSecret } = facebook;
  const common = { baseUrl: graph.baseUrl, version: graph.version, appSecret: appSecret?.reveal(), retries: 0 };
  const asPage = once(() => createGraphClient({ ...common, pageToken: pageToken?.reveal() ?? '' }));
  const control = once(() => new FacebookThreadControlHelper(asPage(), { appId }));
  const asApp = once(() => createGraphClient({ ...common, pageToken: `${appId ?? ''}|${appSecret?.reveal() ?? ''}` }));
  let fields: Promise<readonly string[] | undefined> | undefined;
  const inspection = once(() => inspect(asApp(), appId ?? '', pageToken?.reveal() ?? ''));
  return {
    greeting: once(() => ask(`${graph.baseUrl}/${graph.version}/me`)),
    page: once(() => readPage(asPage())),
    token: async () => (await inspection()).token,
    appSubscription: async () => (await inspection()).subscription,
    pageFields: () => (fields ??= readPageFields(asPage(), appId)),
    secondaryReceivers: once(() => control().getSecondaryReceivers()),
    threadOwner: (userId) => control().getThreadOwner(userId),
    readConversations: once(async () => {
      await asPage().get('me/conversations', { platform: 'messenger', fields: 'id', limit: '1' });
    }),
    subscribe: async (wanted) => {
      const answer = await asPage().post('me/subscribed_apps', { subscribed_fields: wanted.join(',') });
      if (!readFlag(answer, 'success')) throw new GraphTransportError('unreadable');
      fields = undefined;
    },
  };
}

async function readPage(graph: GraphClient): Promise<PageFacts> {
  const answer = await graph.get('me', { fields: 'id,name,messaging_feature_status' });
  const id = readId(answer, 'id');
  if (id === undefined) throw new GraphTransportError('unreadable');
  const routing = readProperty(readObject(answer, 'messaging_feature_status'), 'msgr_multi_app');
  return { id, name: readText(answer, 'name') ?? '', routing: typeof routing === 'boolean' ? routing : undefined };
}

/** Source: https://developers.facebook.com/docs/graph-api/reference/page/subscribed_apps */
async function readPageFields(graph: GraphClient, appId: string | undefined): Promise<readonly string[] | undefined> {
  const apps = readArray(await graph.get('me/subscribed_apps', { fields: 'id,name,subscribed_fields' }), 'data');
  const own = apps.find((app) => readId(app, 'id') === appId);
  return own === undefined ? undefined : textsOf(readArray(own, 'subscribed_fields'));
}

/**
 * Asks for `debug_token` and the app's subscriptions on behalf of the app. They are sent as a batch, which carries the page token in the body:
 * `debug_token` itself takes it only in the address.
 *
 * Source: https://developers.facebook.com/docs/graph-api/batch-requests
 */
async function inspect(
  graph: GraphClient,
  appId: string,
  pageToken: string,
): Promise<{ token: TokenReport; subscription: AppSubscription | undefined }> {
  const batch = [
    { method: 'GET', relative_url: `debug_token?input_token=${encodeURIComponent(pageToken)}` },
    { method: 'GET', relative_url: `${appId}/subscriptions` },
  ];
  const answers = await graph.post('me', { batch, include_headers: false });
  const [token, subscriptions] = (isArray(answers) ? answers : []).map(bodyOf);
  const data = readObject(token, 'data');
  if (data === undefined) throw new GraphTransportError('unreadable');
  const page = readArray(subscriptions, 'data').find((one) => readText(one, 'object') === 'page');
  return { token: tokenReportOf(data), subscription: page === undefined ? undefined : subscriptionOf(page) };
}

function bodyOf(answer: unknown): unknown {
  try {
    return parseJson(readText(answer, 'body') ?? '');
  } catch {
    return undefined;
  }
}

function tokenReportOf(data: JsonObject): TokenReport {
  const error = readObject(data, 'error');
  return {
    valid: readFlag(data, 'is_valid'),
    error: readText(error, 'message'),
    errorCode: readInteger(error, 'code'),
    appId: readId(data, 'app_id'),
    type: readText(data, 'type'),
    pageId: readId(data, 'profile_id'),
    scopes: textsOf(readArray(data, 'scopes')),
    expiresAt: readInteger(data, 'expires_at') ?? 0,
    dataAccessExpiresAt: readInteger(data, 'data_access_expires_at') ?? 0,
  };
}

function subscriptionOf(subscription: unknown): AppSubscription {
  const fields = readArray(subscription, 'fields').map((field) => (isJsonObject(field) ? field['name'] : field));
  return {
    callbackUrl: readText(subscription, 'callback_url') ?? '',
    active: readFlag(subscription, 'active'),
    fields: textsOf(fields),
  };
}

const textsOf = (values: readonly unknown[]): readonly string[] => values.filter((value) => typeof value === 'string');
