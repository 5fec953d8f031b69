import { runKills } from './killRun.ts';

/**
 * `node commands/launch.js test/long/kill.ts [runs] [messages] [kills]`: so many runs on each entrance. Prints what was lost, doubled,
 * reordered and parked.
 */
const [runs = 1, messages = 1000, kills = 20] = process.argv.slice(2).map(Number);
let wrong = 0;
for (const entrance of ['azure', 'direct'] as const) {
  for (let run = 1; run <= runs; run += 1) {
    const startedAt = performance.now();
    const result = await runKills({ entrance, messages, kills, conversations: 20, seed: run * 7919, faultPercent: 15 });
    wrong += result.lost + result.doubled + result.reordered + result.failed;
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    process.stdout.write(`${entrance} run ${run}: ${JSON.stringify(result)} in ${seconds} s\n`);
  }
}
process.exitCode = wrong === 0 ? 0 : 1;
