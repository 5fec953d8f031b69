import { graphFault } from '../core/graphFaults.ts';
import type { JsonObject } from '../json.ts';
import type { AppSeed } from '../seed.ts';
import { appTokenOf } from './appRoutes.ts';
import { answer, faultBody, type GraphCall, type GraphReply, type GraphRoute } from './graphCall.ts';
import { listAnswer, paged } from './paging.ts';

/** The person who set up the Page. There is one. */
export const ownerId = '1003000000000001';

/** The token of that person for an app. It holds the page token, so that both are hidden alike. */
export const userTokenOf = (app: Pick<AppSeed, 'pageToken'>): string => `user-${app.pageToken}`;

/** What the person who set up the Page can read. */
export const loginRoutes: readonly GraphRoute[] = [
  { method: 'GET', on: 'person', edge: '', params: [], handle: () => answer({ name: 'Page Owner', id: ownerId }) },
  { method: 'GET', on: 'person', edge: 'accounts', params: ['limit', 'after'], handle: accounts },
  { method: 'GET', edge: 'accounts', params: ['limit', 'after'], handle: accounts },
];

/** Source: https://developers.facebook.com/docs/graph-api/reference/user/accounts */
function accounts(call: GraphCall): GraphReply {
  const { state, pageToken } = call;
  const tasks = ['MANAGE', 'CREATE_CONTENT', 'MODERATE', 'MESSAGING', 'ANALYZE'];
  const node = { access_token: pageToken, category: 'Community', name: state.page.name, id: state.page.id, tasks };
  const { page, paging } = paged(call, [node], { path: 'me/accounts' });
  return answer(listAnswer(page, paging));
}

const twoMonths = 5_184_000;

/**
 * Tokens for an app that shows its secret: its own, or that of the person who set up the Page, for a code of the login (which is not
 * emulated: any will do) or another token of theirs.
 * Source: https://developers.facebook.com/docs/facebook-login/guides/access-tokens
 */
export function giveToken(
  params: JsonObject,
  apps: readonly AppSeed[],
  traceId: string,
): { readonly status: number; readonly body: JsonObject } {
  const { client_id: id, client_secret: secret, grant_type: grant } = params;
  const app = apps.find((one) => one.id === String(id) && one.appSecret === secret);
  if (app === undefined) {
    return { status: graphFault('wrongAppSecret').status, body: faultBody('wrongAppSecret', undefined, traceId) };
  }
  if (grant === 'client_credentials') {
    return { status: 200, body: { access_token: appTokenOf(app), token_type: 'bearer' } };
  }
  return { status: 200, body: { access_token: userTokenOf(app), token_type: 'bearer', expires_in: twoMonths } };
}
