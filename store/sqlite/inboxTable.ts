import { hash } from 'node:crypto';
import type { InboxEvent, EchoNote, KnownConversation, ReachNote, ThreadNote } from '../store.ts';
import type { Database, Row } from './database.ts';
import { endpointOf, numberOf, textOf } from './rowReaders.ts';

/** One event as it goes into the tables. */
export interface NewEvent {
  event: InboxEvent;
  acceptedAt: number;
  /** `replayed`: it was a dead letter, and comes with the journal of its earlier turn. */
  origin: 'accepted' | 'replayed';
  /** Whether its turn is as good as begun. Default: no. */
  begins?: boolean;
}

export interface WaitingId {
  id: number;
  conversation: string;
}

/** 16 bytes, so that a million remembered keys stay small; two keys never share them. */
function hashOf(key: string): Uint8Array {
  return hash('sha256', key, 'buffer').subarray(0, 16);
}

export function isKnown(database: Database, key: string): boolean {
  return database.get('SELECT 1 FROM keys WHERE hash = ?', hashOf(key)) !== undefined;
}

/** Returns false if the key was known already. */
export function rememberKey(database: Database, key: string, now: number): boolean {
  return database.run('INSERT OR IGNORE INTO keys (hash, at) VALUES (?, ?)', hashOf(key), now).changes === 1;
}

export function insertEvent(database: Database, { event, acceptedAt, origin, begins }: NewEvent): WaitingId {
  const { conversation, kind, via, key, endpoint, payload, timer } = event;
  const { lastId } = database.run(
    `INSERT INTO deliveries (conversation, kind, via, key, endpoint, turn, accepted_at, begun, resumed, timer)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ...[conversation, kind, via, key, endpoint, payload, acceptedAt],
    ...[begins === true ? 1 : 0, origin === 'replayed' ? 1 : 0, timer ?? null],
  );
  return { id: lastId, conversation };
}

export function insertEcho(database: Database, conversation: string, echo: EchoNote, now: number): void {
  database.run(
    'INSERT INTO echoes (conversation, mid, mark, text, at, noted_at, author, app_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    ...[conversation, echo.mid, echo.correlationId ?? null, echo.text ?? null, echo.at, now],
    ...[echo.author ?? 'self', echo.appId ?? null],
  );
}

export function insertHandover(database: Database, conversation: string, note: ThreadNote, now: number): void {
  database.run(
    'INSERT INTO handovers (conversation, kind, new_owner, previous_owner, at, noted_at) VALUES (?, ?, ?, ?, ?, ?)',
    ...[conversation, note.kind, note.newOwner ?? null, note.previousOwner ?? null, note.at, now],
  );
}

/** How exactly it is known when something was accepted last in a conversation, in milliseconds: each new time costs a change of its index. */
const notedEveryMs = 60_000;

/** Meta may deliver an older event after a newer one, so the latest time counts. */
export function noteReach(
  database: Database,
  { conversation, endpoint }: Pick<InboxEvent, 'conversation' | 'endpoint'>,
  { reference, spokeAt }: ReachNote,
  now: number,
): void {
  database.run(
    `INSERT INTO conversations (conversation, endpoint, reference, spoke_at, noted_at) VALUES (?, ?, ?, ?, ?)
      ON CONFLICT (conversation) DO UPDATE SET endpoint = excluded.endpoint, reference = excluded.reference,
        spoke_at = nullif(max(coalesce(spoke_at, 0), coalesce(excluded.spoke_at, 0)), 0)`,
    ...[conversation, endpoint, reference, spokeAt ?? null, now],
  );
  const sql = 'UPDATE conversations SET noted_at = ? WHERE conversation = ? AND noted_at < ?';
  database.run(sql, now, conversation, now - notedEveryMs);
}

export function readReach(database: Database, conversation: string): KnownConversation | undefined {
  const row = database.get('SELECT * FROM conversations WHERE conversation = ?', conversation);
  if (row === undefined) return undefined;
  const known = { endpoint: endpointOf(row), reference: textOf(row, 'reference') };
  return row['spoke_at'] === null ? known : { ...known, spokeAt: numberOf(row, 'spoke_at') };
}

/** Everything waiting after this id, oldest first. */
export function waitingAfter(database: Database, id: number): WaitingId[] {
  return database
    .all('SELECT id, conversation FROM deliveries WHERE id > ? ORDER BY id', id)
    .map((row) => ({ id: numberOf(row, 'id'), conversation: textOf(row, 'conversation') }));
}

/** When the event in front of all others was accepted. */
export function oldestOpen(database: Database): number | undefined {
  const row = database.get('SELECT accepted_at FROM deliveries WHERE id > 0 ORDER BY id LIMIT 1');
  return row === undefined ? undefined : numberOf(row, 'accepted_at');
}

/** Whether an open delivery is gone: its customer was forgotten while its turn ran. */
export function isForgotten(database: Database, id: number): boolean {
  return database.get('SELECT 1 FROM deliveries WHERE id = ?', id) === undefined;
}

export function readEvent(database: Database, id: number): Row | undefined {
  return database.get('SELECT * FROM deliveries WHERE id = ?', id);
}
