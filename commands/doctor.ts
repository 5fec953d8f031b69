/** `npm run doctor`: finds out what is wrong with a bot's set-up at Meta, at Microsoft and on its own machine. */
import { createInterface } from 'node:readline/promises';
import { readSettings } from '../helpers/settings.ts';
import { runDoctor } from './doctor/runDoctor.ts';
import { processTerminal } from './terminal.ts';

/** Where nobody can answer, the answer is no. */
async function confirm(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) return false;
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await lines.question(`${question} [y/N] `)).trim());
  } finally {
    lines.close();
  }
}

process.exitCode = await runDoctor(process.argv.slice(2), { terminal: processTerminal, readSettings, confirm });
