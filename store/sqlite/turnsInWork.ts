import type { Logger } from '../../helpers/logging/logger.ts';
import { withoutLastRefusals } from '../journalEntries.ts';
import { turnFailed, type Claim, type FailureNote, type StateChange, type TimerChange } from '../store.ts';
import { EffectNotNotedError, NotInWorkError } from '../storeErrors.ts';
import type { Commit, CommitQueue } from './commitQueue.ts';
import type { Database } from './database.ts';
import { moveToDeadLetters } from './deadLetterTable.ts';
import { isForgotten, readEvent } from './inboxTable.ts';
import { forgetJournal, readJournal, replaceJournal } from './journalTable.ts';
import type { NextDue } from './nextDue.ts';
import type { OpenEvents } from './openEvents.ts';
import { writeState } from './stateTable.ts';
import { writeTimers } from './timerTable.ts';

export interface TurnsInWorkOptions {
  queue: CommitQueue;
  openEvents: OpenEvents;
  nextDue: NextDue;
  now: () => number;
  logger: Logger | undefined;
}

interface TurnEnd {
  durability: Commit<void>['durability'];
  work: (open: Database) => void;
  committed: () => void;
}

/** Commits how the turns of claimed events begin and end. */
export class TurnsInWork {
  readonly #options: TurnsInWorkOptions;
  /** Turns that the current transaction ends. */
  readonly #ending = new Set<number>();
  /** Turns with an effect whose end could not be committed: they are not done, whatever the runner assumes. */
  readonly #notCommitted = new Map<number, unknown>();
  /** Turns whose beginning is committed and whose end is not. */
  readonly #begun = new Set<number>();
  /** Turns whose beginning was committed with the acceptance of their event, until they do begin. */
  readonly #begunEarly = new Set<number>();
  #failed = 0;

  constructor(options: TurnsInWorkOptions) {
    this.#options = options;
  }

  /** How many turns have ended by `fail`. */
  get failed(): number {
    return this.#failed;
  }

  beginTransaction(): void {
    this.#ending.clear();
  }

  isInWork(id: number): boolean {
    return this.#options.openEvents.schedule.isInWork(id);
  }

  /** The end of an effect of this turn could not be committed. */
  effectNotCommitted(id: number, problem: unknown): void {
    if (this.isInWork(id)) this.#notCommitted.set(id, problem);
  }

  /** The beginning of these turns was committed with the acceptance of their events: nothing keeps them from beginning at once. */
  acceptedAsBegun(claims: readonly Pick<Claim, 'id'>[]): void {
    for (const { id } of claims) {
      this.#begun.add(id);
      this.#begunEarly.add(id);
    }
  }

  /** How many of the beginnings that are committed have not come yet. */
  begunAhead(id: number): 0 | 1 {
    return this.#begunEarly.has(id) ? 1 : 0;
  }

  /** The event is not there any more: its customer was forgotten before its turn. */
  vanished(id: number): void {
    this.#begunEarly.delete(id);
    this.#begun.delete(id);
  }

  begin(id: number): Promise<void> {
    if (this.isInWork(id) && this.#begunEarly.delete(id)) return Promise.resolve();
    return this.#options.queue.add({
      durability: 'process',
      work: (open) => {
        if (!this.isInWork(id)) throw new NotInWorkError(id);
        open.run('UPDATE deliveries SET begun = begun + 1 WHERE id = ?', id);
      },
      committed: () => void this.#begun.add(id),
    });
  }

  blame(guilty: number): Promise<void> {
    const sql = 'UPDATE deliveries SET begun = MAX(0, begun + ?), resumed = 1 WHERE id = ?';
    return this.#options.queue.add({
      durability: 'process',
      work: (open) => {
        for (const id of this.#begun) open.run(sql, id === guilty ? 1 : -1, id);
      },
      committed: () => {
        this.#begun.clear();
        this.#begunEarly.clear();
      },
    });
  }

  // If a power failure undoes this, the turn runs again from its journal, whose begun effects are on the disk, and repeats nothing. The next
  // commit that is flushed, such as the next turn's first effect, flushes this one too.
  complete(id: number, changes: readonly StateChange[] = [], timers: readonly TimerChange[] = []): Promise<void> {
    return this.#end(id, {
      durability: 'soon',
      work: (open) => {
        if (this.#notCommitted.has(id)) throw new EffectNotNotedError(this.#notCommitted.get(id));
        if (isForgotten(open, id)) return;
        writeState(open, changes);
        if (timers.length > 0) this.#options.nextDue.forget();
        writeTimers(open, timers, (other) => this.isInWork(other));
        open.run('DELETE FROM deliveries WHERE id = ?', id);
        forgetJournal(open, id);
      },
      committed: () => void this.#options.openEvents.schedule.release(id),
    });
  }

  retry(id: number, delayMs: number, counting: 'counted' | 'uncounted' = 'counted'): Promise<void> {
    return this.#end(id, {
      durability: 'machine',
      work: (open) => {
        const more = counting === 'counted' ? 1 : 0;
        open.run('UPDATE deliveries SET attempts = attempts + ?, begun = 0, resumed = 1 WHERE id = ?', more, id);
        const entries = readJournal(open, id);
        const left = withoutLastRefusals(entries);
        if (left.length < entries.length) replaceJournal(open, id, left);
      },
      committed: () => void this.#options.openEvents.schedule.putBack(id, delayMs),
    });
  }

  fail(id: number, note: FailureNote = turnFailed, changes: readonly StateChange[] = []): Promise<void> {
    const { openEvents, now } = this.#options;
    return this.#end(id, {
      durability: 'machine',
      work: (open) => {
        const row = readEvent(open, id);
        if (row === undefined) return;
        writeState(open, changes);
        moveToDeadLetters(open, row, note, now());
      },
      committed: () => {
        this.#failed += 1;
        openEvents.schedule.release(id);
      },
    });
  }

  /** Call this before the store closes: turns that still run are interrupted by that, and did not end the process. */
  async takeBackBegun(): Promise<void> {
    const { queue, logger } = this.#options;
    if (this.#begun.size === 0) return;
    const sql = 'UPDATE deliveries SET begun = MAX(0, begun - 1), resumed = 1 WHERE id = ?';
    const work = (open: Database) => {
      for (const id of this.#begun) open.run(sql, id);
    };
    await queue.add({ durability: 'process', work }).catch((err: unknown) => {
      logger?.debug({ err }, 'the turns that closing interrupts could not be recorded');
    });
  }

  /** If the commit fails, the turn stays in work and can be ended later. */
  #end(id: number, { durability, work, committed }: TurnEnd): Promise<void> {
    return this.#options.queue.add({
      durability,
      work: (open) => {
        if (!this.isInWork(id) || this.#ending.has(id)) throw new NotInWorkError(id);
        work(open);
        this.#ending.add(id);
      },
      committed: () => {
        this.#notCommitted.delete(id);
        this.vanished(id);
        committed();
      },
    });
  }
}
