import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { sampleBots } from '../../playground/scenarios.ts';

export interface ProgramProcess {
  readonly pid: number;
  /** Everything that was printed so far, on both outputs. */
  output(): string;
  /** Resolves when the output has this; rejects when the process ends before. */
  printed(text: string): Promise<void>;
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  kill(signal: NodeJS.Signals): void;
}

/** A program of the project as a process, with no terminal. `program` is its path from the project's folder. */
export function spawnProgram(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  directory?: string,
): ProgramProcess {
  const path = fileURLToPath(new URL(`../../${program}`, import.meta.url));
  const child = spawn(process.execPath, [path, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...{ PATH: process.env['PATH'], NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] },
      // bots/createBot.ts is the user's: it may make a bot that these tests know nothing of.
      ...(program === 'index.ts' ? { Bot: sampleBots } : {}),
      ...env,
    },
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
