import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { createHistogram } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Spread } from './measuredProcess.ts';

/** How long the disk takes while something else is measured. */
export interface DiskProbe {
  /** Ends it and answers in milliseconds. */
  end(): Promise<Spread>;
}

const everyMs = 20;

/**
 * Writes 4 KB and waits for the disk, fifty times a second, beside what is measured: a commit cannot be faster than that, and on a busy disk
 * it is that which one sees.
 */
export async function startDiskProbe(folder: string): Promise<DiskProbe> {
  const file = await open(join(folder, 'probe'), 'w');
  const page = Buffer.alloc(4096, 1);
  const times = createHistogram();
  let ended = false;

  async function probe(): Promise<void> {
    while (!ended) {
      const begun = process.hrtime.bigint();
      await file.write(page, 0, page.length, 0);
      await file.sync();
      times.record(process.hrtime.bigint() - begun);
      await sleep(everyMs);
    }
    await file.close();
  }

  const running = probe();
  return {
    end: async () => {
      ended = true;
      await running;
      const inMs = (percentile: number) => times.percentile(percentile) / 1e6;
      return { count: times.count, p50: inMs(50), p99: inMs(99), max: times.max / 1e6 };
    },
  };
}
