import { readObject } from '../models/readJson.ts';
import { classifyGraphError, type GraphErrorReason } from './classifyGraphError.ts';
import { GraphApiError } from './graphErrors.ts';

/**
 * Tells whether a message was refused because another receiver owns the thread, so that sending it again is pointless.
 *
 * Sent through Graph, the refusal is a `GraphApiError` that says so. Sent through Azure's Facebook channel it is the
 * Connector's `RestError`, whose message relays Graph's error. Where what it relays is not to be understood, one of the
 * phrases that Graph uses has to be in it: the status alone says nothing, because a login or a conversation that is refused
 * has the same.
 *
 * Source: https://developers.facebook.com/documentation/business-messaging/messenger-platform/conversation-routing
 * Source: https://github.com/microsoft/botframework-sdk/issues/808
 */
export function isRefusedAsNotThreadOwner(error: unknown): boolean {
  if (error instanceof GraphApiError) return isOwnedByAnother(error.reason);
  if (!isConnectorError(error)) return false;
  const { message, statusCode: status } = error;
  return isOwnedByAnother(relayedReason(status, message) ?? classifyGraphError(status, { error: { message } }));
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
