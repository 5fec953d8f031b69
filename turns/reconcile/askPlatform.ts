import { GraphApiError } from '../../helpers/graph/graphErrors.ts';

/** How long to keep asking the same question while the platform has trouble, in milliseconds. */
const patienceMs = 12 * 60 * 60 * 1000;

/** How many unanswered questions are remembered. */
const maxQuestions = 1000;

/**
 * Asks the platform what became of the effect with this correlation id. Undefined if there will be no answer: the question was refused, or has
 * been unanswered for twelve hours. That proves nothing about the effect.
 *
 * @throws if the question should be asked again later: the platform has trouble, or there were too many calls
 */
export type AskPlatform = <T>(correlationId: string, ask: () => Promise<T>) => Promise<T | undefined>;

/** @param steadyNow milliseconds of a clock that never jumps */
export function createAskPlatform(steadyNow: () => number = () => performance.now()): AskPlatform {
  const firstAsked = new Map<string, number>();
  return async (correlationId, ask) => {
    try {
      const answer = await ask();
      firstAsked.delete(correlationId);
      return answer;
    } catch (error) {
      if (isRefusedForGood(error)) return undefined;
      const since = firstAsked.get(correlationId) ?? steadyNow();
      if (steadyNow() - since >= patienceMs) return undefined;
      firstAsked.set(correlationId, since);
      const [oldest] = firstAsked.keys();
      if (firstAsked.size > maxQuestions && oldest !== undefined) firstAsked.delete(oldest);
      throw error;
    }
  };
}

/** An app without permission to read, or with a token of another Page, will be refused tomorrow too. */
function isRefusedForGood(error: unknown): boolean {
  return error instanceof GraphApiError && error.reason !== 'temporary' && error.reason !== 'rateLimited';
}
