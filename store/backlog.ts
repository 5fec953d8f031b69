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
export interface Backlog {
  hasRoom(more: readonly InboxEvent[], load: BacklogLoad): boolean;
  /** @throws StoreUnavailable if there is no room for them */
  admit(more: readonly InboxEvent[], load: BacklogLoad): void;
  health(load: BacklogLoad): StoreHealth;
}

/** More pages than this are not told apart when checking whether any has room. */
const mostRemembered = 1_000;

export function createBacklog({ maxWaiting = 100_000, now, logger }: BacklogOptions): Backlog {
  const fullSince = new Map<string, number>();
  /** Pages that something came for since the start. */
  const seen = new Set<string>();

  // Another page that wants room may come at any moment.
  const shareOf = ({ pages, ofPage }: BacklogLoad, page: string) =>
    maxWaiting / Math.max(2, pages + (ofPage(page) === 0 ? 1 : 0));

  function beFull(page: string, load: BacklogLoad): void {
    if (fullSince.has(page)) return;
    fullSince.set(page, now());
    const fields = { page, waiting: load.ofPage(page), waitingInAll: load.total, maxWaiting };
    logger?.error(fields, 'too many events are waiting: no more are accepted');
  }

  function isFull(page: string, load: BacklogLoad): boolean {
    const since = fullSince.get(page);
    if (since === undefined) return false;
    if (load.total > 0.9 * maxWaiting && load.ofPage(page) > 0.9 * shareOf(load, page)) return true;
    fullSince.delete(page);
    logger?.info({ page, waiting: load.ofPage(page), forMs: now() - since }, 'events are accepted again');
    return false;
  }

  // A request larger than the limit would come again for ever, so it is accepted when nothing is waiting.
  function fits(page: string, more: number, load: BacklogLoad): boolean {
    if (isFull(page, load)) return false;
    if (load.total === 0 || load.total + more <= maxWaiting) return true;
    const isInShare = load.ofPage(page) === 0 || load.ofPage(page) + more <= shareOf(load, page);
    return isInShare && load.total + more <= 2 * maxWaiting;
  }

  function firstWithoutRoom(more: readonly InboxEvent[], load: BacklogLoad): string | undefined {
    const ofPages = Map.groupBy(more, ({ conversation }) => pageOf(conversation));
    return [...ofPages].find(([page, { length }]) => !fits(page, length, load))?.[0];
  }

  return {
    hasRoom: (more, load) => firstWithoutRoom(more, load) === undefined,
    admit: (more, load) => {
      for (const { conversation } of more) if (seen.size < mostRemembered) seen.add(pageOf(conversation));
      const page = firstWithoutRoom(more, load);
      if (page === undefined) return;
      beFull(page, load);
      throw new StoreUnavailableError('backlog');
    },
    health: (load) => {
      for (const page of [...fullSince.keys()]) isFull(page, load);
      const isAtTheMark = load.total >= maxWaiting;
      if (!isAtTheMark && fullSince.size === 0) return { state: 'ok' };
      const others = [...seen].filter((page) => !fullSince.has(page) && load.ofPage(page) < shareOf(load, page));
      const fullPages = Math.max(fullSince.size, seen.size - others.length, 1);
      // Right after a start nothing has come for any page: the one whose events are waiting is full, and no other one has been refused.
      if (others.length > 0 || seen.size === 0) return { state: 'ok', fullPages };
      for (const page of seen) beFull(page, load);
      return { state: 'unavailable', reason: 'backlog', since: Math.min(...fullSince.values(), now()) };
    },
  };
}
