import type { Database, Row } from './database.ts';
import { moveToDeadLetters } from './deadLetterTable.ts';
import { numberOf } from './rows.ts';

/** Under this name a copy says when it was made. */
export const copiedAt = 'copiedAt';

/**
 * What was open when a copy was made may have been answered since: it becomes dead letters, with what their turns had done, for a person to
 * decide on. So nobody is answered twice, and no turn is left half done. Answers how many there were; undefined for a file that is no copy.
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
    const since = ` It stood in the copy of ${when}, and somebody may have decided on it since.`;
    database.run('UPDATE dead_letters SET sentence = sentence || ? WHERE replayed_at IS NULL AND id > 0', since);
    database.run('UPDATE quarantine SET sentence = sentence || ? WHERE id > 0', since);
    let parked = 0;
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
