/**
 * Makes sure that commits which only reached the system's cache get to the disk soon: with the next commit that is flushed, or else with one of
 * its own.
 */
export interface DelayedSync {
  /** A commit is not on the disk yet. */
  needed(): void;
  /** A commit was flushed to the disk, and everything before it too. */
  done(): void;
}

/** Like `setTimeout`; returns a function that cancels. */
export type After = (ms: number, work: () => void) => () => void;

/** Long enough for a busy page's next event, short compared with the call that a turn waits for. */
const soonMs = 20;

export function createDelayedSync(sync: () => void, after: After = unrefTimeout): DelayedSync {
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
