import { loadBotModule } from '../bots/botModule.ts';
import { escapeUnprintable } from '../helpers/logging/printableText.ts';
import { createScrubber } from '../helpers/logging/scrubLine.ts';
import { StartProblemError } from '../helpers/startProblem.ts';
import { openEnvironment, readSettings, secretsOf } from '../helpers/settings/settings.ts';
import type { Settings } from '../helpers/settings/types.ts';

/** Where a command-line tool prints results and errors. */
export interface Terminal {
  /** Standard output. A line break is added. */
  print(text: string): void;
  /** Standard error. A line break is added. */
  complain(text: string): void;
}

const scrubber = createScrubber([]);

/** How long what the bot's module has begun may keep a command alive that is done, in milliseconds. */
const afterCommandMs = 500;

export interface ReadOptions {
  /** The file of the bot's module, as `npm start -- --bot` takes it. Default: that of the setting `Bot`. */
  bot?: string | undefined;
  broken?: (problem: StartProblemError) => void;
}

/**
 * Reads the settings as the bot that they choose checks them: its roles and its own settings count. From then on this process's terminal hides
 * their secrets. A bot that cannot be loaded is told to `broken`, and keeps nobody from the thread and the store that it was at work on.
 */
export async function readSettingsOnce({ bot: file, broken = () => undefined }: ReadOptions = {}): Promise<Settings> {
  const place = openEnvironment({ bot: file });
  const bot = await loadBotModule(place.botPath, place.directory).catch((error: unknown) => {
    if (error instanceof StartProblemError) return error;
    throw error;
  });
  const settings = readSettings(bot instanceof StartProblemError ? place : { ...place, ...bot });
  for (const secret of secretsOf(settings)) scrubber.learn(secret.reveal());
  if (bot instanceof StartProblemError) broken(bot);
  return settings;
}

/** Ends the process with this exit code, also when the bot's module has opened something that nobody closes. */
export function endCommand(exitCode: number): void {
  process.exitCode = exitCode;
  setTimeout(() => process.exit(), afterCommandMs).unref();
}

/** A text that is safe to show: without secrets and without control characters, whoever wrote it. JSON stays JSON. */
export function shown(text: string): string {
  return escapeUnprintable(scrubber.text(text));
}

/** The terminal of this process. */
export const processTerminal: Terminal = {
  print: (text) => void process.stdout.write(`${shown(text)}\n`),
  complain: (text) => void process.stderr.write(`${shown(text)}\n`),
};
