import { BotStartError, type BotProcess } from './botProcess.ts';

const highest = 65_535;
/** A start takes a second or so, and whoever has more bots than this knows where. */
const mostStarts = 20;

/** Starts a bot on the wanted port or, when that turns out to be taken, on the next one. */
export type StartOnPort = (wanted: number, start: (port: number) => Promise<BotProcess>) => Promise<BotProcess>;

/**
 * Whether a port is free is known only to whoever listens there, so it is never looked for: a bot is started on a port, and on
 * another one when it says that this one is taken. The bots that are started by one function never meet: each port is given once.
 * 0 stays 0: the system chooses.
 */
export function createStartOnPort(): StartOnPort {
  const given = new Set<number>();
  const next = (wanted: number): number | undefined => {
    if (wanted === 0) return 0;
    for (let port = wanted; port <= highest; port += 1) {
      if (given.has(port)) continue;
      given.add(port);
      return port;
    }
    return undefined;
  };
  return async (wanted, start) => {
    for (let starts = 0; starts < mostStarts; starts += 1) {
      const port = next(wanted);
      if (port === undefined) break;
      try {
        return await start(port);
      } catch (error) {
        if (!(error instanceof BotStartError && error.because === 'portTaken')) throw error;
      }
    }
    throw new Error(`Port ${wanted} is in use and so are the ports behind it. Choose another one.`);
  };
}

/** What is said about a port that is another one than the wanted one. */
export const portNotice = (what: string, wanted: number, taken: number): string =>
  `Port ${wanted} is in use, so ${what} listens on port ${taken}.`;
