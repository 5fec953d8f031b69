import { GraphApiError } from './graphErrors.ts';

/** Statuses that tell of something else: our credentials, an unknown conversation, a time limit, a size or a rate limit. */
const otherRefusals: ReadonlySet<number> = new Set([401, 404, 408, 413, 429]);

/**
 * Tells whether a message was refused because another receiver owns the thread, so that the same message may be sent
 * by whoever owns it and sending it again from here is pointless.
 *
 * Sent through Graph, the refusal is a `GraphApiError` that says so. Sent through Azure's Facebook channel it is the
 * Connector's `RestError`, and which status that carries is not documented: any 4xx counts that has no meaning of
 * its own.
 *
 * Source: https://developers.facebook.com/documentation/business-messaging/messenger-platform/conversation-routing
 */
export function isRefusedAsNotThreadOwner(error: unknown): boolean {
  if (error instanceof GraphApiError) return error.reason === 'notThreadOwner' || error.reason === 'automatedFlow';
  const status = connectorStatus(error);
  return status !== undefined && status >= 400 && status < 500 && !otherRefusals.has(status);
}

/** The status of Bot Connector's answer. The class of its error is not exported by Bot Builder, only its name tells. */
function connectorStatus(error: unknown): number | undefined {
  if (!(error instanceof Error) || error.name !== 'RestError' || !('statusCode' in error)) return undefined;
  return typeof error.statusCode === 'number' ? error.statusCode : undefined;
}
