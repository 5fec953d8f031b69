import { writeSync } from 'node:fs';

export interface LineWriterOptions {
  /** Writes as many of these bytes as there is room for and says how many; throws `EAGAIN` when there is room for none. */
  write: (bytes: Uint8Array) => number;
  /** The lines can be written again, and so many were dropped meanwhile. */
  whenWorksAgain?: (dropped: number) => void;
  /** The most bytes that wait for whoever reads the lines. */
  maxWaiting?: number;
  /** Waits, with the whole process, for so many milliseconds. */
  pause?: (ms: number) => void;
  /** Calls back after so many milliseconds, and does not keep the process alive for it. */
  after?: (ms: number, callback: () => void) => void;
}

export interface LineWriter {
  /** Never throws and never waits for long. */
  write(line: string): void;
  /** Writes what waits, as far as it is taken within so many milliseconds. */
  flush(ms: number): void;
}

/**
 * So long in milliseconds, all in all, a reader that falls behind is waited for. Then lines wait for it instead, until it has taken all of
 * them.
 */
const patienceMs = 200;
const retryMs = 100;

/**
 * Writes lines at once while they are read, so that a crash loses none, and has them wait in memory when nobody reads them, so that
 * nothing else ever waits for the log. What there is no room for is dropped and counted.
 */
export function createLineWriter(options: LineWriterOptions): LineWriter {
  const { write, whenWorksAgain, maxWaiting = 1024 * 1024, pause = pauseProcess, after = afterUnreferenced } = options;
  const waiting: Uint8Array[] = [];
  let waitingBytes = 0;
  let dropped = 0;
  let patience = patienceMs;
  let retrying = false;

  /** Writes what waits, until there is no room. Answers how it went. */
  function push(): 'done' | 'full' | 'failed' {
    for (let first = waiting[0]; first !== undefined; first = waiting[0]) {
      try {
        const count = write(first);
        waitingBytes -= count;
        if (count === first.length) waiting.shift();
        else waiting[0] = first.subarray(count);
      } catch (error) {
        if (isFull(error)) return 'full';
        // Nobody is there to read any more, or the disk is full: what waits will not be wanted later.
        dropped += waiting.length;
        waiting.length = 0;
        waitingBytes = 0;
        return 'failed';
      }
    }
    return 'done';
  }

  /** Gives a reader that is only behind the time to take what waits. */
  function pushPatiently(limitMs: number): 'done' | 'full' | 'failed' {
    for (let waited = 0; ; waited += 1) {
      const outcome = push();
      if (outcome !== 'full' || waited >= limitMs) {
        patience = outcome !== 'done' ? 0 : waited === 0 ? patienceMs : patience - waited;
        return outcome;
      }
      pause(1);
    }
  }

  function retryLater(): void {
    if (retrying) return;
    retrying = true;
    after(retryMs, () => {
      retrying = false;
      const outcome = push();
      if (outcome === 'full') retryLater();
      else if (outcome === 'done') worksAgain();
    });
  }

  function worksAgain(): void {
    patience = patienceMs;
    if (dropped === 0) return;
    const lost = dropped;
    dropped = 0;
    whenWorksAgain?.(lost);
  }

  return {
    write: (line) => {
      const bytes = Buffer.from(line);
      if (waitingBytes + bytes.length > maxWaiting) {
        dropped += 1;
        return;
      }
      waiting.push(bytes);
      waitingBytes += bytes.length;
      if (retrying) return;
      const before = dropped;
      const outcome = pushPatiently(patience);
      if (outcome === 'full') retryLater();
      else if (outcome === 'done' && before > 0) worksAgain();
    },
    flush: (ms) => void pushPatiently(ms),
  };
}

/** A writer to standard output, which is flushed when the process ends. */
export function writeToStandardOutput(whenWorksAgain: (dropped: number) => void): LineWriter {
  // Where standard output is a pipe or a socket, Node makes it one that says `EAGAIN` in place of waiting, once it is asked for.
  const { fd } = process.stdout;
  const writer = createLineWriter({ write: (bytes) => writeSync(fd, bytes), whenWorksAgain });
  process.once('exit', () => writer.flush(500));
  return writer;
}

function isFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EAGAIN';
}

const nothing = new Int32Array(new SharedArrayBuffer(4));

function pauseProcess(ms: number): void {
  Atomics.wait(nothing, 0, 0, ms);
}

function afterUnreferenced(ms: number, callback: () => void): void {
  setTimeout(callback, ms).unref();
}
