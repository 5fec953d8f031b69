import { StoreUnavailableError } from '../storeErrors.ts';

export interface BusyLimits {
  limitMs: number;
  sleep: (ms: number) => Promise<unknown>;
}

const pollMs = 20;

/** Retries while another program, such as a command line tool or a backup, holds the file. @throws StoreUnavailable `busy` */
export async function retryWhileBusy<T>(work: () => T, { limitMs, sleep }: BusyLimits): Promise<T> {
  for (let waitedMs = 0; ; waitedMs += pollMs) {
    try {
      return work();
    } catch (error) {
      const isBusy = error instanceof StoreUnavailableError && error.reason === 'busy';
      if (!isBusy || waitedMs >= limitMs) throw error;
      await sleep(pollMs);
    }
  }
}
