import { pageOf } from '../models/conversationKey.ts';
import { createDueQueue } from './dueQueue.ts';

/**
 * Decides which event is next. Knows only ids, so that many may wait in little memory.
 *
 * Within a conversation: one at a time, in the order added. Conversations of a page: in the order in which they became ready. Pages: in
 * turn, so that a busy one does not hold up the others. Times are of a clock that never jumps.
 */
export interface Schedule {
  add(id: number, conversation: string): void;
  /** @param mayTake whether one of this page may be taken. Default: always. */
  next(mayTake?: (page: string) => boolean): number | undefined;
  /** The event is done. Returns whether it was in work. */
  release(id: number): boolean;
  /** The event is put back, before the others of its conversation. Returns whether it was in work. */
  putBack(id: number, delayMs: number): boolean;
  isInWork(id: number): boolean;
  readonly waiting: number;
  /** How many of a page are waiting. */
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

export function createSchedule(monotonicNow: () => number): Schedule {
  const conversations = new Map<string, Conversation>();
  /** Pages with something ready, by the names of its conversations. The one that was served last comes last. */
  const pages = new Map<string, Set<string>>();
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

  function makeReady(name: string, conversation: Conversation): void {
    conversation.state = 'ready';
    const ready = pages.get(conversation.page);
    if (ready === undefined) pages.set(conversation.page, new Set([name]));
    else ready.add(name);
  }

  function endWork(id: number): [string, Conversation] | undefined {
    const name = inWork.get(id);
    const conversation = name === undefined ? undefined : conversations.get(name);
    if (name === undefined || conversation === undefined) return undefined;
    inWork.delete(id);
    return [name, conversation];
  }

  function takeFrom(page: string, ready: Set<string>): number | undefined {
    pages.delete(page);
    for (const name of ready) {
      ready.delete(name);
      const conversation = conversations.get(name);
      const id = conversation?.ids.shift();
      if (conversation === undefined || id === undefined) continue;
      conversation.state = 'inWork';
      inWork.set(id, name);
      countWaiting(page, -1);
      if (ready.size > 0) pages.set(page, ready);
      return id;
    }
    return undefined;
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
      for (const [page, ready] of pages) {
        if (mayTake(page)) return takeFrom(page, ready);
      }
      return undefined;
    },
    release(id) {
      const [name, conversation] = endWork(id) ?? [];
      if (name === undefined || conversation === undefined) return false;
      if (conversation.ids.length > 0) makeReady(name, conversation);
      else conversations.delete(name);
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
