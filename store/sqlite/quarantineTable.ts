import { matches } from '../eventFilter.ts';
import type { InboxEvent, FailureNote, Quarantine, QuarantinedEvent } from '../store.ts';
import type { CommitQueue } from './commitQueue.ts';
import type { Read } from './connection.ts';
import type { Database, Row } from './database.ts';
import { insertEvent, type WaitingId } from './inboxTable.ts';
import { totalsOf } from './retention.ts';
import { inboxEventOf, numberOf, textOf } from './rowReaders.ts';

export function insertQuarantined(database: Database, event: InboxEvent, note: FailureNote, now: number): void {
  const { conversation, kind, via, key, endpoint, payload } = event;
  database.run(
    `INSERT INTO quarantine (conversation, kind, via, key, endpoint, turn, accepted_at, reason, sentence)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ...[conversation, kind, via, key, endpoint, payload, now, note.reason, note.sentence],
  );
}

function quarantinedOf(row: Row): QuarantinedEvent {
  return {
    id: numberOf(row, 'id'),
    event: inboxEventOf(row),
    acceptedAt: numberOf(row, 'accepted_at'),
    reason: textOf(row, 'reason'),
    sentence: textOf(row, 'sentence'),
  };
}

function readOne(database: Database, id: number): QuarantinedEvent | undefined {
  const row = database.get('SELECT * FROM quarantine WHERE id = ?', id);
  return row === undefined ? undefined : quarantinedOf(row);
}

function remove(database: Database, id: number): boolean {
  return database.run('DELETE FROM quarantine WHERE id = ?', id).changes === 1;
}

export interface QuarantineTableOptions {
  queue: CommitQueue;
  read: Read;
  /** An event was handed to a turn. */
  released: (waiting: WaitingId) => void;
}

export function createQuarantineTable({ queue, read, released }: QuarantineTableOptions): Quarantine {
  return {
    list: (limit = 100, filter = {}) =>
      read((open) => {
        const found: QuarantinedEvent[] = [];
        for (const event of eachOf(open)) {
          if (found.length >= limit) break;
          if (matches(filter, { ...event, at: event.acceptedAt })) found.push(event);
        }
        return found;
      }),
    get: (id) => read((open) => readOne(open, id)),
    count: () => read((open) => totalsOf(open, 'quarantine').many),
    release: async (id) => {
      const waiting = await queue.add({
        durability: 'machine',
        work: (open) => {
          const event = readOne(open, id);
          if (event === undefined) return undefined;
          remove(open, id);
          return insertEvent(open, { ...event, origin: 'accepted' });
        },
        committed: (added) => {
          if (added !== undefined) released(added);
        },
      });
      return waiting !== undefined;
    },
    drop: (id) => queue.add({ durability: 'machine', work: (open) => remove(open, id) }),
  };
}

/** A few at a time, since each may hold a whole body. */
function* eachOf(database: Database): Generator<QuarantinedEvent> {
  for (let last = 0; ;) {
    const events = database.all('SELECT * FROM quarantine WHERE id > ? ORDER BY id LIMIT 50', last).map(quarantinedOf);
    yield* events;
    last = events.at(-1)?.id ?? 0;
    if (last === 0) return;
  }
}
