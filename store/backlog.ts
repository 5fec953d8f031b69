import type { Logger } from '../helpers/logging/logger.ts';
import { pageOf } from '../models/conversationKey.ts';
import type { InboxEvent, StoreHealth } from './store.ts';
import { StoreUnavailableError } from './storeErrors.ts';

export interface BacklogOptions {
  /** How many events may wait. Default: 100,000. */
  maxWaiting?: number | undefined;
  /** Milliseconds since 1970. */
  now: () => number;
  logger?: Logger | undefined;
}

/** What is already waiting. */
export interface BacklogLoad {
  total: number;
  ofPage: (page: string) => number;
  /** How many pages have something waiting. */
  pages: number;
}

/**
 * An engine's limit on waiting events. A page that would exceed it is refused until a tenth has been worked off, so that a full store does not
 * change its answer with every event.
 *
 * A page may use all the room while no other page wants any. Beyond the limit each page still has its share, so a page whose events cannot be
 * worked off takes nothing from the others. Twice the limit is never exceeded.
 */
export class Backlog {
  readonly #options: BacklogOptions;
  readonly #maxWaiting: number;
  /** Pages without room, with the time since when. */
  readonly #fullSince = new Map<string, number>();
  /** Pages that something came for since the start. */
  readonly #seen = new Set<string>();

  constructor(options: BacklogOptions) {
    this.#options = options;
    this.#maxWaiting = options.maxWaiting ?? 100_000;
  }

  hasRoom(more: readonly InboxEvent[], load: BacklogLoad): boolean {
    return this.#firstWithoutRoom(more, load) === undefined;
  }

  /** @throws StoreUnavailable if there is no room for them */
  admit(more: readonly InboxEvent[], load: BacklogLoad): void {
    for (const { conversation } of more) if (this.#seen.size < mostRemembered) this.#seen.add(pageOf(conversation));
    const page = this.#firstWithoutRoom(more, load);
    if (page === undefined) return;
    this.#setFull(page, load);
    throw new StoreUnavailableError('backlog');
  }

  health(load: BacklogLoad): StoreHealth {
    for (const page of [...this.#fullSince.keys()]) this.#isFull(page, load);
    if (load.total < this.#maxWaiting && this.#fullSince.size === 0) return { state: 'ok' };
    const others = [...this.#seen].filter(
      (page) => !this.#fullSince.has(page) && load.ofPage(page) < this.#shareOf(page, load),
    );
    const fullPages = Math.max(this.#fullSince.size, this.#seen.size - others.length, 1);
    // Right after a start nothing has come for any page: the one whose events are waiting is full, and no other one has been refused.
    if (others.length > 0 || this.#seen.size === 0) return { state: 'ok', fullPages };
    for (const page of this.#seen) this.#setFull(page, load);
    return {
      state: 'unavailable',
      reason: 'backlog',
      since: Math.min(...this.#fullSince.values(), this.#options.now()),
    };
  }

  /** Counts one page more than are waiting, since another one may want room at any moment. */
  #shareOf(page: string, { pages, ofPage }: BacklogLoad): number {
    return this.#maxWaiting / Math.max(2, pages + (ofPage(page) === 0 ? 1 : 0));
  }

  #setFull(page: string, load: BacklogLoad): void {
    if (this.#fullSince.has(page)) return;
    const { now, logger } = this.#options;
    this.#fullSince.set(page, now());
    const fields = { page, waiting: load.ofPage(page), waitingInAll: load.total, maxWaiting: this.#maxWaiting };
    logger?.error(fields, 'too many events are waiting: no more are accepted');
  }

  #isFull(page: string, load: BacklogLoad): boolean {
    const since = this.#fullSince.get(page);
    if (since === undefined) return false;
    if (load.total > 0.9 * this.#maxWaiting && load.ofPage(page) > 0.9 * this.#shareOf(page, load)) return true;
    this.#fullSince.delete(page);
    const { now, logger } = this.#options;
    logger?.info({ page, waiting: load.ofPage(page), forMs: now() - since }, 'events are accepted again');
    return false;
  }

  #fits(page: string, more: number, load: BacklogLoad): boolean {
    if (this.#isFull(page, load)) return false;
    // A request larger than the limit would come again for ever, so it is accepted when nothing is waiting.
    if (load.total === 0 || load.total + more <= this.#maxWaiting) return true;
    const isInShare = load.ofPage(page) === 0 || load.ofPage(page) + more <= this.#shareOf(page, load);
    return isInShare && load.total + more <= 2 * this.#maxWaiting;
  }

  #firstWithoutRoom(more: readonly InboxEvent[], load: BacklogLoad): string | undefined {
    const ofPages = Map.groupBy(more, ({ conversation }) => pageOf(conversation));
    return [...ofPages].find(([page, { length }]) => !this.#fits(page, length, load))?.[0];
  }
}

/** More pages than this are not told apart when checking whether any has room. */
const mostRemembered = 1_000;
