import { Session } from 'node:inspector/promises';
import { monitorEventLoopDelay, performance, type RecordableHistogram } from 'node:perf_hooks';

/** What a server under test tells about itself since the last time it was asked. */
export interface ProcessReport {
  /** Processor time of all its threads, in milliseconds. */
  cpuMs: number;
  /** How much of the time its event loop was busy, from 0 to 1. */
  busy: number;
  /** How long the event loop was held, in milliseconds; a loop that is free shows the 1 ms between two looks. */
  loop: Spread;
  /** Bytes. */
  rss: number;
  heapUsed: number;
  /** Commits of its store, by what they took, in milliseconds. */
  commits: Record<string, Spread>;
}

export interface Spread {
  count: number;
  p50: number;
  p99: number;
  max: number;
}

/** What the measuring side asks of a server under test. */
export type ProcessOrder = 'report' | 'collectGarbage' | 'startProfile' | 'takeProfile' | 'stop';

export interface MeasuredServer {
  url: string;
  close(): Promise<void>;
  /** Times in nanoseconds by name; they begin anew with each report. */
  histograms?: ReadonlyMap<string, RecordableHistogram>;
}

/** Tells the process that started this one the address, and answers its questions until it says stop. */
export function serveMeasurements(server: MeasuredServer): void {
  const { url } = server;
  const histograms: NonNullable<MeasuredServer['histograms']> = server.histograms ?? new Map();
  const held = monitorEventLoopDelay({ resolution: 1 });
  held.enable();
  const inspector = new Session();
  let cpu = process.cpuUsage();
  let utilization = performance.eventLoopUtilization();

  function report(): ProcessReport {
    const { user, system } = process.cpuUsage(cpu);
    const { utilization: busy } = performance.eventLoopUtilization(utilization);
    const { rss, heapUsed } = process.memoryUsage();
    const commits: Record<string, Spread> = {};
    for (const [name, histogram] of histograms) commits[name] = takeSpread(histogram);
    const answer = { cpuMs: (user + system) / 1000, busy, loop: takeSpread(held), rss, heapUsed, commits };
    cpu = process.cpuUsage();
    utilization = performance.eventLoopUtilization();
    return answer;
  }

  async function startProfile(): Promise<void> {
    inspector.connect();
    await inspector.post('Profiler.enable');
    await inspector.post('Profiler.setSamplingInterval', { interval: 200 });
    await inspector.post('Profiler.start');
  }

  function obey(order: ProcessOrder): void {
    switch (order) {
      case 'report':
        process.send?.(report());
        return;
      case 'collectGarbage':
        globalThis.gc?.();
        process.send?.('collected');
        return;
      case 'startProfile':
        void startProfile().then(() => process.send?.('started'));
        return;
      case 'takeProfile':
        void inspector.post('Profiler.stop').then(({ profile }) => process.send?.(profile));
        return;
      case 'stop':
        // Whatever else is open, such as the connection to the process that asks, would keep this one.
        void server.close().then(() => process.exit());
    }
  }

  process.on('message', (order) => obey(order as ProcessOrder));
  process.on('disconnect', () => process.exit());
  process.send?.(url);
}

function takeSpread(histogram: Pick<RecordableHistogram, 'count' | 'max' | 'percentile' | 'reset'>): Spread {
  const { count, max } = histogram;
  const ms = (nanoseconds: number): number => (count === 0 ? 0 : nanoseconds / 1e6);
  const spread = {
    count,
    p50: ms(histogram.percentile(50)),
    p99: ms(histogram.percentile(99)),
    max: ms(max),
  };
  histogram.reset();
  return spread;
}
