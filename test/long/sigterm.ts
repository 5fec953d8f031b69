import { runSigterms } from './sigtermRun.ts';

/** `node commands/launch.js test/long/sigterm.ts [runs] [rounds] [events]`: prints for each run what was lost, doubled and parked, and the exits. */
const [runs = 4, rounds = 10, eventsPerRound = 150] = process.argv.slice(2).map(Number);
for (let run = 1; run <= runs; run += 1) {
  const startedAt = performance.now();
  const result = await runSigterms({ rounds, eventsPerRound, seed: run * 7919, stallEvery: 5 });
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  process.stdout.write(`run ${run}: ${JSON.stringify(result)} in ${seconds} s\n`);
  const { lost, doubled, parked, badExits, slowestExitMs } = result;
  if (lost + doubled + parked + badExits > 0 || slowestExitMs >= 10_000) process.exitCode = 1;
}
