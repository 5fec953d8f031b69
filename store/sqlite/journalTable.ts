import type { EffectOutcome, JournalEntry, JournalTable, SentNote } from '../store.ts';
import { NotInWork } from '../storeErrors.ts';
import type { CommitQueue } from './commitQueue.ts';
import type { Read } from './connection.ts';
import type { Database } from './database.ts';
import { echoOf, journalEntryOf, sentOf, textOf } from './rows.ts';

export function readJournal(database: Database, id: number): JournalEntry[] {
  return database.all('SELECT * FROM journal WHERE delivery = ? ORDER BY ordinal', id).map(journalEntryOf);
}

export function forgetJournal(database: Database, id: number): void {
  database.run('DELETE FROM journal WHERE delivery = ?', id);
}

function insertEntry(database: Database, id: number, entry: JournalEntry): void {
  const { ordinal, kind, hash, detail, at, outcome, result } = entry;
  database.run(
    'INSERT OR REPLACE INTO journal (delivery, ordinal, kind, hash, detail, at, outcome, result) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    ...[id, ordinal, kind, hash, detail, at, outcome, result],
  );
}

/** Leaves these entries and no others. */
export function replaceJournal(database: Database, id: number, entries: readonly JournalEntry[]): void {
  forgetJournal(database, id);
  for (const entry of entries) insertEntry(database, id, entry);
}

function endEntry(database: Database, id: number, ordinal: number, outcome: EffectOutcome, result: string): void {
  const sql = 'UPDATE journal SET outcome = ?, result = ? WHERE delivery = ? AND ordinal = ?';
  database.run(sql, outcome, result, id, ordinal);
}

function insertSent(database: Database, { conversation, text, mid, at }: SentNote): void {
  const sql = 'INSERT INTO sent (conversation, text, mid, at) VALUES (?, ?, ?, ?)';
  database.run(sql, conversation, text, mid ?? null, at);
}

export interface JournalTableOptions {
  queue: CommitQueue;
  read: Read;
  isInWork: (id: number) => boolean;
  /** Is told when the end of an effect could not be noted. */
  notNoted: (id: number, problem: unknown) => void;
}

export function createJournalTable({ queue, read, isInWork, notNoted }: JournalTableOptions): JournalTable {
  function checkInWork(id: number): void {
    if (!isInWork(id)) throw new NotInWork(id);
  }

  const put = (id: number, entry: JournalEntry, durability: 'machine' | 'process') =>
    queue.add({
      durability,
      work: (open) => {
        checkInWork(id);
        insertEntry(open, id, entry);
      },
    });

  return {
    begin: (id, entry) => put(id, entry, 'machine'),
    note: (id, entry) => put(id, entry, 'process'),
    // The end of the turn follows with a commit of its own. Losing this with the power leaves the entry open: reconciled, not repeated.
    end: (id, ordinal, outcome, result, sent) =>
      queue.add({
        durability: 'process',
        work: (open) => {
          checkInWork(id);
          endEntry(open, id, ordinal, outcome, result);
          if (sent !== undefined) insertSent(open, sent);
        },
        refused: (problem) => notNoted(id, problem),
      }),
    echoOf: (mark) =>
      read((open) => {
        const row = open.get('SELECT * FROM echoes WHERE mark = ? ORDER BY id LIMIT 1', mark);
        return row === undefined ? undefined : echoOf(row);
      }),
    echoesSince: (conversation, at) => {
      const sql = 'SELECT * FROM echoes WHERE conversation = ? AND at >= ? ORDER BY id';
      return read((open) => open.all(sql, conversation, at).map(echoOf));
    },
    sentSince: (conversation, at) => {
      const sql = 'SELECT * FROM sent WHERE conversation = ? AND at >= ? ORDER BY id';
      return read((open) => open.all(sql, conversation, at).map(sentOf));
    },
    heardSince: (id, at) => {
      const sql = `SELECT kind FROM deliveries WHERE id > ? AND accepted_at >= ?
        AND conversation = (SELECT conversation FROM deliveries WHERE id = ?) ORDER BY id`;
      return read((open) => open.all(sql, id, at, id).map((row) => textOf(row, 'kind')));
    },
  };
}
