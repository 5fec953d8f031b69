import { GraphApiError } from '../helpers/graph/graphErrors.ts';
import { relayedRefusal } from '../helpers/graph/relayedRefusal.ts';

/** System errors with which no connection came about, so that nothing was sent. */
const neverConnected: ReadonlySet<string> = new Set([
  ...['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL'],
]);

/** The system's code of a failed connection, wherever the error keeps it. */
export function systemCodeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if ('systemCode' in error && typeof error.systemCode === 'string') return error.systemCode;
  return 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** The HTTP status that an answer came with; Bot Connector's errors have it as `statusCode`. */
export function statusOf(error: unknown): number | undefined {
  if (!(error instanceof Error)) return undefined;
  if ('statusCode' in error && typeof error.statusCode === 'number') return error.statusCode;
  return 'status' in error && typeof error.status === 'number' ? error.status : undefined;
}

/**
 * Whether an error of a call says that nothing happened (`refused`), or leaves it open whether something did.
 *
 * Meta's own refusals are definite but for its code 1, an unknown error, also where Azure's channel relays them. Of other HTTP answers
 * 4xx are, except for a time limit; 5xx may come from something in between after the thing was done.
 */
export function outcomeOfFailedCall(error: unknown): 'refused' | 'unknown' {
  const refusal = error instanceof GraphApiError ? error : relayedRefusal(error);
  if (refusal !== undefined) {
    const isDefinite = refusal.reason !== 'temporary' || refusal.code === 2 || refusal.code === 1200;
    return isDefinite ? 'refused' : 'unknown';
  }
  const code = systemCodeOf(error);
  if (code !== undefined && neverConnected.has(code)) return 'refused';
  const status = statusOf(error);
  return status !== undefined && status >= 400 && status < 500 && status !== 408 ? 'refused' : 'unknown';
}
