import { escapeUnprintable } from '../helpers/logging/printableText.ts';
import { createScrubber } from '../helpers/logging/scrubLine.ts';
import { readSettings, secretsOf } from '../helpers/settings/settings.ts';
import type { Settings } from '../helpers/settings/types.ts';

/** Where a command line tool prints: results for a person or a program, and what went wrong. */
export interface Terminal {
  /** Standard output. A line break is added. */
  print(text: string): void;
  /** Standard error. A line break is added. */
  complain(text: string): void;
}

const scrubber = createScrubber([]);

/** The settings, whose secrets the terminal of this process shows to nobody from then on. */
export function readSettingsOnce(): Settings {
  const settings = readSettings();
  for (const secret of secretsOf(settings)) scrubber.learn(secret.reveal());
  return settings;
}

/** What may be shown of a text: no secret, and nothing that a terminal would obey, whoever wrote it. JSON stays JSON. */
export function shown(text: string): string {
  return escapeUnprintable(scrubber.text(text));
}

/** The terminal of this process. */
export const processTerminal: Terminal = {
  print: (text) => void process.stdout.write(`${shown(text)}\n`),
  complain: (text) => void process.stderr.write(`${shown(text)}\n`),
};
