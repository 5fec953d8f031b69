import { inspect } from 'node:util';
import { errorInWords } from '../helpers/logging/errorChain.ts';
import { lineOf } from '../helpers/logging/lineOf.ts';
import type { Logger } from '../helpers/logging/logger.ts';

/** A line of the bot server's log, or of the bot's own. */
export interface LogLine {
  /** The emulator's time in ms since 1970. */
  readonly at: number;
  /** Which bot's process wrote it: `primary` or `secondary`. */
  readonly bot: string;
  readonly level: keyof Logger;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A logger that appends to `lines` and prints nothing. */
export function createRecordedLog(bot: string, now: () => number, lines: LogLine[]): Logger {
  const at = (level: keyof Logger) => (told: object, sentence: string) => {
    const { fields, message } = lineOf(told, sentence);
    lines.push({ at: now(), bot, level, message, fields: { ...fields } });
  };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

/** A line that somebody should look at as a sentence; undefined for the others. */
export function alarmInWords({ bot, level, message, fields }: LogLine): string | undefined {
  if (level !== 'warn' && level !== 'error') return undefined;
  const { outcome, err } = fields;
  const error = err === undefined ? '' : `: ${err instanceof Error ? errorInWords(err) : inspect(err)}`;
  if (outcome === 'retried') return `${bot} has a turn that failed, and tries it again${error}`;
  if (outcome === 'failed') return `${bot} has a turn that failed, and gives it up${error}`;
  return `${bot} logs "${message}"${error}`;
}
