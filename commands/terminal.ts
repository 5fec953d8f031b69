import { escapeUnprintable } from '../helpers/logging/printableText.ts';
import { createScrubber } from '../helpers/logging/scrubLine.ts';
import { readSettings, secretsOf } from '../helpers/settings/settings.ts';
import type { Settings } from '../helpers/settings/types.ts';

/** Where a command-line tool prints results and errors. */
export interface Terminal {
  /** Standard output. A line break is added. */
  print(text: string): void;
  /** Standard error. A line break is added. */
  complain(text: string): void;
}

const scrubber = createScrubber([]);

/** Reads the settings. From then on this process's terminal hides their secrets. */
export function readSettingsOnce(): Settings {
  const settings = readSettings();
  for (const secret of secretsOf(settings)) scrubber.learn(secret.reveal());
  return settings;
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
