import type { Database } from './database.ts';

/** Detects that another process, such as a command line tool, has changed the file. Source: https://www.sqlite.org/pragma.html#pragma_data_version */
export class OutsideChanges {
  #version: number | undefined;

  /** Whether the file was changed since `notice`. */
  hasAny(open: Database): boolean {
    return readDataVersion(open) !== this.#version;
  }

  /** The same, and from now on these changes count as seen. */
  notice(open: Database): boolean {
    const before = this.#version;
    this.#version = readDataVersion(open);
    return this.#version !== before;
  }

  /** Call this after a failed commit, which may have happened all the same. */
  suspect(): void {
    this.#version = undefined;
  }
}

function readDataVersion(open: Database): number {
  return Number(open.get('PRAGMA data_version')?.['data_version']);
}
