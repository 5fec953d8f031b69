import type { DatabaseSync } from 'node:sqlite';
import { StartProblemError } from '../../../helpers/startProblem.ts';
import type { StoreSizes } from '../../store.ts';
import { fileSizes } from '../fileSizes.ts';
import { copiedAt } from '../restoredCopy.ts';
import { migrations } from '../schema.ts';
import { storeErrorFrom } from '../sqliteErrors.ts';
import { readHeader } from '../storeHeader.ts';
import { inFile, integrityProblems } from './inFile.ts';

/** The first version that has a table of timers. */
const timersSince = 9;

export interface StoreReport extends Pick<StoreSizes, 'fileBytes' | 'walBytes' | 'freeDiskBytes'> {
  /** What SQLite found damaged; empty for a sound file. */
  problems: string[];
  /** Undefined for a damaged file. */
  contents?: StoreContents;
}

export interface StoreContents {
  /** Of its tables. */
  version: number;
  newestVersion: number;
  /** Free space inside the file, in bytes. */
  unusedBytes: number;
  /** Whether it can shrink by itself. */
  shrinks: boolean;
  /** When the copy was made, if it is one and no bot was started with it. */
  copiedAt?: string;
  open: number;
  /** When the oldest open event was accepted. */
  oldestOpen?: string;
  /** Not yet fired. */
  timers: number;
  /** When the first of them is due. */
  nextTimer?: string;
  deadLetters: Record<string, number>;
  quarantined: Record<string, number>;
  keys: number;
  notes: number;
  states: number;
}

/** Checks a store, even while a bot works on it. Reads the whole file and changes nothing. @throws StoreUnavailable */
export function inspectStore(path: string): StoreReport {
  try {
    return inFile(path, 'read', (file) => {
      const problems = integrityProblems(file);
      if (problems.length > 0) return { problems, ...fileSizes(path) };
      const { version } = readHeader(file);
      if (version === 0) throw new StartProblemError(`${path} is empty: no bot has worked with it yet.`);
      const number = (sql: string) => Number(Object.values(file.prepare(sql).get() ?? {})[0] ?? 0);
      const count = (table: string) => number(`SELECT count(*) FROM ${table}`);
      const madeAt = number(`SELECT value FROM meta WHERE name = '${copiedAt}'`);
      const oldest = number('SELECT min(accepted_at) FROM deliveries');
      const due = version >= timersSince ? number('SELECT min(due_at) FROM timers') : 0;
      const contents = {
        version,
        newestVersion: migrations.length,
        unusedBytes: number('PRAGMA freelist_count') * number('PRAGMA page_size'),
        shrinks: number('PRAGMA auto_vacuum') === 2,
        ...(madeAt > 0 && { copiedAt: new Date(madeAt).toISOString() }),
        open: count('deliveries'),
        ...(oldest > 0 && { oldestOpen: new Date(oldest).toISOString() }),
        timers: version >= timersSince ? count('timers') : 0,
        ...(due > 0 && { nextTimer: new Date(due).toISOString() }),
        deadLetters: byReason(file, 'dead_letters WHERE replayed_at IS NULL'),
        quarantined: version >= 3 ? byReason(file, 'quarantine') : {},
        keys: count('keys'),
        notes: count('echoes') + count('sent'),
        states: count('state'),
      };
      return { problems, ...fileSizes(path), contents };
    });
  } catch (error) {
    throw storeErrorFrom(error);
  }
}

function byReason(file: DatabaseSync, from: string): Record<string, number> {
  const rows = file.prepare(`SELECT reason, count(*) AS many FROM ${from} GROUP BY reason ORDER BY reason`).all();
  return Object.fromEntries(rows.map(({ reason, many }) => [String(reason), Number(many)]));
}
