import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

/**
 * `node commands/launch.js commands/sideBySide.ts <script> …`: runs scripts of package.json at the same time. The last one prints as it goes; the
 * output of the others follows, one after the other. If any fails, the exit code is 1 and it is named.
 */
async function run(script: string, place: number, scripts: readonly string[]) {
  const output = place === scripts.length - 1 ? 'inherit' : 'pipe';
  const child = spawn(`npm run --silent ${script}`, { shell: true, stdio: ['ignore', output, output] });
  const printed = [child.stdout, child.stderr].map(async (stream) => (stream === null ? '' : text(stream)));
  const [code] = (await once(child, 'close')) as [number | null];
  const [out = '', err = ''] = await Promise.all(printed);
  return { script, out, err, failed: code !== 0 };
}

for (const { script, out, err, failed } of await Promise.all(process.argv.slice(2).map(run))) {
  process.stdout.write(out);
  process.stderr.write(failed ? `${err}npm run ${script} failed.\n` : err);
  if (failed) process.exitCode = 1;
}
