import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { StartProblemError } from '../../../helpers/startProblem.ts';
import { StoreUnavailableError } from '../../storeErrors.ts';
import { storeErrorFrom } from '../sqliteErrors.ts';

/** Opens a store's file as it is, does something with it and closes it. @throws StartProblem if there is no such file */
export function inFile<T>(path: string, access: 'read' | 'write', work: (file: DatabaseSync) => T): T {
  if (statSync(path, { throwIfNoEntry: false }) === undefined) throw new StartProblemError(`There is no file ${path}.`);
  const file = new DatabaseSync(resolve(path), { readOnly: access === 'read', timeout: 5_000 });
  try {
    return work(file);
  } finally {
    file.close();
  }
}

/** What SQLite's check of the whole file finds; empty if it is sound. */
export function integrityProblems(file: DatabaseSync): string[] {
  try {
    const lines = file.prepare('PRAGMA integrity_check(10)').all();
    return lines.map((row) => String(row['integrity_check'])).filter((line) => line !== 'ok');
  } catch (error) {
    // The check itself fails at some kinds of damage.
    const problem = storeErrorFrom(error);
    if (problem instanceof StoreUnavailableError && problem.reason === 'corrupt') return [problem.problem];
    throw problem;
  }
}
