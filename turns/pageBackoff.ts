import type { Logger } from '../helpers/logging/logger.ts';
import { allPages } from '../store/operatorPause.ts';
import type { PageTrouble } from './retryPolicy.ts';

/** The platform's reason for which a page is paused. */
export type PausedFor = 'rateLimited' | 'invalidToken' | 'temporary';

/** `operator`: somebody paused it with `npm run store -- pause`. */
export type PageState = 'ok' | PausedFor | 'operator';

export interface PageBackoffOptions {
  logger: Logger;
  monotonicNow: () => number;
}

interface Trouble {
  pauses: number;
  failedConversations: Set<string>;
  state: 'ok' | PausedFor;
  pausedUntil: number;
}

/** Counting more conversations than this would change no decision. */
const mostRemembered = 100;

const sentences = {
  rateLimited: 'the page calls too often and is slowed down',
  invalidToken: 'the token of the page is refused: its events wait until it is renewed',
  temporary: 'the platform keeps failing for the page, so it is slowed down',
} as const;

/**
 * A circuit breaker for each page: counts failures and pauses the page. After the pause one turn at a time may try, until a call succeeds.
 * Logs one line when trouble begins and one when it is over.
 */
export class PageBackoff {
  readonly #options: PageBackoffOptions;
  readonly #pages = new Map<string, Trouble>();

  constructor(options: PageBackoffOptions) {
    this.#options = options;
  }

  /** What the page has been through since its last success. */
  of(page: string): PageTrouble {
    const { pauses, failedConversations } = this.#pages.get(page) ?? { pauses: 0, failedConversations: { size: 0 } };
    return { pauses, failures: failedConversations.size };
  }

  /** True from `pause` until a call succeeds. */
  isPaused(page: string): boolean {
    return (this.#pages.get(page)?.state ?? 'ok') !== 'ok';
  }

  /** When the page may be tried again, by the clock for durations; 0 if it is not paused. */
  pausedUntil(page: string): number {
    return this.#pages.get(page)?.pausedUntil ?? 0;
  }

  /** Pages in trouble, by name. */
  states(): ReadonlyMap<string, PageState> {
    return new Map(
      [...this.#pages].filter(([, { state }]) => state !== 'ok').map(([page, { state }]) => [page, state]),
    );
  }

  /** A turn of this conversation failed because of the platform. Each conversation counts once, however often that happens. */
  recordFailure(page: string, conversation: string): void {
    const { failedConversations } = this.#troubleOf(page);
    if (failedConversations.size < mostRemembered) failedConversations.add(conversation);
  }

  /** Does nothing while the page is paused: turns that began before the pause must not prolong it. */
  pause(page: string, reason: PausedFor, delayMs: number): void {
    const { logger, monotonicNow } = this.#options;
    const trouble = this.#troubleOf(page);
    if (trouble.pausedUntil > monotonicNow()) return;
    trouble.pausedUntil = monotonicNow() + delayMs;
    trouble.pauses += 1;
    if (trouble.state !== reason) {
      logger[reason === 'invalidToken' ? 'error' : 'warn']({ page, reason }, sentences[reason]);
    }
    trouble.state = reason;
  }

  /** A call for the page succeeded, in a turn that knew of the trouble. */
  recordSuccess(page: string): void {
    const isOver = this.isPaused(page);
    this.#pages.delete(page);
    if (isOver) this.#options.logger.info({ page }, 'the page works again');
  }

  /** An operator fixed the page, or `all` pages: one turn is tried at once, without waiting for the pause to end. */
  retryNow(page: string): void {
    for (const one of page === allPages ? this.states().keys() : [page]) this.#retryPage(one);
  }

  #retryPage(page: string): void {
    const trouble = this.#pages.get(page);
    if (trouble === undefined || trouble.state === 'ok') return;
    trouble.pausedUntil = 0;
    this.#options.logger.info({ page }, 'an operator asked for the page to be tried now');
  }

  #troubleOf(page: string): Trouble {
    const known = this.#pages.get(page);
    if (known !== undefined) return known;
    const trouble: Trouble = { pauses: 0, failedConversations: new Set(), state: 'ok', pausedUntil: 0 };
    this.#pages.set(page, trouble);
    return trouble;
  }
}
