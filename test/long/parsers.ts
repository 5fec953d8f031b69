import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { fuzzByCoverage } from '../fuzz/coverageFuzz.ts';
import { fuzzTargets } from '../fuzz/fuzzTargets.ts';
import { plantedTargets } from '../fuzz/plantedFault.ts';

/**
 * What reads others' input, on inputs that are led by what of the code has run: each target in a process of its own. Prints each fault with its
 * seed and its smallest input, and ends with 1 when there is one.
 */
const { values } = parseArgs({
  options: {
    inputs: { type: 'string', default: '20000' },
    seed: { type: 'string', default: '1' },
    /** For all targets together. */
    minutes: { type: 'string', default: '2' },
    target: { type: 'string' },
    guidance: { type: 'string', default: 'coverage' },
  },
});
const one = [...fuzzTargets, ...plantedTargets].find(({ name }) => name === values.target);
if (one === undefined) {
  for (const { name } of fuzzTargets) {
    const args = [fileURLToPath(import.meta.url), ...process.argv.slice(2), '--target', name];
    if (spawnSync(process.execPath, args, { stdio: 'inherit' }).status !== 0) process.exitCode = 1;
  }
} else {
  const { inputs, kept, ways, wrong } = fuzzByCoverage(one, {
    inputs: Number(values.inputs),
    seed: Number(values.seed),
    files: one.name === 'planted' || one.name === 'slow' ? /plantedFault\.ts$/ : undefined,
    guidance: values.guidance === 'blind' ? 'blind' : 'coverage',
    processorMs: (Number(values.minutes) * 60_000) / fuzzTargets.length,
  });
  const counts = `${inputs} inputs, ${kept} kept, ${ways} ways, ${wrong.length} wrong`;
  process.stdout.write(`${one.name.padEnd(26)} seed ${values.seed}: ${counts}\n`);
  for (const { fault, input } of wrong) process.stdout.write(`WRONG  ${fault}: ${input.slice(0, 3_000)}\n`);
  if (wrong.length > 0) process.exitCode = 1;
}
