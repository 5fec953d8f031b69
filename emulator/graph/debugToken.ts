import type { JsonObject } from '../json.ts';
import type { AppSeed } from '../seed.ts';
import { faultOfTrouble, findToken, type TokenTrouble } from './accessTokens.ts';
import { tokenFields, type AppAccounts } from './appAccounts.ts';

interface Tokens {
  readonly apps: readonly AppSeed[];
  readonly accounts: AppAccounts;
  readonly page: { readonly id: string };
}

/**
 * What `debug_token` answers. It says nothing about another app's token.
 * Source: https://developers.facebook.com/docs/graph-api/reference/debug_token
 */
export function inspectToken(input: unknown, app: AppSeed, { apps, accounts, page }: Tokens): JsonObject {
  const found = findToken(input, apps);
  const nothing = { is_valid: false, scopes: [] };
  if (found === undefined) {
    return { error: { code: 190, message: 'Invalid OAuth access token.' }, ...nothing };
  }
  if (found.app.id !== app.id) {
    const message = '(#100) The App_id in the input_token did not match the Viewing App';
    return { error: { code: 100, message }, ...nothing };
  }
  const facts = accounts.of(app.id)[tokenFields[found.kind]];
  const { type, scopes, issuedAt, expiresAt, dataAccessExpiresAt } = facts;
  const trouble = accounts.troubleOf(app.id, found.kind);
  return {
    app_id: app.id,
    type,
    application: app.name,
    data_access_expires_at: dataAccessExpiresAt,
    ...(trouble === undefined ? {} : { error: errorOf(trouble) }),
    expires_at: expiresAt,
    is_valid: trouble === undefined,
    issued_at: issuedAt,
    ...(type === 'PAGE' ? { profile_id: page.id } : {}),
    scopes,
    ...(type === 'APP' ? {} : { user_id: '1003000000000001' }),
  };
}

function errorOf(trouble: TokenTrouble): JsonObject {
  const { code, message, subcode } = faultOfTrouble(trouble);
  return { code, message, subcode };
}
