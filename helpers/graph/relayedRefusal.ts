import { present } from '../../models/present.ts';
import { readInteger, readObject } from '../../models/readJson.ts';
import { classifyGraphError, type GraphErrorReason } from './classifyGraphError.ts';
import { GraphApiError } from './graphErrors.ts';

/**
 * Whether a message was refused because another receiver owns the thread, so that sending it again is pointless.
 *
 * Through Graph, the refusal is a `GraphApiError` that says so. Through Azure's Facebook channel it is the Connector's `RestError`, whose
 * message relays Graph's error. If that cannot be parsed, the message must contain one of Graph's phrases: the status alone says nothing,
 * because a refused login or conversation has the same status.
 *
 * Source: https://developers.facebook.com/documentation/business-messaging/messenger-platform/conversation-routing
 * Source: https://github.com/microsoft/botframework-sdk/issues/808
 */
export function isRefusedAsNotThreadOwner(error: unknown): boolean {
  if (error instanceof GraphApiError) return isOwnedByAnother(error.reason);
  if (!isConnectorError(error)) return false;
  return isOwnedByAnother(relayedRefusal(error)?.reason ?? 'unknown');
}

/** Graph's answer to Azure's Facebook channel, as relayed in Bot Connector's error. */
export interface RelayedRefusal {
  reason: GraphErrorReason;
  code: number | undefined;
}

/**
 * Graph's own refusal in an error of Bot Connector, from its JSON, or else from its wording and the numbers in it. The error's status is the
 * channel's and says less.
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
    // Cut short, or put into words: read it as words.
  }
  return wordedRefusal(message);
}

/** What the wording and the numbers in it say, without the status, which is the channel's. */
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

/** Bot Builder does not export the class of Bot Connector's errors, so check the name. */
function isConnectorError(error: unknown): error is Error & { statusCode: number } {
  return (
    error instanceof Error &&
    error.name === 'RestError' &&
    'statusCode' in error &&
    typeof error.statusCode === 'number'
  );
}
