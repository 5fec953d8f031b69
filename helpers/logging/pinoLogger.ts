import { pino, stdTimeFunctions, type Logger as PinoLogger } from 'pino';
import { writeToStandardOutput } from './lineWriter.ts';
import { lineOf } from './lineOf.ts';
import type { Logger } from './logger.ts';
import { escapeUnprintable } from './printableText.ts';
import { createReadableLine } from './readableLine.ts';
import { safeFields, type Shorten } from './safeFields.ts';
import { createScrubber, type Scrubber } from './scrubLine.ts';
import type { Secret } from '../secret.ts';
import type { LogLevel } from '../settings/types.ts';

export interface CreateLoggerOptions {
  level: LogLevel;
  /** Values that must not appear in any line, however encoded. */
  secrets?: readonly Secret[];
  /** Removes them. Default: one that knows `secrets`. */
  scrubber?: Scrubber;
  /**
   * Takes each finished line. Default: standard output. Lines are written at once while somebody reads them, so that a crash loses none. While
   * nobody does, they wait in memory; beyond a megabyte they are dropped and counted.
   */
  destination?: { write(line: string): unknown };
  /** `json`, the default: one object a line. `text`: the same lines for people. */
  format?: 'json' | 'text';
}

/**
 * A logger that writes a line for each event, as JSON or for people. Either way, every secret is removed from the JSON before anything is
 * written or put into words.
 */
export function createLogger(options: CreateLoggerOptions): Logger {
  const { level, secrets = [], scrubber = createScrubber(secrets), format = 'json' } = options;
  const { destination = writeToStandardOutput((dropped) => logger.warn({ dropped }, linesAreMissing)) } = options;
  const finish = format === 'text' ? createReadableLine() : escapeUnprintable;
  const pinoOptions = {
    level,
    timestamp: stdTimeFunctions.isoTime,
    serializers: { err: (err: unknown) => err }, // safe already; pino's own would join the causes into one stack
    formatters: { level: (label: string) => ({ level: label }) },
  };
  const write = (line: string) => void destination.write(finish(scrubber.line(line)));
  const logger = wrap(pino(pinoOptions, { write }), (text, length) => scrubber.beginning(text, length));
  return logger;
}

const linesAreMissing = 'nobody read the log for a while; lines are missing';

/** pino inspects its arguments before its serializers and formatters run, so the fields are made safe before pino gets them. */
function wrap(logger: PinoLogger, shorten: Shorten): Logger {
  const at = (level: keyof Logger) => (told: object, sentence: string) => {
    const { fields, message } = lineOf(told, sentence);
    logger[level](safeFields(fields, shorten), message);
  };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
