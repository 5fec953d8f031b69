import { pageOf } from '../../models/conversationKey.ts';
import type { InboxEvent, TimerChange, TimerSetting, TimerTable } from '../store.ts';
import { timersAtOnce } from '../timerRoom.ts';
import { soon } from './soon.ts';

export interface MemoryTimersOptions {
  /** How many more events of this page may wait. */
  roomOf: (page: string) => number;
  /** Hands an event over to a turn and answers its id. */
  enqueue: (event: InboxEvent) => number;
  /** Drops an event whose turn has not begun. */
  dropWaiting: (id: number) => void;
}

interface WaitingTimer extends TimerSetting {
  name: string;
  /** Grows with every timer that is set. */
  number: number;
}

/** Timers in memory, in the order in which they are due. */
export class MemoryTimers {
  readonly #options: MemoryTimersOptions;
  readonly #sorted: WaitingTimer[] = [];
  readonly #byName = new Map<string, WaitingTimer>();
  /** Events that were timers and whose turn has not begun. */
  readonly #notBegun = new Map<string, number>();
  #lastNumber = 0;
  #fired = 0;
  readonly table: TimerTable;

  constructor(options: MemoryTimersOptions) {
    this.#options = options;
    this.table = {
      change: soon((changes) => this.change(changes)),
      fire: soon((now) => this.#withNext({ fired: this.#fire(now) })),
      counts: soon(() => this.#withNext({ waiting: this.#sorted.length, fired: this.#fired })),
      of: soon((conversation) =>
        this.#sorted
          .filter(({ event }) => event.conversation === conversation)
          .map(({ name, dueAt }) => ({ name, dueAt })),
      ),
    };
  }

  /** Sets and cancels timers. One that has fired and whose turn has not begun counts as waiting. */
  change(changes: readonly TimerChange[]): void {
    for (const { conversation, name, set } of changes) {
      const key = keyOf(conversation, name);
      const fired = this.#notBegun.get(key);
      if (fired !== undefined) this.#options.dropWaiting(fired);
      this.#notBegun.delete(key);
      const before = this.#byName.get(key);
      if (before !== undefined) this.#remove(before);
      if (set === undefined) continue;
      const timer = { ...set, name, number: (this.#lastNumber += 1) };
      this.#byName.set(key, timer);
      this.#sorted.splice(this.#placeOf(timer), 0, timer);
    }
  }

  /** The turn of an event may begin at any moment: whatever timer it was can no longer be cancelled. */
  claimed({ conversation, timer }: InboxEvent): void {
    if (timer !== undefined) this.#notBegun.delete(keyOf(conversation, timer));
  }

  #fire(now: number): number {
    const full = new Set<string>();
    const due: WaitingTimer[] = [];
    const taken = new Map<string, number>();
    for (const timer of this.#sorted) {
      if (timer.dueAt > now || due.length === timersAtOnce) break;
      const page = pageOf(timer.event.conversation);
      const ofPage = taken.get(page) ?? 0;
      if (!full.has(page) && this.#options.roomOf(page) > ofPage) {
        taken.set(page, ofPage + 1);
        due.push(timer);
      } else full.add(page);
    }
    for (const timer of due) {
      this.#remove(timer);
      const { event, name } = timer;
      this.#notBegun.set(keyOf(event.conversation, name), this.#options.enqueue({ ...event, timer: name }));
    }
    this.#fired += due.length;
    return due.length;
  }

  #remove(timer: WaitingTimer): void {
    this.#sorted.splice(this.#placeOf(timer), 1);
    this.#byName.delete(keyOf(timer.event.conversation, timer.name));
  }

  /** The place of the first timer that is not before this one. */
  #placeOf(timer: WaitingTimer): number {
    let [low, high] = [0, this.#sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const other = this.#sorted[middle];
      if (other !== undefined && isBefore(other, timer)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #withNext<Counts extends object>(counts: Counts): Counts & { nextDueAt?: number } {
    const [first] = this.#sorted;
    return first === undefined ? counts : { ...counts, nextDueAt: first.dueAt };
  }
}

function isBefore(one: WaitingTimer, other: WaitingTimer): boolean {
  return one.dueAt === other.dueAt ? one.number < other.number : one.dueAt < other.dueAt;
}

function keyOf(conversation: string, name: string): string {
  return JSON.stringify([conversation, name]);
}
