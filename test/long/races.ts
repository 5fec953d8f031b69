import { parseArgs } from 'node:util';
import { modes, type Mode } from '../../emulator/core/state.ts';
import { playRace } from '../races/playRace.ts';
import { endpoints, startRaceStage, type Endpoint } from '../races/raceStage.ts';
import { scenarios } from '../races/scenarios.ts';

/** Every scripted race of a handover, on both endpoints, with many timings. Prints a line for each; ends with 1 when one of them was wrong. */
const { values } = parseArgs({
  options: { timings: { type: 'string', default: '25' }, seed: { type: 'string', default: '1' } },
});
const timings = Number(values.timings);
const firstSeed = Number(values.seed) * 1_000_000;

let played = 0;
let failed = 0;
for (const endpoint of endpoints) {
  const counts = { played, failed };
  for (const mode of modes) await playAll(endpoint, mode);
  process.stdout.write(`${endpoint}: ${played - counts.played} races, ${failed - counts.failed} wrong\n`);
}
process.stdout.write(`${played} races, ${failed} wrong\n`);
if (failed > 0) process.exitCode = 1;

async function playAll(endpoint: Endpoint, mode: Mode): Promise<void> {
  const races = scenarios.filter((scenario) => scenario.modes.includes(mode));
  if (races.length === 0) return;
  const switches = { requestInRouting: 'toDefaultApp', messagingWindow: 'ignored' } as const;
  const stage = await startRaceStage({ endpoint, mode, switches });
  for (const scenario of races) {
    let refused = 0;
    let said = 0;
    for (let timing = 0; timing < timings; timing += 1) {
      const seed = firstSeed + scenarios.indexOf(scenario) * 1000 + timing;
      const outcome = await playRace(stage, scenario, mode, seed);
      played += 1;
      refused += outcome.refusedSends;
      said += outcome.said;
      if (outcome.wrong.length === 0) continue;
      failed += 1;
      const where = `${endpoint}, ${mode}, ${scenario.name}, seed ${seed}`;
      process.stdout.write(`WRONG  ${where}: ${outcome.wrong.join('; ')}\n`);
    }
    process.stdout.write(`${endpoint.padEnd(7)} ${mode.padEnd(8)} ${String(said).padStart(5)} said `);
    process.stdout.write(`${String(refused).padStart(4)} refused  ${scenario.name}\n`);
  }
  await stage.close();
}
