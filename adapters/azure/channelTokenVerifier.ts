import type { JWTPayload, decodeJwt, decodeProtectedHeader } from 'jose';
import type { SigningKeySource } from './signingKeySource.ts';
import { sha256 } from '../../models/sha256.ts';

/** What the token must vouch for: the parts of the activity that decide who speaks and where answers go. */
export interface TokenUse {
  channelId: string;
  serviceUrl: string;
}

/** A token from Azure for this bot. */
export interface ChannelToken {
  claims: JWTPayload;
  vouchesFor(use: TokenUse): boolean;
}

export interface ChannelTokenVerifierOptions {
  /** The audience that the token must name. */
  appId: string;
  /** The issuer that the token must name. */
  issuer: string;
  keys: SigningKeySource;
  /** The time in milliseconds. */
  now?: () => number;
}

/**
 * The token, or undefined unless it is from Azure and for this bot. Only the header is needed, so a stranger's body is never read;
 * `vouchesFor` is called once the body is known.
 *
 * Rejects with `SigningKeysUnavailableError` if no keys are known, so that no token can be checked.
 */
export type ChannelTokenVerifier = (authorization: string) => Promise<ChannelToken | undefined>;

/** Source: AuthenticationConstants of botframework-connector. */
const algorithms = ['RS256', 'RS384', 'RS512'];
/** How far the clocks of two machines may differ, in seconds. Source: the article below. */
const clockTolerance = 300;

/**
 * Verifies the tokens of Azure's channels and no others: tokens of skills and of the Bot Framework Emulator, which any tenant of
 * Microsoft Entra can issue, are refused because of their issuer before any key is looked up.
 *
 * It replaces the SDK's own check, which remembers every issuer that a forged token names, asks the key server once per waiting request
 * without a time limit, accepts tokens that never expire, and prints.
 *
 * Source: https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-authentication
 */
export function createChannelTokenVerifier(options: ChannelTokenVerifierOptions): ChannelTokenVerifier {
  const { appId, issuer, keys, now = Date.now } = options;
  const verified = createVerifiedTokens(now);
  // Not beside this file, which is loaded for bots too that Azure does not call.
  const loading = import('jose');

  return async (authorization) => {
    const token = tokenFrom(authorization);
    if (token === undefined) return undefined;
    const known = verified.get(token);
    if (known !== undefined) return channelToken(known);
    const jose = await loading;
    const keyId = keyIdOf(token, { appId, issuer }, jose);
    if (keyId === undefined) return undefined;
    const key = await keys.find(keyId);
    if (key === undefined) return undefined;
    try {
      const { payload } = await jose.jwtVerify(token, key.key, {
        algorithms,
        issuer,
        audience: appId,
        clockTolerance,
        requiredClaims: ['exp'],
        currentDate: new Date(now()),
      });
      if (typeof payload['serviceurl'] !== 'string' || isFromAnotherBot(payload, appId)) return undefined;
      const facts = { claims: payload, endorsements: key.endorsements };
      verified.add(token, facts);
      return channelToken(facts);
    } catch (error) {
      if (error instanceof jose.errors.JOSEError) return undefined;
      throw error;
    }
  };
}

function channelToken({ claims, endorsements }: TokenFacts): ChannelToken {
  return {
    claims,
    vouchesFor: ({ channelId, serviceUrl }) =>
      claims['serviceurl'] === serviceUrl && (endorsements === undefined || endorsements.includes(channelId)),
  };
}

/** The token after `Bearer`, with nothing after it. Three parts, so that nothing else is ever decoded. */
function tokenFrom(authorization: string): string | undefined {
  return /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/.exec(authorization)?.[1];
}

/** The id of the key that the token claims to be signed with, if its other claims fit. Nothing is verified yet. */
function keyIdOf(
  token: string,
  { appId, issuer }: { appId: string; issuer: string },
  jose: { decodeJwt: typeof decodeJwt; decodeProtectedHeader: typeof decodeProtectedHeader },
): string | undefined {
  try {
    const { iss, aud } = jose.decodeJwt(token);
    const { kid, alg } = jose.decodeProtectedHeader(token);
    if (iss !== issuer || aud !== appId || alg === undefined || !algorithms.includes(alg)) return undefined;
    return typeof kid === 'string' ? kid : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a bot is calling as if this were a skill: with its own app id as well as the one it calls. */
function isFromAnotherBot({ appid, azp }: JWTPayload, appId: string): boolean {
  const caller = appid ?? azp;
  return caller !== undefined && caller !== appId;
}

/** What is known about a verified token: its claims, and the channels that its key vouches for. */
export interface TokenFacts {
  claims: JWTPayload;
  endorsements: readonly string[] | undefined;
}

export interface VerifiedTokens {
  get(token: string): TokenFacts | undefined;
  add(token: string, facts: TokenFacts): void;
}

/** A bot gets the claims, and may change them. They are flat. */
function copyOf({ claims, endorsements }: TokenFacts): TokenFacts {
  return { claims: { ...claims }, endorsements };
}

/** How long a verified token needs no second check, in milliseconds; never beyond its own expiry. */
const ttlMs = 60_000;
const maxEntries = 1_000;

/**
 * Remembers verified tokens for a minute, so that a busy conversation is not verified message by message. What a token vouches for is
 * checked each time. Refusals are not cached, and tokens only as a hash.
 */
export function createVerifiedTokens(now: () => number): VerifiedTokens {
  const cache = new Map<string, { facts: TokenFacts; until: number }>();

  return {
    get(token) {
      const entry = cache.get(sha256(token));
      return entry !== undefined && now() < entry.until ? copyOf(entry.facts) : undefined;
    },
    add(token, facts) {
      const until = Math.min(now() + ttlMs, (facts.claims.exp ?? 0) * 1000);
      if (until <= now()) return;
      const key = sha256(token);
      cache.delete(key); // so that the oldest come first
      cache.set(key, { facts: copyOf(facts), until });
      for (const [oldest, { until: end }] of cache) {
        if (cache.size <= maxEntries && end > now()) break;
        cache.delete(oldest);
      }
    },
  };
}
