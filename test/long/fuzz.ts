import { monitorEventLoopDelay } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { badInputs } from '../fuzz/badInput.ts';
import { runFuzz, type Access } from '../fuzz/fuzzRun.ts';

/**
 * Bad input for a long time. Prints how often each class was accepted, refused and left without an answer, and the longest
 * time that the event loop was held; ends with 1 when something was wrong.
 */
const { values } = parseArgs({
  options: { requests: { type: 'string', default: '10000' }, seed: { type: 'string', default: '1' } },
});
const classes = Object.keys(badInputs);
const rounds = Math.ceil(Number(values.requests) / classes.length / 2);
const longestHoldMs = 250;

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const delay = monitorEventLoopDelay({ resolution: 10 });
delay.enable();
let sum = 0;
let problems = 0;
for (const access of ['open', 'authenticated'] satisfies Access[]) {
  const { counts, wrong, failedTurns } = await runFuzz({ access, rounds, seed: Number(values.seed), goodEvery: 50 });
  say(`\n${access} mode${' '.repeat(28)}  sent  accepted  refused  no answer`);
  for (const [name, { sent, accepted, refused, unanswered }] of counts) {
    sum += sent;
    const numbers = [sent, accepted, refused, unanswered].map((number, index) =>
      String(number).padStart([6, 10, 9, 11][index] ?? 0),
    );
    say(`${name.padEnd(38)}${numbers.join('')}`);
  }
  say(`turns that failed: ${failedTurns}`);
  problems += wrong.length;
  for (const sentence of wrong) say(`WRONG  ${sentence}`);
}
delay.disable();
const heldMs = Math.round(delay.max / 1e6);
say(`\n${sum} requests of ${classes.length} classes, ${problems} wrong, event loop held for at most ${heldMs} ms`);
if (problems > 0 || heldMs > longestHoldMs) process.exitCode = 1;
