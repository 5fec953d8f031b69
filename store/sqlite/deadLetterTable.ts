import { forReplay } from '../journalEntries.ts';
import type { DeadLetters, FailureNote } from '../store.ts';
import type { CommitQueue } from './commitQueue.ts';
import type { Database, Row } from './database.ts';
import { insertDelivery, type WaitingId } from './inboxTable.ts';
import { forgetJournal, readJournal, replaceJournal } from './journalTable.ts';
import { deadLetterOf, numberOf } from './rows.ts';

/** Turns a delivery into a dead letter. Its journal stays under its id. */
export function moveToDeadLetters(database: Database, row: Row, { reason, sentence }: FailureNote, now: number): void {
  const id = numberOf(row, 'id');
  database.run(
    `INSERT INTO dead_letters (id, conversation, kind, via, key, turn, accepted_at, attempts, died_at, reason, sentence)
      SELECT id, conversation, kind, via, key, turn, accepted_at, attempts, ?, ?, ? FROM deliveries WHERE id = ?`,
    ...[now, reason, sentence, id],
  );
  database.run('DELETE FROM deliveries WHERE id = ?', id);
}

export interface DeadLetterTableOptions {
  queue: CommitQueue;
  database: () => Database;
  now: () => number;
  /** A dead letter went back to work. */
  replayed: (waiting: WaitingId) => void;
}

export function createDeadLetterTable({ queue, database, now, replayed }: DeadLetterTableOptions): DeadLetters {
  const read = (open: Database, row: Row) => deadLetterOf(row, readJournal(open, numberOf(row, 'id')));

  return {
    list: async (limit = 100) => {
      await Promise.resolve();
      const sql = 'SELECT * FROM dead_letters WHERE replayed_at IS NULL ORDER BY id LIMIT ?';
      return database()
        .all(sql, limit)
        .map((row) => read(database(), row));
    },
    get: async (id) => {
      await Promise.resolve();
      const row = database().get('SELECT * FROM dead_letters WHERE id = ?', id);
      return row === undefined ? undefined : read(database(), row);
    },
    count: async () => {
      await Promise.resolve();
      const row = database().get('SELECT count(*) AS many FROM dead_letters WHERE replayed_at IS NULL');
      return row === undefined ? 0 : numberOf(row, 'many');
    },
    replay: async (id, unknown = 'keep') => {
      const waiting = await queue.add({
        durability: 'machine',
        work: (open) => {
          const row = open.get('SELECT * FROM dead_letters WHERE id = ? AND replayed_at IS NULL', id);
          if (row === undefined) return undefined;
          const { delivery, acceptedAt, journal } = read(open, row);
          open.run('UPDATE dead_letters SET replayed_at = ? WHERE id = ?', now(), id);
          const added = insertDelivery(open, { delivery, acceptedAt, origin: 'replayed' });
          replaceJournal(open, added.id, forReplay(journal, unknown));
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
