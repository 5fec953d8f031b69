import { matches } from '../eventFilter.ts';
import { forReplay } from '../journalEntries.ts';
import type { DeadLetter, DeadLetters, FailureNote } from '../store.ts';
import type { CommitQueue } from './commitQueue.ts';
import type { Read } from './connection.ts';
import type { Database, Row } from './database.ts';
import { insertEvent, type WaitingId } from './inboxTable.ts';
import { forgetJournal, readJournal, replaceJournal } from './journalTable.ts';
import { totalsOf } from './retention.ts';
import { deadLetterOf, inboxEventOf, numberOf, textOf } from './rowReaders.ts';

/** Turns an event into a dead letter. Its journal stays under its id. */
export function moveToDeadLetters(database: Database, row: Row, { reason, sentence }: FailureNote, now: number): void {
  const id = numberOf(row, 'id');
  database.run(
    `INSERT INTO dead_letters
        (id, conversation, kind, via, key, endpoint, turn, accepted_at, attempts, died_at, reason, sentence)
      SELECT id, conversation, kind, via, key, endpoint, turn, accepted_at, attempts, ?, ?, ? FROM deliveries WHERE id = ?`,
    ...[now, reason, sentence, id],
  );
  database.run('DELETE FROM deliveries WHERE id = ?', id);
}

export interface DeadLetterTableOptions {
  queue: CommitQueue;
  read: Read;
  now: () => number;
  /** A dead letter went back to work. */
  replayed: (waiting: WaitingId) => void;
}

export function createDeadLetterTable({ queue, read, now, replayed }: DeadLetterTableOptions): DeadLetters {
  const letterOf = (open: Database, row: Row) => deadLetterOf(row, readJournal(open, numberOf(row, 'id')));

  return {
    list: (limit = 100, filter = {}) =>
      read((open) => {
        const found: DeadLetter[] = [];
        for (const row of openRows(open)) {
          if (found.length >= limit) break;
          const event = { event: inboxEventOf(row), reason: textOf(row, 'reason'), at: numberOf(row, 'died_at') };
          if (matches(filter, event)) found.push(letterOf(open, row));
        }
        return found;
      }),
    get: (id) =>
      read((open) => {
        const row = open.get('SELECT * FROM dead_letters WHERE id = ?', id);
        return row === undefined ? undefined : letterOf(open, row);
      }),
    count: () => read((open) => totalsOf(open, 'deadLetters').many),
    byReason: () =>
      read((open) => {
        const rows = open.all("SELECT reason, many FROM kept WHERE what = 'deadLetters' AND many > 0");
        return new Map(rows.map((row) => [textOf(row, 'reason'), numberOf(row, 'many')]));
      }),
    replay: async (id, unknown = 'keep', by) => {
      const waiting = await queue.add({
        durability: 'machine',
        work: (open) => {
          const row = open.get('SELECT * FROM dead_letters WHERE id = ? AND replayed_at IS NULL', id);
          if (row === undefined) return undefined;
          const letter = letterOf(open, row);
          const { event, acceptedAt } = letter;
          open.run('UPDATE dead_letters SET replayed_at = ?, replayed_by = ? WHERE id = ?', now(), by ?? null, id);
          const added = insertEvent(open, { event, acceptedAt, origin: 'replayed' });
          replaceJournal(open, added.id, forReplay(letter, unknown));
          return added;
        },
        committed: (added) => {
          if (added !== undefined) replayed(added);
        },
      });
      return waiting !== undefined;
    },
    drop: (id) =>
      queue.add({
        durability: 'machine',
        work: (open) => {
          forgetJournal(open, id);
          return open.run('DELETE FROM dead_letters WHERE id = ?', id).changes === 1;
        },
      }),
  };
}

/** Those that were not replayed, the oldest first, a few at a time. */
function* openRows(database: Database): Generator<Row> {
  const sql = 'SELECT * FROM dead_letters WHERE replayed_at IS NULL AND id > ? ORDER BY id LIMIT 50';
  for (let last = 0; ;) {
    const rows = database.all(sql, last);
    yield* rows;
    const end = rows.at(-1);
    if (end === undefined) return;
    last = numberOf(end, 'id');
  }
}
