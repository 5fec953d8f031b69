import type { Database, Row } from './database.ts';
import { moveToDeadLetters } from './deadLetterTable.ts';
import { numberOf } from './rowReaders.ts';
import { fireTimers } from './timerTable.ts';

/** The name under which a copy records when it was made. */
export const copiedAt = 'copiedAt';

/**
 * Events that were open when a copy was made may have been answered since. They become dead letters, with their journals, for a person to decide
 * on: so nobody is answered twice, and no turn is left half done. Returns how many there were; undefined if the file is not a copy.
 */
export function parkWhatWasOpen(database: Database, now: number): number | undefined {
  const made = database.get(`SELECT value FROM meta WHERE name = ?`, copiedAt)?.['value'];
  if (made === undefined) return undefined;
  const when = new Date(Number(made)).toISOString();
  const note = {
    reason: 'restored',
    sentence: `It was open in the copy of ${when}, and may have been answered since.`,
  };
  return database.transaction('machine', () => {
    const since = ` It was in the copy of ${when}, and somebody may have decided on it since.`;
    database.run('UPDATE dead_letters SET sentence = sentence || ? WHERE replayed_at IS NULL AND id > 0', since);
    database.run('UPDATE quarantine SET sentence = sentence || ? WHERE id > 0', since);
    let parked = 0;
    // Timers that were due since then may have fired. Later ones stay.
    while (fireTimers(database, { now, acceptedAt: now, roomOf: () => Infinity }).length > 0);
    for (const row of openRows(database)) {
      moveToDeadLetters(database, row, note, now);
      parked += 1;
    }
    database.run('DELETE FROM meta WHERE name = ?', copiedAt);
    return parked;
  });
}

function* openRows(database: Database): Generator<Row> {
  for (let last = 0; ;) {
    const rows = database.all('SELECT id FROM deliveries WHERE id > ? ORDER BY id LIMIT 500', last);
    yield* rows;
    const end = rows.at(-1);
    if (end === undefined) return;
    last = numberOf(end, 'id');
  }
}
