import { createHash } from 'node:crypto';
import type { JWTPayload } from 'jose';

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
const keptMs = 60_000;
const maxKept = 1_000;

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
      const until = Math.min(now() + keptMs, (facts.claims.exp ?? 0) * 1000);
      if (until <= now()) return;
      const key = keyOf(token);
      kept.delete(key); // so that the oldest are the first
      kept.set(key, { facts: structuredClone(facts), until });
      for (const [oldest, { until: end }] of kept) {
        if (kept.size <= maxKept && end > now()) break;
        kept.delete(oldest);
      }
    },
  };
}

function keyOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}
