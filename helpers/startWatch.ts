import { Worker } from 'node:worker_threads';
import { escapeUnprintable } from './logging/printableText.ts';

/** Says on standard error that a start is held up, unless the function that it returns is called before. */
export type WatchStart = (heldUp: string) => () => void;

/** After how long it is said, in milliseconds. */
const patienceMs = 10_000;

/**
 * Watches from a thread of its own, since what holds a start up may be a loop without an end, which lets nothing else run in this one.
 *
 * @param heldUp a sentence: by what
 */
export const watchStart: WatchStart = (heldUp) => {
  const line = `Still starting after ${patienceMs / 1000} s: ${escapeUnprintable(heldUp)}\n`;
  // Not with the options of this process, such as modules to load first.
  const worker = new Worker(threadCode, { eval: true, execArgv: [], workerData: { line, patienceMs } });
  // A process that has nothing else to do is done, and one that cannot have another thread starts without it.
  worker.unref();
  worker.on('error', () => undefined);
  return () => void worker.terminate();
};

const threadCode = `
  const { workerData } = require('node:worker_threads');
  // Past process.stderr, which writes in the other thread.
  setTimeout(() => require('node:fs').writeSync(2, workerData.line), workerData.patienceMs);
`;
