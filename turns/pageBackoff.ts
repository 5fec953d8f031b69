import type { Logger } from '../helpers/logging/logger.ts';
import type { PageTrouble } from './retryPolicy.ts';

/** Why the platform's answers hold a page back. */
export type PausedFor = 'rateLimited' | 'invalidToken' | 'temporary';

/** `operator`: somebody paused it with `npm run store -- pause`. */
export type PageState = 'ok' | PausedFor | 'operator';

/** Knows which pages are in trouble and says so once each, and once when it is over. */
export interface PageBackoff {
  of(page: string): PageTrouble;
  /** A turn of this conversation failed for the platform's reasons. However often one does, it is one customer's trouble. */
  recordFailure(page: string, conversation: string): void;
  /** Answers false when the page is paused already: what was under way then is no reason to make it longer. */
  pause(page: string, reason: PausedFor, delayMs: number): boolean;
  /** Whoever mended a page need not wait for the end of its pause. Answers whether it was paused. */
  retryNow(page: string): boolean;
  isPaused(page: string): boolean;
  /** A call of the page went well, in a turn that knew of the trouble. Answers whether the page was paused. */
  recordSuccess(page: string): boolean;
  /** Pages in trouble, by name. */
  states(): ReadonlyMap<string, PageState>;
}

interface Trouble {
  pauses: number;
  failedConversations: Set<string>;
  state: 'ok' | PausedFor;
  pausedUntil: number;
}

/** More than this tells nothing new. */
const mostRemembered = 100;

const sentences = {
  rateLimited: 'the page calls too often and is slowed down',
  invalidToken: 'the token of the page is refused: its events wait until it is renewed',
  temporary: 'the platform fails for one turn of the page after the other, so the page is slowed down',
} as const;

export function createPageBackoff(logger: Logger, monotonicNow: () => number): PageBackoff {
  const pages = new Map<string, Trouble>();

  function troubleOf(page: string): Trouble {
    const known = pages.get(page) ?? {
      ...{ pauses: 0, failedConversations: new Set<string>() },
      ...{ state: 'ok' as const, pausedUntil: 0 },
    };
    pages.set(page, known);
    return known;
  }

  return {
    of: (page) => {
      const { pauses, failedConversations } = pages.get(page) ?? { pauses: 0, failedConversations: { size: 0 } };
      return { pauses, failures: failedConversations.size };
    },
    recordFailure: (page, conversation) => {
      const { failedConversations } = troubleOf(page);
      if (failedConversations.size < mostRemembered) failedConversations.add(conversation);
    },
    isPaused: (page) => (pages.get(page)?.state ?? 'ok') !== 'ok',
    pause: (page, reason, delayMs) => {
      const trouble = troubleOf(page);
      if (trouble.pausedUntil > monotonicNow()) return false;
      trouble.pausedUntil = monotonicNow() + delayMs;
      trouble.pauses += 1;
      if (trouble.state !== reason) {
        logger[reason === 'invalidToken' ? 'error' : 'warn']({ page, reason }, sentences[reason]);
      }
      trouble.state = reason;
      return true;
    },
    retryNow: (page) => {
      const trouble = pages.get(page);
      if (trouble === undefined || trouble.state === 'ok') return false;
      trouble.pausedUntil = 0;
      logger.info({ page }, 'an operator wants the page to be tried now');
      return true;
    },
    recordSuccess: (page) => {
      const trouble = pages.get(page);
      if (trouble === undefined) return false;
      pages.delete(page);
      if (trouble.state === 'ok') return false;
      logger.info({ page }, 'the page works again');
      return true;
    },
    states: () =>
      new Map([...pages].filter(([, { state }]) => state !== 'ok').map(([page, { state }]) => [page, state])),
  };
}
