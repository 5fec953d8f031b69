import type { GraphErrorReason } from '../helpers/classifyGraphError.ts';
import { GraphApiError, GraphTransportError } from '../helpers/graphErrors.ts';
import { relayedRefusal } from '../helpers/refusedSend.ts';
import { statusOf, systemCodeOf } from './definiteFailure.ts';
import { StateConflict, StoreUnavailable } from './storeErrors.ts';
import { TurnTimedOut } from './turnTimedOut.ts';

/**
 * What a failed turn says about trying again.
 *
 * - `rateLimited`: the page has called too often; every call more makes it longer.
 * - `invalidToken`: nothing of this page works until somebody renews its token.
 * - `temporary`: the platform, the network or the store has trouble that passes.
 * - `hopeless`: the platform said no, and will say it again.
 * - `conflict`: another turn changed a value of the bot's state meanwhile.
 * - `timedOut`: it did not end in the time that it has.
 * - `failed`: anything else, a mistake in the bot most likely.
 */
export type TurnFailure =
  'rateLimited' | 'invalidToken' | 'temporary' | 'hopeless' | 'conflict' | 'timedOut' | 'failed';

export function classifyTurnFailure(error: unknown): TurnFailure {
  if (error instanceof GraphApiError) return failureOfReason(error.reason);
  if (error instanceof TurnTimedOut) return 'timedOut';
  if (error instanceof StateConflict) return 'conflict';
  if (error instanceof GraphTransportError || error instanceof StoreUnavailable) return 'temporary';
  const relayed = relayedRefusal(error)?.reason ?? 'unknown';
  if (relayed !== 'unknown') return failureOfReason(relayed);
  const status = statusOf(error);
  if (status === 429) return 'rateLimited';
  // Bot Connector refuses the bot's own token with it.
  if (status === 401) return 'invalidToken';
  if (status !== undefined && (status >= 500 || status === 408)) return 'temporary';
  // A page in place of an answer comes from something in between, which did not look at the message.
  if (status !== undefined && status >= 400) return isPage(error) ? 'failed' : 'hopeless';
  return isSystemCode(systemCodeOf(error)) ? 'temporary' : 'failed';
}

function failureOfReason(reason: GraphErrorReason): TurnFailure {
  if (reason === 'rateLimited' || reason === 'invalidToken' || reason === 'temporary') return reason;
  return reason === 'unknown' ? 'failed' : 'hopeless';
}

function isPage(error: unknown): boolean {
  return error instanceof Error && error.message.trimStart().startsWith('<');
}

/** Codes of the system's network, as opposed to `ERR_…` of Node's own checks. */
function isSystemCode(code: string | undefined): boolean {
  return code !== undefined && /^E(?!RR_)[A-Z]{2,20}(_[A-Z]+)?$/.test(code);
}
