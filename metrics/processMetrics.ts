import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Counter, Gauge, type Registry } from 'prom-client';

/**
 * Memory, processor time and event-loop lag, under the names that Prometheus clients share. prom-client's own set watches more and cannot be
 * stopped. Returns a function that stops it.
 *
 * Source: https://prometheus.io/docs/instrumenting/writing_clientlibs/#process-metrics
 */
export function collectProcessMetrics(registry: Registry): () => void {
  const registers = [registry];
  const held = monitorEventLoopDelay({ resolution: 10 });
  held.enable();

  new Gauge({
    name: 'process_start_time_seconds',
    help: 'Start time of the process since 1970 in seconds.',
    registers,
  }).set(performance.timeOrigin / 1000);
  new Gauge({
    name: 'process_resident_memory_bytes',
    help: 'Resident memory size in bytes.',
    registers,
    collect() {
      this.set(process.memoryUsage.rss());
    },
  });
  let counted = 0;
  new Counter({
    name: 'process_cpu_seconds_total',
    help: 'User and system processor time spent in seconds.',
    registers,
    collect() {
      const { user, system } = process.cpuUsage();
      this.inc((user + system - counted) / 1e6);
      counted = user + system;
    },
  });
  new Gauge({
    name: 'nodejs_eventloop_lag_seconds',
    help: 'How late the event loop was since the last scrape; quantile 1 is the maximum.',
    labelNames: ['quantile'],
    registers,
    collect() {
      // Measurements include the interval itself. Before the first one there is nothing.
      const late = (nanoseconds: number) => (held.count === 0 ? 0 : Math.max(0, nanoseconds / 1e9 - 0.01));
      this.set({ quantile: '0.5' }, late(held.percentile(50)));
      this.set({ quantile: '0.99' }, late(held.percentile(99)));
      this.set({ quantile: '1' }, late(held.max));
      held.reset();
    },
  });
  return () => held.disable();
}
