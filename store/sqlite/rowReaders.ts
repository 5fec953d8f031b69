import type {
  DeadLetter,
  InboxEvent,
  Endpoint,
  EchoNote,
  EffectOutcome,
  JournalEntry,
  SentNote,
  EchoAuthor,
  ThreadNote,
} from '../store.ts';
import { StoreUnavailableError } from '../storeErrors.ts';
import type { Row } from './database.ts';

/** Reads a column as the schema declares it; anything else means that the file is damaged. */
export function textOf(row: Row, column: string): string {
  const value = row[column];
  if (typeof value !== 'string') throw new StoreUnavailableError('corrupt', `${column} is not text`);
  return value;
}

export function numberOf(row: Row, column: string): number {
  const value = row[column];
  if (typeof value !== 'number') throw new StoreUnavailableError('corrupt', `${column} is not a number`);
  return value;
}

export function inboxEventOf(row: Row): InboxEvent {
  return {
    key: textOf(row, 'key'),
    conversation: textOf(row, 'conversation'),
    kind: textOf(row, 'kind'),
    via: textOf(row, 'via'),
    endpoint: endpointOf(row),
    payload: textOf(row, 'turn'),
    // Only open events have this column.
    ...(typeof row['timer'] === 'string' && { timer: row['timer'] }),
  };
}

export function endpointOf(row: Row): Endpoint {
  return row['endpoint'] === 'webhook' ? 'webhook' : 'azure';
}

const outcomes: readonly EffectOutcome[] = ['open', 'done', 'refused', 'unknown'];

export function journalEntryOf(row: Row): JournalEntry {
  return {
    ordinal: numberOf(row, 'ordinal'),
    kind: textOf(row, 'kind'),
    hash: textOf(row, 'hash'),
    detail: textOf(row, 'detail'),
    at: numberOf(row, 'at'),
    outcome: outcomes.find((known) => known === row['outcome']) ?? 'open',
    result: textOf(row, 'result'),
  };
}

const authors: readonly EchoAuthor[] = ['self', 'other', 'unknown'];

export function echoOf(row: Row): EchoNote {
  const note: EchoNote = { mid: textOf(row, 'mid'), at: numberOf(row, 'at') };
  const author = authors.find((known) => known === row['author']) ?? 'unknown';
  if (author !== 'self') note.author = author;
  if (row['mark'] !== null) note.correlationId = textOf(row, 'mark');
  if (row['text'] !== null) note.text = textOf(row, 'text');
  if (row['app_id'] !== null) note.appId = textOf(row, 'app_id');
  return note;
}

const sentStates = ['open', 'done', 'unknown'] as const;

export function sentOf(row: Row): SentNote {
  const note: SentNote = {
    conversation: textOf(row, 'conversation'),
    text: textOf(row, 'text'),
    at: numberOf(row, 'at'),
    state: sentStates.find((known) => known === row['state']) ?? 'unknown',
  };
  if (row['mid'] !== null) note.mid = textOf(row, 'mid');
  if (row['mark'] !== null) note.correlationId = textOf(row, 'mark');
  if (row['begun_at'] !== null) note.begunAt = numberOf(row, 'begun_at');
  if (row['earliest'] !== null) note.earliest = numberOf(row, 'earliest');
  if (row['latest'] !== null) note.latest = numberOf(row, 'latest');
  return note;
}

export function threadNoteOf(row: Row): ThreadNote {
  const kind = row['kind'] === 'pass_thread_control' ? 'pass_thread_control' : 'take_thread_control';
  const note: ThreadNote = { kind, at: numberOf(row, 'at'), notedAt: numberOf(row, 'noted_at') };
  if (row['new_owner'] !== null) note.newOwner = textOf(row, 'new_owner');
  if (row['previous_owner'] !== null) note.previousOwner = textOf(row, 'previous_owner');
  return note;
}

export function deadLetterOf(row: Row, journal: readonly JournalEntry[]): DeadLetter {
  const letter: DeadLetter = {
    id: numberOf(row, 'id'),
    event: inboxEventOf(row),
    acceptedAt: numberOf(row, 'accepted_at'),
    diedAt: numberOf(row, 'died_at'),
    attempts: numberOf(row, 'attempts'),
    reason: textOf(row, 'reason'),
    sentence: textOf(row, 'sentence'),
    journal,
  };
  if (row['replayed_at'] !== null) letter.replayedAt = numberOf(row, 'replayed_at');
  if (row['replayed_by'] !== null) letter.replayedBy = textOf(row, 'replayed_by');
  return letter;
}
