import { sendingOf } from '../sendingOf.ts';
import type { EffectOutcome, JournalEntry, JournalTable, SentMessageNote, SentNote } from '../store.ts';
import { NotInWorkError } from '../storeErrors.ts';
import type { CommitQueue } from './commitQueue.ts';
import type { Read } from './connection.ts';
import type { Database, Row } from './database.ts';
import { echoOf, journalEntryOf, numberOf, sentOf, threadNoteOf } from './rowReaders.ts';

export function readJournal(database: Database, id: number): JournalEntry[] {
  return database.all('SELECT * FROM journal WHERE delivery = ? ORDER BY ordinal', id).map(journalEntryOf);
}

export function forgetJournal(database: Database, id: number): void {
  database.run('DELETE FROM journal WHERE delivery = ?', id);
}

/** Returns false if the delivery is gone: its customer was forgotten while its turn ran. */
function insertEntry(database: Database, id: number, entry: JournalEntry): boolean {
  const { ordinal, kind, hash, detail, at, outcome, result } = entry;
  const { changes } = database.run(
    `INSERT OR REPLACE INTO journal (delivery, ordinal, kind, hash, detail, at, outcome, result)
      SELECT id, ?, ?, ?, ?, ?, ?, ? FROM deliveries WHERE id = ?`,
    ...[ordinal, kind, hash, detail, at, outcome, result, id],
  );
  return changes > 0;
}

/** Replaces all entries with these. */
export function replaceJournal(database: Database, id: number, entries: readonly JournalEntry[]): void {
  forgetJournal(database, id);
  for (const entry of entries) insertEntry(database, id, entry);
}

/** Returns false if the entry is gone: its customer was forgotten while its turn ran. */
function endEntry(database: Database, id: number, ordinal: number, outcome: EffectOutcome, result: string): boolean {
  const sql = 'UPDATE journal SET outcome = ?, result = ? WHERE delivery = ? AND ordinal = ?';
  return database.run(sql, outcome, result, id, ordinal).changes > 0;
}

function insertSent(database: Database, note: SentNote): void {
  const sql =
    'INSERT INTO sent (conversation, text, mid, at, state, mark, begun_at, earliest, latest) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)';
  const { conversation, text, mid, at, state = 'done', correlationId, begunAt, earliest, latest } = note;
  const times = [begunAt ?? null, earliest ?? null, latest ?? null];
  database.run(sql, conversation, text, mid ?? null, at, state, correlationId ?? null, ...times);
}

/** The correlation id of the message that an entry sends. */
const markOfEntry = "(SELECT detail ->> '$.mark' FROM journal WHERE delivery = ? AND ordinal = ? AND kind = 'send')";

/** The message of an entry was sent. Messages begun by earlier versions have no note yet. */
function endSent(database: Database, id: number, ordinal: number, sent: SentMessageNote): void {
  const { mid = null, at, earliest = null, latest = null, correlationId = null } = sent;
  // An effect that was only assumed to be done has no id and stays unknown.
  const sql = `UPDATE sent SET state = iif(state = 'unknown' AND ? IS NULL, state, 'done'), mid = ?, at = ?,
    earliest = coalesce(?, earliest), latest = ? WHERE mark = coalesce(?, ${markOfEntry})`;
  const { changes } = database.run(sql, mid, mid, at, earliest, latest, correlationId, id, ordinal);
  if (changes === 0) insertSent(database, sent);
}

export interface JournalTableOptions {
  queue: CommitQueue;
  read: Read;
  isInWork: (id: number) => boolean;
  /** Called when the end of an effect could not be recorded. */
  notNoted: (id: number, problem: unknown) => void;
}

export function createJournalTable({ queue, read, isInWork, notNoted }: JournalTableOptions): JournalTable {
  function checkInWork(id: number): void {
    if (!isInWork(id)) throw new NotInWorkError(id);
  }

  const put = (id: number, entry: JournalEntry, durability: 'machine' | 'process', sending?: SentNote) =>
    queue.add({
      durability,
      work: (open) => {
        checkInWork(id);
        if (insertEntry(open, id, entry) && sending !== undefined) insertSent(open, sending);
      },
    });

  return {
    begin: (id, entry) => put(id, entry, 'machine', sendingOf(entry)),
    note: (id, entry) => put(id, entry, 'process'),
    // The end of the turn is another commit. If a power failure undoes this one, the entry is open: reconciled, not repeated.
    end: (id, ordinal, outcome, result, sent) =>
      queue.add({
        durability: 'process',
        work: (open) => {
          checkInWork(id);
          if (!endEntry(open, id, ordinal, outcome, result)) return;
          if (sent !== undefined) endSent(open, id, ordinal, sent);
          else if (outcome === 'refused') open.run(`DELETE FROM sent WHERE mark = ${markOfEntry}`, id, ordinal);
        },
        refused: (problem) => notNoted(id, problem),
      }),
    reconcileSent: (correlationId, outcome, latest) =>
      queue.add({
        durability: 'process',
        work: (open) => {
          if (outcome === 'absent') open.run('DELETE FROM sent WHERE mark = ?', correlationId);
          else open.run("UPDATE sent SET state = 'unknown', latest = ? WHERE mark = ?", latest, correlationId);
        },
      }),
    echoOf: (correlationId) =>
      read((open) => {
        const row = open.get('SELECT * FROM echoes WHERE mark = ? ORDER BY id LIMIT 1', correlationId);
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
    othersSince: (conversation, at) => {
      const sql = "SELECT at, noted_at FROM echoes WHERE conversation = ? AND at >= ? AND author = 'other' ORDER BY id";
      const spoken = (row: Row) => ({ at: numberOf(row, 'at'), notedAt: numberOf(row, 'noted_at') });
      return read((open) => open.all(sql, conversation, at).map(spoken));
    },
    echoesOf: (page) => {
      // All conversation keys of this page are between these two.
      const sql = "SELECT 1 FROM echoes WHERE conversation > ? || ' ' AND conversation < ? || '!'";
      return read((open) => ({
        any: open.get(`${sql} LIMIT 1`, page, page) !== undefined,
        self: open.get(`${sql} AND author = 'self' LIMIT 1`, page, page) !== undefined,
      }));
    },
    threadSince: (conversation, at) => {
      const sql = 'SELECT * FROM handovers WHERE conversation = ? AND noted_at >= ? ORDER BY id';
      return read((open) => open.all(sql, conversation, at).map(threadNoteOf));
    },
  };
}
