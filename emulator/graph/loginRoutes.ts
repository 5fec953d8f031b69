import { graphFault, type GraphFault } from '../core/graphFaults.ts';
import type { JsonObject } from '../json.ts';
import type { AppSeed } from '../seed.ts';
import { appTokenOf, faultOfTrouble, userTokenOf } from './accessTokens.ts';
import type { AppAccounts } from './appAccounts.ts';
import { answer, faultBody, type GraphCall, type GraphReply, type GraphRoute } from './graphCall.ts';
import { listAnswer, paged } from './paging.ts';

/** The person who set up the Page. There is one. */
export const ownerId = '1003000000000001';

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

/** In seconds. */
const twoMonths = 5_184_000;

/**
 * Tokens for an app that shows its secret: its own, or that of the person who set up the Page, for a code of the login (which is not
 * emulated: any will do) or another token of theirs. The person's works for two months from then on.
 * Source: https://developers.facebook.com/docs/facebook-login/guides/access-tokens
 *
 * @param now milliseconds since 1970
 */
export function giveToken(
  params: JsonObject,
  { apps, accounts, now }: { readonly apps: readonly AppSeed[]; readonly accounts: AppAccounts; readonly now: number },
  traceId: string,
): { readonly status: number; readonly body: JsonObject } {
  const { client_id: id, client_secret: secret, grant_type: grant, fb_exchange_token: exchanged } = params;
  const refuse = (fault: GraphFault): { status: number; body: JsonObject } => ({
    status: fault.status,
    body: faultBody(fault, undefined, traceId),
  });
  const app = apps.find((one) => one.id === String(id) && one.appSecret === secret);
  if (app === undefined) return refuse(graphFault('wrongAppSecret'));
  if (grant === 'client_credentials') {
    return { status: 200, body: { access_token: appTokenOf(app), token_type: 'bearer' } };
  }
  const trouble = exchanged === userTokenOf(app) ? accounts.troubleOf(app.id, 'user') : undefined;
  if (trouble !== undefined) return refuse(faultOfTrouble(trouble));
  const issuedAt = Math.floor(now / 1000);
  accounts.change(app.id, { userToken: { issuedAt, expiresAt: issuedAt + twoMonths, invalidated: 'no' } });
  return { status: 200, body: { access_token: userTokenOf(app), token_type: 'bearer', expires_in: twoMonths } };
}
