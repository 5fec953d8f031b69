import { pageOf } from '../models/conversationKey.ts';
import { createDueQueue } from './dueQueue.ts';

interface Conversation {
  page: string;
  ids: number[];
  state: 'ready' | 'inWork' | 'heldBack';
}

/**
 * Decides which event is next. Knows only ids, so that many may wait in little memory.
 *
 * Within a conversation: one at a time, in the order added. Conversations of a page: in the order in which they became ready. Pages: in
 * turn, so that a busy one does not hold up the others.
 */
export class Schedule {
  readonly #monotonicNow: () => number;
  readonly #conversations = new Map<string, Conversation>();
  /** Pages with something ready, and the names of its conversations. The page served last comes last. */
  readonly #ready = new Map<string, Set<string>>();
  readonly #inWork = new Map<number, string>();
  readonly #heldBack = createDueQueue();
  readonly #waitingOf = new Map<string, number>();
  #waiting = 0;

  /** @param monotonicNow milliseconds of a clock that never jumps */
  constructor(monotonicNow: () => number) {
    this.#monotonicNow = monotonicNow;
  }

  get waiting(): number {
    return this.#waiting;
  }

  /** How many of a page are waiting. */
  waitingOf(page: string): number {
    return this.#waitingOf.get(page) ?? 0;
  }

  /** How many pages have something waiting. */
  get pagesWaiting(): number {
    return this.#waitingOf.size;
  }

  get inWork(): number {
    return this.#inWork.size;
  }

  /** Whether anything of this conversation waits or is in work. */
  knows(name: string): boolean {
    return this.#conversations.has(name);
  }

  isInWork(id: number): boolean {
    return this.#inWork.has(id);
  }

  add(id: number, name: string): void {
    const known = this.#conversations.get(name);
    const conversation = known ?? { page: pageOf(name), ids: [], state: 'ready' };
    conversation.ids.push(id);
    this.#countWaiting(conversation.page, 1);
    if (known !== undefined) return;
    this.#conversations.set(name, conversation);
    this.#makeReady(name, conversation);
  }

  /** @param mayTake whether one of this page may be taken. Default: always. */
  next(mayTake: (page: string) => boolean = () => true): number | undefined {
    const now = this.#monotonicNow();
    for (let name = this.#heldBack.take(now); name !== undefined; name = this.#heldBack.take(now)) {
      const conversation = this.#conversations.get(name);
      if (conversation?.state === 'heldBack') this.#makeReady(name, conversation);
    }
    for (const [page, ready] of this.#ready) {
      const id = mayTake(page) ? this.#takeFrom(page, ready) : undefined;
      if (id !== undefined) return id;
    }
    return undefined;
  }

  /** The event is done. Returns whether it was in work. */
  release(id: number): boolean {
    const [name, conversation] = this.#endWork(id) ?? [];
    if (name === undefined || conversation === undefined) return false;
    if (conversation.ids.length > 0) this.#makeReady(name, conversation);
    else this.#conversations.delete(name);
    return true;
  }

  /** The event is put back, before the others of its conversation. Returns whether it was in work. */
  putBack(id: number, delayMs: number): boolean {
    const [name, conversation] = this.#endWork(id) ?? [];
    if (name === undefined || conversation === undefined) return false;
    conversation.ids.unshift(id);
    this.#countWaiting(conversation.page, 1);
    if (delayMs > 0) {
      conversation.state = 'heldBack';
      this.#heldBack.push(name, this.#monotonicNow() + delayMs);
    } else this.#makeReady(name, conversation);
    return true;
  }

  /** Forgets what is waiting and is not there any more. Nobody waits for a retry of it. */
  keepOnly(isThere: (id: number) => boolean): void {
    for (const [name, conversation] of this.#conversations) {
      const [first] = conversation.ids;
      const left = conversation.ids.filter(isThere);
      for (let gone = conversation.ids.length - left.length; gone > 0; gone -= 1)
        this.#countWaiting(conversation.page, -1);
      conversation.ids = left;
      if (conversation.state === 'inWork') continue;
      // One that is ready is skipped where it is taken.
      if (left.length === 0) this.#conversations.delete(name);
      else if (left[0] !== first) this.#makeReady(name, conversation);
    }
  }

  #countWaiting(page: string, more: 1 | -1): void {
    this.#waiting += more;
    const left = this.waitingOf(page) + more;
    if (left > 0) this.#waitingOf.set(page, left);
    else this.#waitingOf.delete(page);
  }

  #makeReady(name: string, conversation: Conversation): void {
    conversation.state = 'ready';
    const ready = this.#ready.get(conversation.page);
    if (ready === undefined) this.#ready.set(conversation.page, new Set([name]));
    else ready.add(name);
  }

  #takeFrom(page: string, ready: Set<string>): number | undefined {
    this.#ready.delete(page);
    for (const name of ready) {
      ready.delete(name);
      const conversation = this.#conversations.get(name);
      const id = conversation?.ids.shift();
      if (conversation === undefined || id === undefined) continue;
      conversation.state = 'inWork';
      this.#inWork.set(id, name);
      this.#countWaiting(page, -1);
      if (ready.size > 0) this.#ready.set(page, ready);
      return id;
    }
    return undefined;
  }

  #endWork(id: number): [string, Conversation] | undefined {
    const name = this.#inWork.get(id);
    const conversation = name === undefined ? undefined : this.#conversations.get(name);
    if (name === undefined || conversation === undefined) return undefined;
    this.#inWork.delete(id);
    return [name, conversation];
  }
}
