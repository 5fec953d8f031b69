import { parseArgs } from 'node:util';
import { controlScenarios, playControlHistory } from '../verdicts/controlModel.ts';
import { playSendHistory } from '../verdicts/sendModel.ts';
import { sendScenarios } from '../verdicts/sendScenarios.ts';

/** Random histories of lost answers, of which an oracle knows what really happened. Prints what was judged wrong; ends with 1 when any was. */
const { values } = parseArgs({
  options: { histories: { type: 'string', default: '1000000' }, seed: { type: 'string', default: '1' } },
});
const worlds = [
  ...sendScenarios.map((scenario) => ({ ...scenario, play: (seed: number) => playSendHistory(scenario, seed) })),
  ...controlScenarios.map((scenario) => ({
    ...scenario,
    unknownShare: scenario.othersShare > 0 ? 0.4 : 0,
    play: (seed: number) => playControlHistory(scenario, seed),
  })),
];
const each = Math.ceil(Number(values.histories) / worlds.length);
const firstSeed = Number(values.seed) * 100_000_000;

let wrong = 0;
for (const { name, unknownShare, play } of worlds) {
  const sum = { asked: 0, unknown: 0, wrongDone: 0, wrongAbsent: 0 };
  for (let seed = firstSeed; seed < firstSeed + each; seed += 1) {
    const tally = await play(seed);
    if (tally.wrongDone + tally.wrongAbsent > 0) process.stdout.write(`WRONG  ${name}, seed ${seed}\n`);
    for (const kind of ['asked', 'unknown', 'wrongDone', 'wrongAbsent'] as const) sum[kind] += tally[kind];
  }
  const { asked, unknown, wrongDone, wrongAbsent } = sum;
  const share = ((100 * unknown) / asked).toFixed(1);
  const figures = `${each} histories, ${asked} judged, done that was not ${wrongDone}, absent that was ${wrongAbsent}`;
  process.stdout.write(`${name}: ${figures}, unknown ${share} %\n`);
  wrong += wrongDone + wrongAbsent;
  if (unknown / asked > unknownShare) {
    process.stdout.write(`MORE UNKNOWN than ${100 * unknownShare} %: ${name}\n`);
    wrong += 1;
  }
}
process.stdout.write(`${each * worlds.length} histories, ${wrong} wrong\n`);
if (wrong > 0) process.exitCode = 1;
