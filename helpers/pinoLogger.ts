import { destination as openDestination, pino, stdTimeFunctions, type Logger as PinoLogger } from 'pino';
import { createReadableLine } from './readableLine.ts';
import type { Logger } from './logger.ts';
import { safeFields } from './safeFields.ts';
import { createLineScrubber } from './scrubLine.ts';
import type { Secret } from './secret.ts';
import type { LogLevel } from './settingsTypes.ts';

export interface CreateLoggerOptions {
  level: LogLevel;
  /** Values that must not appear in any line, in whatever spelling. */
  secrets: readonly Secret[];
  /**
   * Takes each finished line. Default: standard output, written synchronously. That costs some microseconds a line and loses
   * none: not at a shutdown, not at a crash, and without anything to flush.
   */
  destination?: { write(line: string): unknown };
  /** `json`, the default: one object a line. `text`: the same lines for people. */
  format?: 'json' | 'text';
}

/**
 * A logger that writes a line for each event, as JSON or for people. Every secret is taken out of the JSON, in either case, before
 * anything is written or put into words.
 */
export function createLogger({
  level,
  secrets,
  destination = openDestination({ dest: 1, sync: true }),
  format = 'json',
}: CreateLoggerOptions): Logger {
  const scrub = createLineScrubber(secrets);
  const finish = format === 'text' ? createReadableLine() : (line: string) => line;
  const options = {
    level,
    timestamp: stdTimeFunctions.isoTime,
    serializers: { err: (err: unknown) => err }, // safe already; pino's own would join the causes into one stack
    formatters: { level: (label: string) => ({ level: label }) },
  };
  return wrap(pino(options, { write: (line: string) => void destination.write(finish(scrub(line))) }));
}

/** pino looks into what it is given before its serializers and formatters run, so the fields are made safe in front of it. */
function wrap(logger: PinoLogger): Logger {
  return {
    debug: (fields, message) => logger.debug(safeFields(fields), message),
    info: (fields, message) => logger.info(safeFields(fields), message),
    warn: (fields, message) => logger.warn(safeFields(fields), message),
    error: (fields, message) => logger.error(safeFields(fields), message),
  };
}
