import { present } from '../../models/present.ts';
import { readInteger, readObject } from '../../models/readJson.ts';
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
  return isOwnedByAnother(relayedRefusal(error)?.reason ?? 'unknown');
}

/** What Graph answered to Azure's Facebook channel, where Bot Connector's error relays it. */
export interface RelayedRefusal {
  reason: GraphErrorReason;
  code: number | undefined;
}

/**
 * Graph's own refusal in an error of Bot Connector: its JSON, or else its words and the numbers in them. The status around it is the
 * channel's and tells less.
 *
 * Source: https://github.com/microsoft/botframework-sdk/issues/1838
 */
export function relayedRefusal(error: unknown): RelayedRefusal | undefined {
  if (!isConnectorError(error)) return undefined;
  const { message, statusCode: status } = error;
  // The channel puts a sentence of its own before the JSON that Graph answered.
  const start = message.indexOf('{');
  try {
    const body: unknown = JSON.parse(message.slice(start));
    const refusal = start === -1 ? undefined : readObject(body, 'error');
    if (refusal !== undefined) return { reason: classifyGraphError(status, body), code: readInteger(refusal, 'code') };
  } catch {
    // What was cut short, or put into words, is read as words.
  }
  return wordedRefusal(message);
}

/** What the words and the numbers in them say, without the status, which is the channel's. */
function wordedRefusal(message: string): RelayedRefusal | undefined {
  const code = numberAfter(/(?:"|error )code"? {0,2}[:=]? {0,2}(\d{1,9})/i, message);
  const subcode = numberAfter(/subcode"? {0,2}[:=]? {0,2}(\d{1,9})/i, message);
  const error = { message, ...present('code', code), ...present('error_subcode', subcode) };
  const reason = classifyGraphError(0, { error });
  return reason === 'unknown' ? undefined : { reason, code };
}

function numberAfter(name: RegExp, message: string): number | undefined {
  const [, digits] = name.exec(message) ?? [];
  return digits === undefined ? undefined : Number(digits);
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
