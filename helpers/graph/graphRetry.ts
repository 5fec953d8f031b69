import { GraphApiError, type GraphError } from './graphErrors.ts';

/** A failed attempt, and everything needed to decide whether to try again. */
export interface FailedAttempt {
  method: 'GET' | 'POST';
  failure: GraphError;
  /** The number of attempts so far, including this one. */
  attempts: number;
  /** How many attempts are allowed after the first one. */
  retries: number;
  /** How long the response asked to wait, in milliseconds. */
  retryAfterMs?: number | undefined;
  /** From 0 up to 1. */
  random: number;
}

const baseDelayMs = 500;

/** The longest wait: a turn is held up by it. */
export const longestDelayMs = 8_000;

/**
 * The retry rule: how many milliseconds to wait before the next attempt, or `undefined` to give up.
 *
 * Rate limits and definite temporary refusals (codes 2 and 1200) are repeated, because Meta said that nothing happened. After silence, a
 * broken connection or an error that is not definite, such as code 1, only reads are repeated. The wait is random between zero and a bound
 * that doubles (full jitter), and never shorter than the response asked for. If it asked for more than the longest wait, give up: calling
 * too early prolongs a rate limit.
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
