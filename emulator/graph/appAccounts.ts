import { subscribedFields } from '../core/subscribedFields.ts';
import type { Clock } from '../runtime/hooks.ts';
import type { AppSeed } from '../seed.ts';

/** What Meta keeps about an app's page token. */
export interface TokenFacts {
  readonly type: 'PAGE' | 'USER';
  readonly scopes: readonly string[];
  /** In seconds since 1970, as Meta counts; 0 is never. */
  readonly issuedAt: number;
  readonly expiresAt: number;
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
  readonly token: TokenFacts;
  /** The fields of the Page that the app is subscribed to. `null`: the app is not subscribed at all. */
  readonly pageFields: readonly string[] | null;
  readonly webhook: AppWebhook | null;
}

export interface AccountChange {
  readonly token?: Partial<TokenFacts>;
  readonly pageFields?: readonly string[] | null;
  readonly webhook?: AppWebhook | null;
}

export interface AppAccounts {
  of(appId: string): AppAccount;
  /** Fields of the Page that are changed decide from then on what webhooks the app gets. */
  change(appId: string, change: AccountChange): void;
  /** Whether the app's page token is over now. */
  isOver(appId: string): boolean;
  /** Everything but the fields of the Page, which go back with the state they are part of. */
  reset(): void;
}

/** The fields of the Page that apps are subscribed to, which decide what webhooks they get. */
export interface PageSubscriptions {
  of(appId: string): readonly string[] | null;
  set(appId: string, fields: readonly string[] | null): void;
}

/** Every app begins complete: a page token that never ends, and a webhook for everything. */
export function createAppAccounts(apps: readonly AppSeed[], now: Clock, subscriptions: PageSubscriptions): AppAccounts {
  const beginning: Omit<AppAccount, 'pageFields'> = {
    token: {
      type: 'PAGE',
      scopes: ['pages_show_list', 'pages_messaging', 'pages_manage_metadata', 'public_profile'],
      issuedAt: 1_760_000_000,
      expiresAt: 0,
      dataAccessExpiresAt: 0,
    },
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
    change(appId, { pageFields, token, webhook }) {
      const before = accounts.get(appId) ?? beginning;
      accounts.set(appId, {
        token: { ...before.token, ...token },
        webhook: webhook === undefined ? before.webhook : webhook,
      });
      if (pageFields !== undefined) subscriptions.set(appId, pageFields);
    },
    isOver(appId) {
      const { expiresAt } = of(appId).token;
      return expiresAt !== 0 && expiresAt * 1000 <= now();
    },
    reset,
  };
}
