/**
 * Sees to it that what was committed to the system's cache reaches the disk soon: with the next commit that goes there, or, when none comes, with
 * one of its own.
 */
export interface SyncSoon {
  /** Something was committed that the disk does not have yet. */
  needed(): void;
  /** A commit wrote to the disk, and everything before it is there too. */
  done(): void;
}

/** Calls once after a time, unless the function that it gives is called before. */
export type After = (ms: number, work: () => void) => () => void;

/** Long enough for the next event to come on a busy page, short beside the call that a turn waits for. */
const soonMs = 20;

export function createSyncSoon(sync: () => void, after: After = unrefTimeout): SyncSoon {
  let cancel: (() => void) | undefined;
  return {
    needed: () => {
      cancel ??= after(soonMs, () => {
        cancel = undefined;
        sync();
      });
    },
    done: () => {
      cancel?.();
      cancel = undefined;
    },
  };
}

function unrefTimeout(ms: number, work: () => void): () => void {
  const timer = setTimeout(work, ms).unref();
  return () => clearTimeout(timer);
}
