import { createHash } from 'node:crypto';
import { type JWTPayload, decodeJwt, decodeProtectedHeader, errors, jwtVerify } from 'jose';
import type { SigningKeySource } from './signingKeySource.ts';

/** What the token is to vouch for: the parts of the activity that decide who speaks and where answers go. */
export interface TokenUse {
  channelId: string;
  serviceUrl: string;
}

/** A token that is Azure's and is for this bot. */
export interface ChannelToken {
  claims: JWTPayload;
  vouchesFor(use: TokenUse): boolean;
}

export interface ChannelTokenVerifierOptions {
  /** For whom the token has to be. */
  appId: string;
  /** From whom the token has to be. */
  issuer: string;
  keys: SigningKeySource;
  /** The time in milliseconds. */
  now?: () => number;
}

/**
 * The token when it is Azure's and is for this bot; undefined otherwise. Nothing of the request but its header is needed for that, so
 * that a stranger's body is never read. What the token vouches for is asked when the body is known.
 *
 * Rejects with `SigningKeysUnavailable` when nothing can be said about any token.
 */
export type ChannelTokenVerifier = (authorization: string) => Promise<ChannelToken | undefined>;

/** Source: AuthenticationConstants of botframework-connector. */
const algorithms = ['RS256', 'RS384', 'RS512'];
/** How far the clocks of two machines may differ, in seconds. Source: the article below. */
const clockTolerance = 300;

/**
 * Verifies the tokens with which Azure's channels call the bot, and nothing else: the tokens of skills and of the Bot Framework
 * Emulator, which any tenant of Microsoft Entra can issue, are refused by their issuer before a key is looked for.
 *
 * It takes the place of the SDK's own check, which remembers every issuer that a forged token names, asks the key server for
 * each waiting request with no time limit, accepts tokens without an end, and prints.
 *
 * Source: https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-authentication
 */
export function createChannelTokenVerifier(options: ChannelTokenVerifierOptions): ChannelTokenVerifier {
  const { appId, issuer, keys, now = Date.now } = options;
  const verified = createVerifiedTokens(now);

  return async (authorization) => {
    const token = tokenFrom(authorization);
    if (token === undefined) return undefined;
    const known = verified.get(token);
    if (known !== undefined) return channelToken(known);
    const keyId = keyIdOf(token, { appId, issuer });
    if (keyId === undefined) return undefined;
    const key = await keys.find(keyId);
    if (key === undefined) return undefined;
    try {
      const { payload } = await jwtVerify(token, key.key, {
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
      if (error instanceof errors.JOSEError) return undefined;
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

/** The token behind `Bearer`, and nothing behind the token. Three parts, so that nothing else is ever decoded. */
function tokenFrom(authorization: string): string | undefined {
  return /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/.exec(authorization)?.[1];
}

/** The key that a token says it is signed with, when what it says about itself could be true. Nothing is verified yet. */
function keyIdOf(token: string, { appId, issuer }: { appId: string; issuer: string }): string | undefined {
  try {
    const { iss, aud } = decodeJwt(token);
    const { kid, alg } = decodeProtectedHeader(token);
    if (iss !== issuer || aud !== appId || alg === undefined || !algorithms.includes(alg)) return undefined;
    return typeof kid === 'string' ? kid : undefined;
  } catch {
    return undefined;
  }
}

/** As a bot would call a skill: with its own app id beside the one that it calls. */
function isFromAnotherBot({ appid, azp }: JWTPayload, appId: string): boolean {
  const caller = appid ?? azp;
  return caller !== undefined && caller !== appId;
}

/** What was found out about a token: its claims, and the channels that its key vouches for. */
export interface TokenFacts {
  claims: JWTPayload;
  endorsements: readonly string[] | undefined;
}

export interface VerifiedTokens {
  get(token: string): TokenFacts | undefined;
  add(token: string, facts: TokenFacts): void;
}

/** How long a verified token needs no second check, in milliseconds; never past the end that it names itself. */
const ttlMs = 60_000;
const maxEntries = 1_000;

/**
 * Remembers for a minute which tokens were verified, so that a busy conversation is not verified message by message. What a token
 * vouches for is asked each time. Refusals are not kept, and of the tokens only a hash.
 */
export function createVerifiedTokens(now: () => number): VerifiedTokens {
  const kept = new Map<string, { facts: TokenFacts; until: number }>();

  return {
    get(token) {
      const entry = kept.get(keyOf(token));
      return entry !== undefined && now() < entry.until ? structuredClone(entry.facts) : undefined;
    },
    add(token, facts) {
      const until = Math.min(now() + ttlMs, (facts.claims.exp ?? 0) * 1000);
      if (until <= now()) return;
      const key = keyOf(token);
      kept.delete(key); // so that the oldest are the first
      kept.set(key, { facts: structuredClone(facts), until });
      for (const [oldest, { until: end }] of kept) {
        if (kept.size <= maxEntries && end > now()) break;
        kept.delete(oldest);
      }
    },
  };
}

function keyOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}
