import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sampleBots } from '../../playground/scenarios.ts';
import { spawnProgram, type ProgramProcess } from '../support/programProcess.ts';

/** Runs `use` with a bot in a process of its own, in an empty folder, and answers with everything that it printed. */
export async function printedByBot(
  settings: Readonly<Record<string, string>>,
  use: (bot: ProgramProcess, url: () => Promise<string>) => Promise<void>,
): Promise<{ readonly printed: string; readonly code: number | null }> {
  const directory = await mkdtemp(join(tmpdir(), 'messenger-handover-secrets-'));
  const env = { BotRole: 'primary', Host: '127.0.0.1', Port: '0', StorePath: ':memory:', ...settings };
  const bot = spawnProgram('index.ts', ['--bot', sampleBots], env, directory);
  const url = async (): Promise<string> => {
    await bot.printed('the bot is listening');
    return /http:\/\/127\.0\.0\.1:\d+/.exec(bot.output())![0];
  };
  try {
    await use(bot, url);
    bot.kill('SIGTERM');
    const { code } = await bot.ended;
    return { printed: bot.output(), code };
  } finally {
    bot.kill('SIGKILL');
    await rm(directory, { recursive: true, force: true });
  }
}
