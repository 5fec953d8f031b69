import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';

/** Whether what people paste into a shell can be tried on this machine. */
export const hasCurl = spawnSync('sh', ['-c', 'command -v curl']).status === 0;

/**
 * Runs what somebody has pasted into a shell that has none of this process's environment but the path. Resolves to what it printed; rejects if it
 * failed.
 */
export async function runInShell(command: string): Promise<string> {
  const { stdout } = await promisify(execFile)('sh', ['-c', command], { env: { PATH: process.env['PATH'] } });
  return stdout;
}
