import type { GraphErrorReason } from '../helpers/graph/classifyGraphError.ts';
import { GraphApiError, GraphTransportError } from '../helpers/graph/graphErrors.ts';
import { relayedRefusal } from '../helpers/graph/relayedRefusal.ts';
import { serviceStatusOf, statusOf } from './callOutcome.ts';
import { isOfThisMachine, isPassing } from './passingTrouble.ts';
import { StateConflictError, StoreUnavailableError } from '../store/storeErrors.ts';
import { TurnTimedOutError } from './turnTimedOutError.ts';

/**
 * What a failed turn says about trying again.
 *
 * - `rateLimited`: the page has called too often, and every further call prolongs the limit.
 * - `invalidToken`: nothing works for this page until somebody renews its token.
 * - `temporary`: the platform, the network or the store has trouble that will pass.
 * - `hopeless`: the platform refused, and would refuse again.
 * - `conflict`: another turn has changed a value of the bot's state.
 * - `timedOut`: it ran out of time.
 * - `failed`: anything else, most likely a bug in the bot.
 */
export type TurnFailure =
  'rateLimited' | 'invalidToken' | 'temporary' | 'hopeless' | 'conflict' | 'timedOut' | 'failed';

export function classifyTurnFailure(thrown: unknown): TurnFailure {
  return classify(causeOf(thrown));
}

function classify(error: unknown): TurnFailure {
  if (error instanceof GraphApiError) return failureOfReason(error.reason);
  if (error instanceof TurnTimedOutError) return 'timedOut';
  if (error instanceof StateConflictError) return 'conflict';
  if (error instanceof GraphTransportError || error instanceof StoreUnavailableError) return 'temporary';
  const relayed = relayedRefusal(error)?.reason ?? 'unknown';
  if (relayed !== 'unknown') return failureOfReason(relayed);
  const status = statusOf(error);
  if (status === 429) return 'rateLimited';
  // Bot Connector answers this if it refuses the bot's own token.
  if (status === 401) return 'invalidToken';
  if (status !== undefined && (status >= 500 || status === 408)) return 'temporary';
  // An HTML page instead of an answer comes from a proxy, which did not look at the message.
  if (status !== undefined && status >= 400) return isPage(error) ? 'failed' : 'hopeless';
  return isPassing(error) ? 'temporary' : 'failed';
}

/**
 * The same for an error that did not come from the platform: a service of the bot's own may refuse, be too busy or be down, which says nothing
 * about the page. The cause may be hidden in errors around it, or be one of several.
 */
export function classifyOwnFailure(thrown: unknown): TurnFailure {
  for (const error of errorsIn(thrown)) {
    const failure = classify(error);
    if (failure === 'timedOut' || failure === 'conflict') return failure;
    if (failure === 'temporary' || failure === 'rateLimited' || isBusy(serviceStatusOf(error))) return 'temporary';
  }
  return 'failed';
}

function isBusy(status: number | undefined): boolean {
  return status !== undefined && (status >= 500 || status === 429 || status === 408);
}

/** An error, what it says caused it, and what it consists of: `Promise.any` and connections to a name with several addresses fail with several. */
function errorsIn(error: unknown, depth = 0): unknown[] {
  if (!(error instanceof Error) || depth > deepest) return [];
  const parts: readonly unknown[] = error instanceof AggregateError ? error.errors : [];
  const causes = [error.cause, 'error' in error ? error.error : undefined, ...parts];
  return [...causes.flatMap((cause) => errorsIn(cause, depth + 1)), error];
}

const deepest = 5;

/** Whether an error can only come from this process: its store, its state, its disk, its time limit. */
export function isOwnTrouble(thrown: unknown): boolean {
  const error = causeOf(thrown);
  if (
    error instanceof StoreUnavailableError ||
    error instanceof StateConflictError ||
    error instanceof TurnTimedOutError
  )
    return true;
  return isOfThisMachine(error);
}

/** The innermost error: a bot, or Bot Builder's dialogs, may have wrapped it. */
export function causeOf(error: unknown): unknown {
  let innermost = error;
  for (let depth = 0; depth < deepest && innermost instanceof Error; depth += 1) {
    const { cause, error: wrapped } = innermost as { cause?: unknown; error?: unknown };
    const next = cause instanceof Error ? cause : wrapped;
    if (!(next instanceof Error)) break;
    innermost = next;
  }
  return innermost;
}

function failureOfReason(reason: GraphErrorReason): TurnFailure {
  if (reason === 'rateLimited' || reason === 'invalidToken' || reason === 'temporary') return reason;
  return reason === 'unknown' ? 'failed' : 'hopeless';
}

function isPage(error: unknown): boolean {
  return error instanceof Error && error.message.trimStart().startsWith('<');
}
