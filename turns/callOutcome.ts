import { isDefiniteRefusal } from '../helpers/graph/classifyGraphError.ts';
import { GraphApiError } from '../helpers/graph/graphErrors.ts';
import { readInteger, readObject } from '../models/readJson.ts';
import { relayedRefusal } from '../helpers/graph/relayedRefusal.ts';

/** System errors that mean there was no connection, so nothing was sent. */
const neverConnected: ReadonlySet<string> = new Set([
  ...['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL'],
]);

/** The system's error code of a failed connection, wherever the error has it. */
export function systemCodeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if ('systemCode' in error && typeof error.systemCode === 'string') return error.systemCode;
  return 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** The HTTP status of the response. Bot Connector's errors call it `statusCode`. */
export function statusOf(error: unknown): number | undefined {
  if (!(error instanceof Error)) return undefined;
  if ('statusCode' in error && typeof error.statusCode === 'number') return error.statusCode;
  return 'status' in error && typeof error.status === 'number' ? error.status : undefined;
}

/** The HTTP status that a service answered, wherever its client puts it: axios before 1.5, got, and the AWS SDK have places of their own. */
export function serviceStatusOf(error: unknown): number | undefined {
  const response = readObject(error, 'response');
  return (
    statusOf(error) ??
    readInteger(response, 'status') ??
    readInteger(response, 'statusCode') ??
    readInteger(readObject(error, '$metadata'), 'httpStatusCode')
  );
}

/**
 * Whether a failed call proves that nothing happened (`refused`) or not (`unknown`).
 *
 * Meta's own refusals prove it unless they are temporary, even if Azure's channel relays them. So does any other 4xx response except a timeout;
 * a 5xx may come from a proxy after the call took effect.
 */
export function outcomeOfFailedCall(error: unknown): 'refused' | 'unknown' {
  const refusal = error instanceof GraphApiError ? error : relayedRefusal(error);
  if (refusal !== undefined) return isDefiniteRefusal(refusal) ? 'refused' : 'unknown';
  const code = systemCodeOf(error);
  if (code !== undefined && neverConnected.has(code)) return 'refused';
  const status = statusOf(error);
  return status !== undefined && status >= 400 && status < 500 && status !== 408 ? 'refused' : 'unknown';
}
