import { readFileSync } from 'node:fs';
import { sampleBots } from './scenarios.ts';

const ownFile = new URL('../bots/createBot.ts', import.meta.url);

/**
 * The module of the bot that plays the second part, which is not the user's: that of the samples beside `--bot`, and beside a `bots/createBot.ts` that
 * makes one bot for all roles. Undefined: `bots/createBot.ts`, which makes a bot for each role.
 */
export function besideBot(
  module: string | undefined,
  createBot: () => string = () => readFileSync(ownFile, 'utf8'),
): string | undefined {
  return module === undefined && exportsRoles(createBot()) ? undefined : sampleBots;
}

/** Seen in its text, since the module is for another process. */
function exportsRoles(text: string): boolean {
  return /^export\s+(?:(?:const|let|var)\s+roles\b|\{[^}]*\broles\b[^}]*\})/m.test(text);
}
