import { readdirSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { StoreUnavailableError } from '../storeErrors.ts';
import { copyWhole } from './copyWhole.ts';
import { storeErrorFrom } from './sqliteErrors.ts';
import { systemErrorFrom } from './storePlace.ts';

/** A copy of a store from before its tables were changed: `bot.db-version-2` has tables of version 2. */
export interface VersionCopy {
  path: string;
  version: number;
  /** When it was made, in milliseconds since 1970. */
  at: number;
}

const maxCopies = 2;
const maxAgeMs = 30 * 24 * 60 * 60 * 1000;

/**
 * Copies a store beside itself before its tables are changed, so that there is a way back.
 *
 * @throws StoreUnavailable if there is no room for it
 */
export function copyVersion(handle: DatabaseSync, path: string, version: number): VersionCopy {
  const copy = `${path}-version-${version}`;
  try {
    copyWhole(handle, copy);
    return { path: copy, version, at: Date.now() };
  } catch (error) {
    const problem = storeErrorFrom(systemErrorFrom(error));
    if (!(problem instanceof StoreUnavailableError)) throw problem;
    throw new StoreUnavailableError(problem.reason, `while copying it to ${copy}, before a change of its tables`);
  }
}

/** The newest version first. */
export function versionCopies(path: string): VersionCopy[] {
  const [folder, start] = [dirname(path), `${basename(path)}-version-`];
  return readdirSync(folder)
    .filter((name) => name.startsWith(start) && /^\d+$/.test(name.slice(start.length)))
    .map((name) => ({
      path: join(folder, name),
      version: Number(name.slice(start.length)),
      at: statSync(join(folder, name)).mtimeMs,
    }))
    .sort((one, other) => other.version - one.version);
}

/** They contain what customers wrote, so only the two newest stay, and not for ever. */
export function removeOldCopies(path: string, now = Date.now()): void {
  for (const [index, copy] of versionCopies(path).entries()) {
    if (index >= maxCopies || now - copy.at > maxAgeMs) rmSync(copy.path, { force: true });
  }
}
