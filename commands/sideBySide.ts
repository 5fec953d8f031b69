import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

/**
 * `node commands/launch.js commands/sideBySide.ts <script> …`: runs scripts of package.json at the same time. What one prints stands together, when it
 * has ended; the exit code is 1 when one of them fails, and each that fails is named.
 */
async function run(script: string): Promise<boolean> {
  const child = spawn(`npm run --silent ${script}`, { shell: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const printed = Promise.all([text(child.stdout), text(child.stderr)]);
  const [code] = (await once(child, 'close')) as [number | null];
  const [out, err] = await printed;
  process.stdout.write(out);
  process.stderr.write(code === 0 ? err : `${err}npm run ${script} failed.\n`);
  return code === 0;
}

const outcomes = await Promise.all(process.argv.slice(2).map(run));
process.exitCode = outcomes.every(Boolean) ? 0 : 1;
