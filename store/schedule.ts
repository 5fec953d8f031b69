import { pageOf } from '../models/conversationKey.ts';
import { createDueQueue } from './dueQueue.ts';

/**
 * Which delivery is worked on next. Keeps ids alone, so that many may wait in little memory.
 *
 * Within a conversation: one at a time, in the order added. Conversations of a page: in the order in which they became ready. Pages: in
 * turn, so that a busy one does not hold the others. Times are of a clock that never jumps.
 */
export interface Schedule {
  add(id: number, conversation: string): void;
  /** @param mayTake whether one of this page may be taken. Default: of every page. */
  next(mayTake?: (page: string) => boolean): number | undefined;
  /** The delivery is done with. Answers whether it was in work. */
  release(id: number): boolean;
  /** The delivery comes again, before the others of its conversation. Answers whether it was in work. */
  putBack(id: number, delayMs: number): boolean;
  isInWork(id: number): boolean;
  pause(page: string, delayMs: number): void;
  resume(page: string): void;
  nextDueIn(): number | undefined;
  readonly waiting: number;
  /** How many of a page wait. */
  waitingOf(page: string): number;
  /** How many pages have something waiting. */
  readonly pagesWaiting: number;
  readonly inWork: number;
}

interface Conversation {
  page: string;
  ids: number[];
  state: 'ready' | 'inWork' | 'heldBack';
}

interface Page {
  ready: Set<string>;
  inWork: number;
  pausedUntil: number;
  /** After a pause one delivery at a time is tried, until one went well. */
  probing: boolean;
}

export function createSchedule(monotonicNow: () => number): Schedule {
  const conversations = new Map<string, Conversation>();
  const pages = new Map<string, Page>();
  const inWork = new Map<number, string>();
  const heldBack = createDueQueue();
  const waitingOf = new Map<string, number>();
  let waiting = 0;

  function countWaiting(page: string, more: 1 | -1): void {
    waiting += more;
    const left = (waitingOf.get(page) ?? 0) + more;
    if (left > 0) waitingOf.set(page, left);
    else waitingOf.delete(page);
  }

  function pageNamed(name: string): Page {
    const known = pages.get(name);
    if (known !== undefined) return known;
    const page: Page = { ready: new Set(), inWork: 0, pausedUntil: 0, probing: false };
    pages.set(name, page);
    return page;
  }

  function makeReady(name: string, conversation: Conversation): void {
    conversation.state = 'ready';
    pageNamed(conversation.page).ready.add(name);
  }

  function endWork(id: number): [string, Conversation] | undefined {
    const name = inWork.get(id);
    const conversation = name === undefined ? undefined : conversations.get(name);
    if (name === undefined || conversation === undefined) return undefined;
    inWork.delete(id);
    pageNamed(conversation.page).inWork -= 1;
    return [name, conversation];
  }

  function forgetIfIdle(name: string): void {
    const page = pages.get(name);
    if (page?.ready.size === 0 && page.inWork === 0 && !page.probing) pages.delete(name);
  }

  function takeFrom(pageName: string, page: Page): number | undefined {
    for (const name of page.ready) {
      page.ready.delete(name);
      const conversation = conversations.get(name);
      const id = conversation?.ids.shift();
      if (conversation === undefined || id === undefined) continue;
      conversation.state = 'inWork';
      inWork.set(id, name);
      page.inWork += 1;
      countWaiting(conversation.page, -1);
      // To the end of the row of pages.
      pages.delete(pageName);
      pages.set(pageName, page);
      return id;
    }
    return undefined;
  }

  function mayWork(page: Page, now: number): boolean {
    return page.ready.size > 0 && page.pausedUntil <= now && !(page.probing && page.inWork > 0);
  }

  return {
    add(id, name) {
      const known = conversations.get(name);
      const conversation = known ?? { page: pageOf(name), ids: [], state: 'ready' };
      conversation.ids.push(id);
      countWaiting(conversation.page, 1);
      if (known !== undefined) return;
      conversations.set(name, conversation);
      makeReady(name, conversation);
    },
    next(mayTake = () => true) {
      const now = monotonicNow();
      for (let name = heldBack.take(now); name !== undefined; name = heldBack.take(now)) {
        const conversation = conversations.get(name);
        if (conversation?.state === 'heldBack') makeReady(name, conversation);
      }
      for (const [name, page] of pages) {
        if (mayWork(page, now) && mayTake(name)) return takeFrom(name, page);
      }
      return undefined;
    },
    release(id) {
      const [name, conversation] = endWork(id) ?? [];
      if (name === undefined || conversation === undefined) return false;
      if (conversation.ids.length > 0) makeReady(name, conversation);
      else conversations.delete(name);
      forgetIfIdle(conversation.page);
      return true;
    },
    putBack(id, delayMs) {
      const [name, conversation] = endWork(id) ?? [];
      if (name === undefined || conversation === undefined) return false;
      conversation.ids.unshift(id);
      countWaiting(conversation.page, 1);
      if (delayMs > 0) {
        conversation.state = 'heldBack';
        heldBack.push(name, monotonicNow() + delayMs);
      } else makeReady(name, conversation);
      return true;
    },
    isInWork: (id) => inWork.has(id),
    pause(name, delayMs) {
      const page = pageNamed(name);
      page.probing = true;
      page.pausedUntil = Math.max(page.pausedUntil, monotonicNow() + delayMs);
    },
    resume(name) {
      const page = pages.get(name);
      if (page === undefined) return;
      page.probing = false;
      page.pausedUntil = 0;
      forgetIfIdle(name);
    },
    nextDueIn() {
      const now = monotonicNow();
      const times = [...pages.values()]
        .filter(({ ready, pausedUntil }) => ready.size > 0 && pausedUntil > now)
        .map(({ pausedUntil }) => pausedUntil);
      const first = Math.min(...times, heldBack.next() ?? Infinity);
      return first === Infinity ? undefined : Math.max(0, first - now);
    },
    get waiting() {
      return waiting;
    },
    waitingOf: (page) => waitingOf.get(page) ?? 0,
    get pagesWaiting() {
      return waitingOf.size;
    },
    get inWork() {
      return inWork.size;
    },
  };
}
