/** `npm run doctor`: finds out what is wrong with a bot's setup at Meta, at Microsoft and on its own machine. */
import { createInterface } from 'node:readline/promises';
import type { Answer } from './doctor/fixSubscription.ts';
import { runDoctor } from './doctor/runDoctor.ts';
import { endCommand, processTerminal, readSettingsOnce } from './terminal.ts';

async function confirm(question: string): Promise<Answer> {
  if (!process.stdin.isTTY) return 'nobody';
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await lines.question(`${question} [y/N] `)).trim()) ? 'yes' : 'no';
  } finally {
    lines.close();
  }
}

const readSettings = (bot: string | undefined) =>
  readSettingsOnce({
    bot,
    broken: (problem) => {
      throw problem;
    },
  });

endCommand(await runDoctor(process.argv.slice(2), { terminal: processTerminal, readSettings, confirm }));
