import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../playground/index.ts', import.meta.url));

/** Any free ports, so that tests never meet each other or a playground that somebody plays with. */
export const anyPorts = ['--messenger-port', '0', '--azure-port', '0', '--primary-port', '0', '--secondary-port', '0'];

export interface PlaygroundProcess {
  readonly pid: number;
  /** Everything that was printed so far, on both outputs. */
  output(): string;
  /** Resolves when the output has this; rejects when the process ends before. */
  printed(text: string): Promise<void>;
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  kill(signal: NodeJS.Signals): void;
}

/** `npm run playground` as a process, with no terminal. */
export function spawnPlayground(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  directory?: string,
): PlaygroundProcess {
  const child = spawn(process.execPath, [program, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], ...env },
    ...(directory === undefined ? {} : { cwd: directory }),
  });
  let output = '';
  let look = (): void => undefined;
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      look();
    });
  }
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
  return {
    pid: child.pid!,
    output: () => output,
    printed: (text) =>
      new Promise((resolve, reject) => {
        look = () => {
          if (output.includes(text)) resolve();
        };
        look();
        void ended.then(() => reject(new Error(`It ended without printing ${text}:\n${output}`)));
      }),
    ended,
    kill: (signal) => void child.kill(signal),
  };
}

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
