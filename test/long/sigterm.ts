import { runSigterms } from './sigtermRun.ts';

/** `node commands/launch.js test/long/sigterm.ts [rounds] [events] [seed]`: prints what was lost, doubled and parked, and the exits. */
const [rounds = 40, eventsPerRound = 150, seed = 4711] = process.argv.slice(2).map(Number);
const startedAt = performance.now();
const result = await runSigterms({ rounds, eventsPerRound, seed, stallEvery: 8 });
const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
process.stdout.write(`${JSON.stringify(result)} in ${seconds} s\n`);
const { lost, doubled, parked, badExits, slowestExitMs } = result;
process.exitCode = lost + doubled + parked + badExits === 0 && slowestExitMs < 10_000 ? 0 : 1;
