import { writeSync } from 'node:fs';

export interface LineWriterOptions {
  /** Writes as many of these bytes as there is room for and returns how many; throws `EAGAIN` if there is no room. */
  write: (bytes: Uint8Array) => number;
  /** Called when lines can be written again, with the number of lines dropped meanwhile. */
  whenWorksAgain?: (dropped: number) => void;
  /** The most bytes that wait for a slow reader. */
  maxWaiting?: number;
  /** Blocks the whole process for `ms`. */
  pause?: (ms: number) => void;
  /** Like `setTimeout`, but does not keep the process alive. */
  after?: (ms: number, callback: () => void) => void;
}

export interface LineWriter {
  /** Never throws and never waits for long. */
  write(line: string): void;
  /** Writes as many waiting lines as possible within `ms`. */
  flush(ms: number): void;
}

/**
 * How long in total the process waits for a reader that has fallen behind, in milliseconds. After that, lines wait in memory until the reader
 * has caught up.
 */
const patienceMs = 200;
const retryMs = 100;

/**
 * Writes lines at once while they are read, so that a crash loses none. While nobody reads them they wait in memory, so that nothing else ever
 * waits for the log; lines beyond that memory are dropped and counted.
 */
export function createLineWriter(options: LineWriterOptions): LineWriter {
  const { write, whenWorksAgain, maxWaiting = 1024 * 1024, pause = pauseProcess, after = afterUnreferenced } = options;
  const waiting: Uint8Array[] = [];
  let waitingBytes = 0;
  let dropped = 0;
  let patience = patienceMs;
  let retrying = false;

  /** Writes waiting lines until there is no room. Returns how it went. */
  function push(): 'done' | 'full' | 'failed' {
    for (let first = waiting[0]; first !== undefined; first = waiting[0]) {
      try {
        const count = write(first);
        waitingBytes -= count;
        if (count === first.length) waiting.shift();
        else waiting[0] = first.subarray(count);
      } catch (error) {
        if (isFull(error)) return 'full';
        // The reader has gone, or the disk is full: nobody will want these lines later.
        dropped += waiting.length;
        waiting.length = 0;
        waitingBytes = 0;
        return 'failed';
      }
    }
    return 'done';
  }

  /** Gives a slow reader time to catch up. */
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
  // If standard output is a pipe or a socket, accessing it makes Node set it to return `EAGAIN` instead of blocking.
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
