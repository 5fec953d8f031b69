import { isCustomerStateKey } from '../../models/stateKey.ts';
import type { Database, Row } from './database.ts';
import { textOf } from './rowReaders.ts';

/**
 * Gives every value of a customer's state the expiry that the settings ask for now, if it has none or a later one; without a setting, none. So
 * a new setting is good for customers too who never come back. Does nothing if the setting is the one of the last start.
 *
 * @param keepMs how long a value is kept that nobody uses, in milliseconds; undefined for ever
 */
export function settleStateExpiry(database: Database, keepMs: number | undefined, now: number): void {
  const wanted = String(keepMs ?? 'for ever');
  const known = database.get(`SELECT value FROM meta WHERE name = 'stateKeptMs'`)?.['value'] ?? 'for ever';
  if (known === wanted) return;
  database.transaction('machine', () => {
    for (const row of keepMs === undefined ? expiring(database) : eachKey(database)) {
      const key = textOf(row, 'key');
      if (!isCustomerStateKey(key)) continue;
      if (keepMs === undefined) database.run('UPDATE state SET expires_at = NULL WHERE key = ?', key);
      else database.run(latest, now + keepMs, key, now + keepMs);
    }
    database.run(`INSERT OR REPLACE INTO meta VALUES ('stateKeptMs', ?)`, wanted);
  });
}

const latest = 'UPDATE state SET expires_at = ? WHERE key = ? AND coalesce(expires_at, 9e99) > ?';

function expiring(database: Database): Row[] {
  return database.all('SELECT key FROM state WHERE expires_at IS NOT NULL');
}

/** A few at a time. */
function* eachKey(database: Database): Generator<Row> {
  for (let last = ''; ;) {
    const rows = database.all('SELECT key FROM state WHERE key > ? ORDER BY key LIMIT 500', last);
    yield* rows;
    const end = rows.at(-1);
    if (end === undefined) return;
    last = textOf(end, 'key');
  }
}
