import { createHash } from 'node:crypto';
import type { JWTPayload } from 'jose';
import type { TokenUse } from './channelTokenVerifier.ts';

export interface VerifiedTokens {
  get(token: string, use: TokenUse): JWTPayload | undefined;
  add(token: string, use: TokenUse, claims: JWTPayload): void;
}

/** How long a verified token needs no second check, in milliseconds; never past the end that it names itself. */
const keptMs = 60_000;
const maxKept = 1_000;

/**
 * Remembers for a minute which token was verified for which use, so that a busy conversation is not verified message by
 * message. A token that was verified for one channel and service URL is unknown for any other. Refusals are not kept, and of
 * the tokens only a hash.
 */
export function createVerifiedTokens(now: () => number): VerifiedTokens {
  const kept = new Map<string, { claims: JWTPayload; until: number }>();

  return {
    get(token, use) {
      const entry = kept.get(keyOf(token, use));
      return entry !== undefined && now() < entry.until ? structuredClone(entry.claims) : undefined;
    },
    add(token, use, claims) {
      const until = Math.min(now() + keptMs, (claims.exp ?? 0) * 1000);
      if (until <= now()) return;
      const key = keyOf(token, use);
      kept.delete(key); // so that the oldest are the first
      kept.set(key, { claims: structuredClone(claims), until });
      for (const [oldest, { until: end }] of kept) {
        if (kept.size <= maxKept && end > now()) break;
        kept.delete(oldest);
      }
    },
  };
}

function keyOf(token: string, { channelId, serviceUrl }: TokenUse): string {
  return createHash('sha256')
    .update(JSON.stringify([token, channelId, serviceUrl]))
    .digest('base64url');
}
