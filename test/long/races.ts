import { parseArgs } from 'node:util';
import { modes } from '../../emulator/core/state.ts';
import { playRace } from '../races/playRace.ts';
import { startRaceStage } from '../races/raceStage.ts';
import { scenarios } from '../races/scenarios.ts';

/** Every scripted race of a handover with many timings. Prints a line for each; ends with 1 when one of them was wrong. */
const { values } = parseArgs({
  options: { timings: { type: 'string', default: '25' }, seed: { type: 'string', default: '1' } },
});
const timings = Number(values.timings);
const firstSeed = Number(values.seed) * 1_000_000;

let played = 0;
let failed = 0;
for (const mode of modes) {
  const switches = { requestInRouting: 'toDefaultApp', messagingWindow: 'ignored' } as const;
  const stage = await startRaceStage({ mode, switches });
  for (const [index, scenario] of scenarios.entries()) {
    if (!scenario.modes.includes(mode)) continue;
    let refused = 0;
    let said = 0;
    for (let timing = 0; timing < timings; timing += 1) {
      const seed = firstSeed + index * 1000 + timing;
      const outcome = await playRace(stage, scenario, mode, seed);
      played += 1;
      refused += outcome.refusedSends;
      said += outcome.said;
      if (outcome.wrong.length === 0) continue;
      failed += 1;
      process.stdout.write(`WRONG  ${mode}, ${scenario.name}, seed ${seed}: ${outcome.wrong.join('; ')}\n`);
    }
    process.stdout.write(`${mode.padEnd(8)} ${String(said).padStart(5)} said ${String(refused).padStart(4)} refused  `);
    process.stdout.write(`${scenario.name}\n`);
  }
  await stage.close();
}
process.stdout.write(`${played} races, ${failed} wrong\n`);
if (failed > 0) process.exitCode = 1;
