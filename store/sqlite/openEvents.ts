import { pageOf } from '../../models/conversationKey.ts';
import type { BacklogLoad } from '../backlog.ts';
import { Schedule } from '../schedule.ts';
import type { Database } from './database.ts';
import { waitingAfter, type WaitingId } from './inboxTable.ts';

/** With so many turns under way, their beginnings share commits anyway, and larger groups are cheaper. */
const maxAtOnce = 8;

/** Events that wait or are in work. In memory only, since the process that claims them is the file's only owner. */
export class OpenEvents {
  readonly schedule: Schedule;
  /** How many events the current transaction adds, by page. */
  readonly #arriving = new Map<string, number>();
  /** Conversations whose first event the current transaction adds. */
  readonly #beginning = new Set<string>();
  #lastId = 0;

  constructor(monotonicNow: () => number) {
    this.schedule = new Schedule(monotonicNow);
  }

  /** Adds events that are committed and may be claimed. */
  add(committed: readonly WaitingId[]): void {
    for (const { id, conversation } of committed) {
      this.schedule.add(id, conversation);
      this.#lastId = Math.max(this.#lastId, id);
    }
  }

  /** Adds events that an earlier process or a command line tool has committed. */
  addNewFrom(open: Database): void {
    this.add(waitingAfter(open, this.#lastId));
  }

  /** Drops those that a command line tool has deleted: their customer was forgotten. */
  dropDeletedFrom(open: Database): void {
    if (this.schedule.waiting === 0) return;
    const there = new Set(waitingAfter(open, 0).map(({ id }) => id));
    this.schedule.keepOnly((id) => there.has(id));
  }

  beginTransaction(): void {
    this.#arriving.clear();
    this.#beginning.clear();
  }

  /**
   * Whether the turn of an event that arrives now is going to begin at once, as far as the store can tell: nothing of its Page waits, so nothing
   * holds that back, nothing of its conversation is under way, and few turns are. Beginning is then no commit of its own.
   */
  beginsAtOnce(conversation: string): boolean {
    const { schedule } = this;
    if (schedule.waitingOf(pageOf(conversation)) > 0 || schedule.knows(conversation)) return false;
    if (this.#beginning.has(conversation) || schedule.inWork + this.#beginning.size >= maxAtOnce) return false;
    this.#beginning.add(conversation);
    return true;
  }

  arrive({ conversation }: WaitingId): void {
    const page = pageOf(conversation);
    this.#arriving.set(page, (this.#arriving.get(page) ?? 0) + 1);
  }

  /** The events that arrived are committed. */
  addArrived(arrived: readonly WaitingId[]): void {
    this.add(arrived);
    this.#arriving.clear();
  }

  /** What is waiting, including what the current transaction adds. */
  load(): BacklogLoad {
    const { schedule } = this;
    let total = schedule.waiting;
    for (const more of this.#arriving.values()) total += more;
    const newPages = [...this.#arriving.keys()].filter((page) => schedule.waitingOf(page) === 0).length;
    const ofPage = (page: string) => schedule.waitingOf(page) + (this.#arriving.get(page) ?? 0);
    return { total, pages: schedule.pagesWaiting + newPages, ofPage };
  }
}
