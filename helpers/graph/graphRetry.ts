import { GraphApiError, type GraphError } from './graphErrors.ts';

/** A failed attempt, and what is known when it has to be decided whether there is another one. */
export interface FailedAttempt {
  method: 'GET' | 'POST';
  failure: GraphError;
  /** How many attempts there have been, this one included. */
  attempts: number;
  /** How many more than the first one are allowed. */
  retries: number;
  /** How long the answer asked to wait, in milliseconds. */
  retryAfterMs?: number | undefined;
  /** From 0 up to 1. */
  random: number;
}

const baseDelayMs = 500;

/** No wait is longer: a turn is waiting. */
export const longestDelayMs = 8_000;

/**
 * The retry rule: how many milliseconds to wait before the next attempt, or `undefined` to give up.
 *
 * Repeated are rate limits and definite temporary refusals (codes 2 and 1200), because Meta said that nothing happened. After
 * silence, a broken connection or an error that is not definite, such as code 1, only reads are repeated. The wait is random
 * between zero and a bound that doubles (full jitter), never shorter than the answer asked for; when it asked for more than the
 * longest wait, giving up is better than to call on too early, which prolongs a rate limit.
 *
 * Source: https://developers.facebook.com/docs/graph-api/overview/rate-limiting
 */
export function retryDelay(attempt: FailedAttempt): number | undefined {
  const { attempts, retries, retryAfterMs = 0, random } = attempt;
  if (attempts > retries || !isWorthRepeating(attempt) || retryAfterMs > longestDelayMs) return undefined;
  const bound = Math.min(longestDelayMs, baseDelayMs * 2 ** (attempts - 1));
  return Math.max(retryAfterMs, Math.round(random * bound));
}

function isWorthRepeating({ method, failure }: FailedAttempt): boolean {
  if (!(failure instanceof GraphApiError)) {
    const mayPass = failure.failure === 'connection' || failure.failure === 'timeout' || (failure.status ?? 0) >= 500;
    return method === 'GET' && mayPass;
  }
  if (failure.reason === 'rateLimited') return true;
  return failure.reason === 'temporary' && (method === 'GET' || failure.isDefinite);
}
