import { subscribedFields } from '../core/subscribedFields.ts';
import type { Clock } from '../runtime/hooks.ts';
import type { AppSeed } from '../seed.ts';
import { tokenKinds, troubleOf, type TokenKind, type TokenLife, type TokenTrouble } from './accessTokens.ts';

/** What Meta keeps about a token of an app. */
export interface TokenFacts extends TokenLife {
  readonly type: 'PAGE' | 'USER' | 'APP';
  readonly scopes: readonly string[];
  /** In seconds since 1970, as Meta counts; 0 is never. */
  readonly issuedAt: number;
  /** When the app may no longer read what people gave it, in seconds; 0 is never. */
  readonly dataAccessExpiresAt: number;
}

/** An app's own webhook: for its whole product, whatever Pages it is subscribed to. */
export interface AppWebhook {
  readonly callbackUrl: string;
  readonly fields: readonly string[];
  readonly active: boolean;
}

/** What is set about an app in Meta's dashboard, beside what the seed says. */
export interface AppAccount {
  /** The page token. */
  readonly token: TokenFacts;
  /** That of the person who set up the Page. */
  readonly userToken: TokenFacts;
  readonly appToken: TokenFacts;
  /** The fields of the Page that the app is subscribed to. `null`: the app is not subscribed at all. */
  readonly pageFields: readonly string[] | null;
  readonly webhook: AppWebhook | null;
}

export interface AccountChange {
  readonly token?: Partial<TokenFacts>;
  readonly userToken?: Partial<TokenFacts>;
  readonly appToken?: Partial<TokenFacts>;
  readonly pageFields?: readonly string[] | null;
  readonly webhook?: AppWebhook | null;
}

export interface AppAccounts {
  of(appId: string): AppAccount;
  /** Fields of the Page that are changed decide from then on what webhooks the app gets. */
  change(appId: string, change: AccountChange): void;
  /** Why a token of the app is refused now, if it is. */
  troubleOf(appId: string, kind: TokenKind): TokenTrouble | undefined;
  /** Everything but the fields of the Page, which go back with the state they are part of. */
  reset(): void;
  /** Everything but the fields of the Page. */
  all(): readonly StoredAccount[];
  restore(accounts: readonly StoredAccount[]): void;
}

export type StoredAccount = Omit<AppAccount, 'pageFields'> & { readonly appId: string };

/** Somebody has changed until when a token works. */
export type TokenChanged = {
  readonly type: 'tokenChanged';
  readonly appId: string;
  readonly of: TokenKind;
} & TokenLife;

/** The fields of the Page that apps are subscribed to, which decide what webhooks they get. */
export interface PageSubscriptions {
  of(appId: string): readonly string[] | null;
  set(appId: string, fields: readonly string[] | null): void;
}

/** What stands for each kind of token in an account. */
export const tokenFields = { page: 'token', user: 'userToken', app: 'appToken' } as const satisfies Record<
  TokenKind,
  keyof AppAccount
>;

const endless = { issuedAt: 1_760_000_000, expiresAt: 0, dataAccessExpiresAt: 0, invalidated: 'no' } as const;
const scopes = ['pages_show_list', 'pages_messaging', 'pages_manage_metadata', 'public_profile'];

/** Every app begins complete: tokens that never end, and a webhook for everything. */
export function createAppAccounts(
  apps: readonly AppSeed[],
  now: Clock,
  subscriptions: PageSubscriptions,
  tell: (changed: TokenChanged) => void = () => undefined,
): AppAccounts {
  const beginning: Omit<AppAccount, 'pageFields'> = {
    token: { type: 'PAGE', scopes, ...endless },
    userToken: { type: 'USER', scopes, ...endless },
    appToken: { type: 'APP', scopes: [], ...endless },
    webhook: { callbackUrl: 'https://bot.example/webhook', fields: subscribedFields, active: true },
  };
  const accounts = new Map<string, Omit<AppAccount, 'pageFields'>>();
  const reset = (): void => {
    for (const { id } of apps) accounts.set(id, beginning);
  };
  const of = (appId: string): AppAccount => ({
    ...(accounts.get(appId) ?? beginning),
    pageFields: subscriptions.of(appId),
  });
  reset();
  return {
    of,
    change(appId, { pageFields, token, userToken, appToken, webhook }) {
      const before = accounts.get(appId) ?? beginning;
      const after = {
        token: { ...before.token, ...token },
        userToken: { ...before.userToken, ...userToken },
        appToken: { ...before.appToken, ...appToken },
        webhook: webhook === undefined ? before.webhook : webhook,
      };
      accounts.set(appId, after);
      if (pageFields !== undefined) subscriptions.set(appId, pageFields);
      for (const kind of tokenKinds) {
        const { expiresAt, invalidated } = after[tokenFields[kind]];
        const known = before[tokenFields[kind]];
        if (expiresAt === known.expiresAt && invalidated === known.invalidated) continue;
        tell({ type: 'tokenChanged', appId, of: kind, expiresAt, invalidated });
      }
    },
    troubleOf: (appId, kind) => troubleOf(of(appId)[tokenFields[kind]], now()),
    reset,
    all: () => [...accounts].map(([appId, account]) => ({ appId, ...account })),
    restore(stored) {
      for (const { appId, ...account } of stored) accounts.set(appId, account);
    },
  };
}
