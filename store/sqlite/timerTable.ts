import { pageOf } from '../../models/conversationKey.ts';
import type { InboxEvent, TimerChange, TimerTable } from '../store.ts';
import { timerRoomOf, timersAtOnce } from '../timerRoom.ts';
import type { CommitQueue } from './commitQueue.ts';
import type { Read } from './connection.ts';
import type { Database, Row } from './database.ts';
import { insertEvent, type WaitingId } from './inboxTable.ts';
import type { NextDue } from './nextDue.ts';
import type { OpenEvents } from './openEvents.ts';
import { endpointOf, numberOf, textOf } from './rowReaders.ts';

/**
 * Sets and cancels timers. One that has fired and whose turn has not begun counts as waiting: it is replaced or cancelled too.
 *
 * @param isInWork whether an event is claimed: its turn may begin at any moment
 */
export function writeTimers(
  database: Database,
  changes: readonly TimerChange[],
  isInWork: (id: number) => boolean,
): void {
  const fired = `SELECT id FROM deliveries
    WHERE conversation = ? AND timer = ? AND attempts = 0 AND begun = 0 AND resumed = 0`;
  for (const { conversation, name, set } of changes) {
    for (const row of database.all(fired, conversation, name)) {
      const id = numberOf(row, 'id');
      // Its id stays in the schedule, where it is passed over.
      if (!isInWork(id)) database.run('DELETE FROM deliveries WHERE id = ?', id);
    }
    database.run('DELETE FROM timers WHERE conversation = ? AND name = ?', conversation, name);
    if (set === undefined) continue;
    const { via, key, endpoint, payload } = set.event;
    database.run(
      'INSERT INTO timers (conversation, name, page, due_at, via, key, endpoint, turn) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
      ...[conversation, name, pageOf(conversation), set.dueAt, via, key, endpoint, payload],
    );
  }
}

function eventOfTimer(row: Row): InboxEvent {
  return {
    key: textOf(row, 'key'),
    conversation: textOf(row, 'conversation'),
    kind: 'timer',
    via: textOf(row, 'via'),
    endpoint: endpointOf(row),
    payload: textOf(row, 'turn'),
    timer: textOf(row, 'name'),
  };
}

export interface Firing {
  /** Timers that are due by now, in milliseconds since 1970. */
  now: number;
  acceptedAt: number;
  /** How many more events of this page may wait. */
  roomOf: (page: string) => number;
}

/** Makes events of the timers that are due, the one that was due first before the others. */
export function fireTimers(database: Database, { now, acceptedAt, roomOf }: Firing): WaitingId[] {
  const due: { id: number; dueAt: number }[] = [];
  for (const row of database.all("SELECT reason FROM kept WHERE what = 'timers' AND many > 0")) {
    const page = textOf(row, 'reason');
    const sql = 'SELECT id, due_at FROM timers WHERE page = ? AND due_at <= ? ORDER BY due_at, id LIMIT ?';
    for (const one of database.all(sql, page, now, Math.min(roomOf(page), timersAtOnce))) {
      due.push({ id: numberOf(one, 'id'), dueAt: numberOf(one, 'due_at') });
    }
  }
  due.sort((one, other) => one.dueAt - other.dueAt || one.id - other.id);
  return due.slice(0, timersAtOnce).flatMap(({ id }) => {
    const row = database.get('SELECT * FROM timers WHERE id = ?', id);
    if (row === undefined) return [];
    database.run('DELETE FROM timers WHERE id = ?', id);
    return [insertEvent(database, { event: eventOfTimer(row), acceptedAt, origin: 'accepted' })];
  });
}

export interface TimerTableOptions {
  queue: CommitQueue;
  read: Read;
  /** Milliseconds since 1970, as events are dated. */
  now: () => number;
  openEvents: OpenEvents;
  nextDue: NextDue;
  maxWaiting: number | undefined;
}

export function createTimerTable(options: TimerTableOptions): TimerTable {
  const { queue, read, now: clock, openEvents, nextDue, maxWaiting } = options;
  const { schedule } = openEvents;
  let firedSinceStart = 0;

  return {
    change: (changes) =>
      queue.add({
        durability: 'machine',
        work: (open) => {
          nextDue.forget();
          writeTimers(open, changes, (id) => schedule.isInWork(id));
        },
      }),
    fire: async (now) => {
      const next = await read((open) => nextDue.read(open));
      if (next === undefined || next > now) return { fired: 0, ...(next !== undefined && { nextDueAt: next }) };
      const roomOf = (page: string) => timerRoomOf(schedule.waitingOf(page), maxWaiting);
      // If the power undoes this, the timer waits again, and what its turn had begun is undone with it.
      const waiting = await queue.add({
        durability: 'process',
        work: (open) => {
          nextDue.forget();
          return fireTimers(open, { now, acceptedAt: clock(), roomOf });
        },
        committed: (added) => {
          openEvents.add(added);
          firedSinceStart += added.length;
        },
      });
      const left = await read((open) => nextDue.read(open));
      return { fired: waiting.length, ...(left !== undefined && { nextDueAt: left }) };
    },
    of: (conversation) =>
      read((open) =>
        open
          .all('SELECT name, due_at FROM timers WHERE conversation = ? ORDER BY due_at, id', conversation)
          .map((row) => ({ name: textOf(row, 'name'), dueAt: numberOf(row, 'due_at') })),
      ),
    counts: () =>
      read((open) => {
        const next = nextDue.read(open);
        const row = open.get("SELECT coalesce(sum(many), 0) AS many FROM kept WHERE what = 'timers'") ?? {};
        return {
          waiting: numberOf(row, 'many'),
          fired: firedSinceStart,
          ...(next !== undefined && { nextDueAt: next }),
        };
      }),
  };
}
