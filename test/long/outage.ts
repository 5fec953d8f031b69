import { runBacklog, runOutage } from './outageRun.ts';

/** Ten minutes without Graph, with 30,000 events; then 100,000 events that wait at once. Prints what became of them. */
const [events = 30_000, maxWaiting = 100_000] = process.argv.slice(2).map(Number);
const runs = {
  outage: () => runOutage({ events, conversations: 500, step: 1 }),
  backlog: () => runBacklog({ maxWaiting, conversations: 2000 }),
};
for (const [name, run] of Object.entries(runs)) {
  const startedAt = performance.now();
  const result = await run();
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  process.stdout.write(`${name}: ${JSON.stringify(result)} in ${seconds} s\n`);
  if (result.lost + result.doubled + result.reordered > 0) process.exitCode = 1;
}
