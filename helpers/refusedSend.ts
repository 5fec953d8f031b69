import { readObject } from '../models/readJson.ts';
import { classifyGraphError, GraphApiError, type GraphErrorReason } from './graphErrors.ts';

/** Statuses that tell of something else: our credentials, an unknown conversation, a time limit, a size or a rate limit. */
const otherRefusals: ReadonlySet<number> = new Set([401, 404, 408, 413, 429]);

/**
 * Tells whether a message was refused because another receiver owns the thread, so that sending it again is pointless.
 *
 * Sent through Graph, the refusal is a `GraphApiError` that says so. Sent through Azure's Facebook channel it is the
 * Connector's `RestError`, whose message relays Graph's error. Where it does not, any 4xx counts that has no meaning of
 * its own, since no status is documented for it.
 *
 * Source: https://developers.facebook.com/documentation/business-messaging/messenger-platform/conversation-routing
 * Source: https://github.com/microsoft/botframework-sdk/issues/808
 */
export function isRefusedAsNotThreadOwner(error: unknown): boolean {
  if (error instanceof GraphApiError) return isOwnedByAnother(error.reason);
  if (!isConnectorError(error)) return false;
  const { message, statusCode: status } = error;
  const reason = relayedReason(status, message);
  if (reason !== undefined) return isOwnedByAnother(reason);
  return status >= 400 && status < 500 && !otherRefusals.has(status);
}

function isOwnedByAnother(reason: GraphErrorReason): boolean {
  return reason === 'notThreadOwner' || reason === 'automatedFlow';
}

/** Bot Builder does not export the class of Bot Connector's error: its name has to tell. */
function isConnectorError(error: unknown): error is Error & { statusCode: number } {
  return (
    error instanceof Error &&
    error.name === 'RestError' &&
    'statusCode' in error &&
    typeof error.statusCode === 'number'
  );
}

/** The channel puts a sentence of its own before the JSON that Graph answered. */
function relayedReason(status: number, message: string): GraphErrorReason | undefined {
  const start = message.indexOf('{');
  if (start === -1) return undefined;
  try {
    const body: unknown = JSON.parse(message.slice(start));
    return readObject(body, 'error') === undefined ? undefined : classifyGraphError(status, body);
  } catch {
    return undefined;
  }
}
