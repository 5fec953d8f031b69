import { createServer } from 'node:net';

const host = '127.0.0.1';
const highest = 65_535;
const tries = 100;

export interface ChosenPort {
  readonly port: number;
  /** A sentence when it is not the wanted one. */
  readonly notice?: string;
}

/**
 * The wanted port, or the next one that is free.
 *
 * @param what who will listen there, at the start of a sentence
 * @param wanted 0 stays 0: the system chooses
 * @param others ports that are promised to somebody already
 */
export async function choosePort(what: string, wanted: number, others: readonly number[]): Promise<ChosenPort> {
  if (wanted === 0) return { port: 0 };
  for (let port = wanted; port <= Math.min(wanted + tries, highest); port += 1) {
    if (others.includes(port) || !(await isFree(port))) continue;
    return port === wanted
      ? { port }
      : { port, notice: `Port ${wanted} is in use, so ${what} listens on port ${port}.` };
  }
  throw new Error(`Port ${wanted} is in use and so are the ports behind it. Choose another one.`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    // Not only a port in use counts: the system may also forbid one, and then it is as good as taken.
    server.once('error', () => resolve(false));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
