import { BotStartError, type BotProcess } from './botProcess.ts';

const highest = 65_535;
/** Each attempt takes about a second, so give up at some point. */
const mostStarts = 20;

/** Starts a bot on the wanted port or, when that turns out to be taken, on the next one. */
export type StartOnPort = (wanted: number, start: (port: number) => Promise<BotProcess>) => Promise<BotProcess>;

/**
 * Ports are not probed first, because a probed port may be taken before the bot binds it: a bot is started on a port, and on the
 * next one when it reports that this one is taken. One function gives each port out once, so its bots do not collide. With 0
 * the system chooses.
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

/** The notice that another port than the requested one is used. */
export const portNotice = (what: string, wanted: number, taken: number): string =>
  `Port ${wanted} is in use, so ${what} listens on port ${taken}.`;
