import type { Database } from './database.ts';
import { numberOf } from './rowReaders.ts';

/** When the next timer is due. It is asked for each time that turns may begin, so it is read again only after a timer was changed. */
export class NextDue {
  #known: { at: number | undefined } | undefined;

  /** In milliseconds since 1970; undefined if there is no timer. */
  read(open: Database): number | undefined {
    this.#known ??= { at: readNextDue(open) };
    return this.#known.at;
  }

  /** Call this in each transaction that changes timers, and when another process may have done so. */
  forget(): void {
    this.#known = undefined;
  }
}

function readNextDue(open: Database): number | undefined {
  const row = open.get('SELECT due_at FROM timers WHERE due_at >= 0 ORDER BY due_at LIMIT 1');
  return row === undefined ? undefined : numberOf(row, 'due_at');
}
