import { sampleBots } from '../../playground/scenarios.ts';
import type { OwnBot } from '../../playground/startPlayground.ts';
import { spawnProgram, type ProgramProcess } from './programProcess.ts';

/** Any free ports, so that tests never meet each other or a playground that somebody plays with. */
export const anyPorts = ['--messenger-port', '0', '--azure-port', '0', '--primary-port', '0', '--secondary-port', '0'];

/** The bots that come with the project, whatever `bots/createBot.ts` makes. */
export const samples: OwnBot = { module: sampleBots, passed: [], restart: 'onCommand' };

/** `npm run playground` as a process, with no terminal. */
export const spawnPlayground = (
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  directory?: string,
): ProgramProcess => spawnProgram('playground/index.ts', args, env, directory);

/** The pids of the bots, as the playground prints them. */
export const botPidsIn = (output: string): number[] =>
  [...output.matchAll(/process (\d+), Facebook app/g)].map(([, pid]) => Number(pid));

export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
