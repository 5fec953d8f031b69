import { watch, type FSWatcher } from 'node:fs';
import { basename, dirname } from 'node:path';

/** Editors save a file in several steps. */
const quietMs = 150;

/** Watches files by their folders, because many editors put a new file in the place of the old one. */
export interface FileWatch {
  add(path: string): void;
  close(): void;
}

/** Calls `saved` once for each save of one of the files. */
export function createFileWatch(saved: () => void): FileWatch {
  const folders = new Map<string, { readonly names: Set<string>; readonly watcher: FSWatcher }>();
  let timer: NodeJS.Timeout | undefined;
  return {
    add: (path) => {
      const folder = dirname(path);
      const known = folders.get(folder);
      if (known !== undefined) {
        known.names.add(basename(path));
        return;
      }
      const names = new Set([basename(path)]);
      const watcher = watch(folder, (_event, name) => {
        if (name === null || !names.has(name)) return;
        clearTimeout(timer);
        timer = setTimeout(saved, quietMs);
      });
      // A folder that is removed has nothing to watch any more.
      watcher.on('error', () => watcher.close());
      folders.set(folder, { names, watcher });
    },
    close: () => {
      clearTimeout(timer);
      for (const { watcher } of folders.values()) watcher.close();
    },
  };
}
