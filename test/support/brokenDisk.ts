import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** A folder of its own for each test of a `describe`. */
export function useFolder(): { path: (name: string) => string } {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'store-test-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  return { path: (name) => join(folder, name) };
}

/** Opens files for a store and keeps the handles, so that a test can make them fail. */
export function breakableHandles() {
  const handles: DatabaseSync[] = [];
  const controls = {
    /** Is done to each handle as soon as it is open. */
    whenOpened: (_handle: DatabaseSync): void => undefined,
  };
  return {
    controls,
    openHandle: (path: string): DatabaseSync => {
      const handle = new DatabaseSync(path, { timeout: 0 });
      handles.push(handle);
      controls.whenOpened(handle);
      return handle;
    },
    /** The handle that is in use now. */
    current: (): DatabaseSync => handles.at(-1)!,
    opened: () => handles.length,
  };
}

/** A clockwork that runs only when the test says so: a store looks after itself with it. */
export function manualCare() {
  let work: () => void = () => undefined;
  return {
    every: (_ms: number, next: () => void) => {
      work = next;
      return () => undefined;
    },
    tick: () => work(),
  };
}

/** Overwrites the first page of a table in a store's file. Call what it gives to put the bytes back. */
export function damageTable(path: string, table: string): () => void {
  const file = new DatabaseSync(path);
  // Otherwise the table may stand in the write-ahead log alone.
  file.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  const root = file.prepare('SELECT rootpage FROM sqlite_schema WHERE name = ?').get(table)?.['rootpage'];
  const size = Number(file.prepare('PRAGMA page_size').get()?.['page_size']);
  file.close();
  const sound = readFileSync(path);
  const end = Number(root) * size;
  writeFileSync(path, Buffer.from(sound).fill(0x55, end - size, end));
  return () => writeFileSync(path, sound);
}
