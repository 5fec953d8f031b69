import { graphFault, type FaultName, type GraphFault } from '../core/graphFaults.ts';
import type { AppSeed } from '../seed.ts';

/** The tokens that an app has: of the Page, of the person who set up the Page, and its own. */
export const tokenKinds = ['page', 'user', 'app'] as const;
export type TokenKind = (typeof tokenKinds)[number];

/** The token of an app itself. Source: https://developers.facebook.com/docs/facebook-login/guides/access-tokens */
export const appTokenOf = ({ id, appSecret }: Pick<AppSeed, 'id' | 'appSecret'>): string => `${id}|${appSecret}`;

export const isAppToken = (token: string): boolean => /^\d+\|/.test(token);

/** The token of the person who set up the Page, for an app. It holds the page token, so that both are hidden alike. */
export const userTokenOf = (app: Pick<AppSeed, 'pageToken'>): string => `user-${app.pageToken}`;

/** Whose token this is. */
export function findToken(
  token: unknown,
  apps: readonly AppSeed[],
): { readonly app: AppSeed; readonly kind: TokenKind } | undefined {
  for (const app of apps) {
    const tokens = { page: app.pageToken, user: userTokenOf(app), app: appTokenOf(app) };
    const kind = tokenKinds.find((one) => tokens[one] === token);
    if (kind !== undefined) return { app, kind };
  }
  return undefined;
}

/** Until when a token works. */
export interface TokenLife {
  /** In seconds since 1970, as Meta counts; 0 is never. */
  readonly expiresAt: number;
  /** Whether it has been ended before its time, as by a change of the person's password. */
  readonly invalidated: 'no' | 'passwordChanged';
}

/** Why a token is refused. */
export interface TokenTrouble {
  readonly fault: Extract<FaultName, 'expiredToken' | 'invalidatedToken'>;
  /** In Meta's words. */
  readonly message: string;
}

/** @param now milliseconds since 1970 */
export function troubleOf({ expiresAt, invalidated }: TokenLife, now: number): TokenTrouble | undefined {
  if (invalidated === 'passwordChanged') {
    return { fault: 'invalidatedToken', message: graphFault('invalidatedToken').message };
  }
  if (expiresAt === 0 || expiresAt * 1000 > now) return undefined;
  // Source: https://github.com/chatwoot/chatwoot/issues/12989
  const message = `Error validating access token: Session has expired on ${wordsOf(expiresAt * 1000)}. The current time is ${wordsOf(now)}.`;
  return { fault: 'expiredToken', message };
}

/** The fault with the words for this very token. */
export const faultOfTrouble = ({ fault, message }: TokenTrouble): GraphFault => ({ ...graphFault(fault), message });

/** At Meta's: `Tuesday, 01-Dec-25 06:07:02 PST`. */
const atMeta = new Intl.DateTimeFormat('en-US', {
  ...{ weekday: 'long', day: '2-digit', month: 'short', year: '2-digit' },
  ...{ hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' },
  ...{ timeZone: 'America/Los_Angeles', timeZoneName: 'short' },
});

function wordsOf(at: number): string {
  const part = Object.fromEntries(atMeta.formatToParts(at).map(({ type, value }) => [type, value]));
  const { weekday, day, month, year, hour, minute, second, timeZoneName } = part;
  return `${weekday}, ${day}-${month}-${year} ${hour}:${minute}:${second} ${timeZoneName}`;
}
