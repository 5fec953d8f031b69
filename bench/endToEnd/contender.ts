import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { CpuProfile } from './profileSummary.ts';
import type { ProcessOrder, ProcessReport } from './measuredProcess.ts';

/** A server under test in a process of its own. */
export interface Contender {
  readonly name: string;
  readonly url: URL;
  /** What it tells about itself since the last report. */
  report(): Promise<ProcessReport>;
  collectGarbage(): Promise<void>;
  /** What its processor did during this work. */
  profile(work: () => Promise<unknown>): Promise<CpuProfile>;
  stop(): Promise<void>;
}

export interface ContenderOptions {
  name: string;
  program: 'botProcess.ts' | 'bareProcess.ts' | 'stockProcess.ts';
  args: readonly string[];
  nodeArgs?: readonly string[];
}

/** @throws Error when the process ends before it listens */
export async function startContender({ name, program, args, nodeArgs = [] }: ContenderOptions): Promise<Contender> {
  const child = fork(join(import.meta.dirname, program), [...args], {
    execArgv: ['--expose-gc', ...nodeArgs],
    env: {},
    // The log of the bot goes nowhere, but it is written. Microsoft's adapter writes each refusal to standard error.
    stdio: ['ignore', 'ignore', program === 'stockProcess.ts' ? 'ignore' : 'inherit', 'ipc'],
  });

  async function nextMessage(): Promise<unknown> {
    const ended = new AbortController();
    const exit = once(child, 'exit', { signal: ended.signal }).then(() => {
      throw new Error(`${name} ended by itself.`);
    });
    exit.catch(() => undefined);
    try {
      const [message] = (await Promise.race([once(child, 'message', { signal: ended.signal }), exit])) as unknown[];
      return message;
    } finally {
      ended.abort();
    }
  }

  async function ask(order: ProcessOrder): Promise<unknown> {
    const answer = nextMessage();
    child.send(order);
    return answer;
  }

  const url = new URL((await nextMessage()) as string);
  return {
    name,
    url,
    report: async () => (await ask('report')) as ProcessReport,
    collectGarbage: async () => {
      await ask('collectGarbage');
    },
    profile: async (work) => {
      await ask('startProfile');
      await work();
      return (await ask('takeProfile')) as CpuProfile;
    },
    stop: async () => {
      const ended = once(child, 'exit');
      child.send('stop' satisfies ProcessOrder);
      await ended;
    },
  };
}
