import { EffectNotNotedError, StoreUnavailableError } from '../store/storeErrors.ts';
import type { After } from './timers.ts';

/**
 * Writes to the store until it succeeds: a turn that has run should not run again just because the disk was full for a while.
 *
 * @param first an attempt that has already begun; default: a new one
 * @throws errors that waiting does not fix, and any error once the runner has stopped
 */
export type PatientCommit = (write: () => Promise<void>, first?: Promise<void>) => Promise<void>;

export interface PatientCommitOptions {
  after: After;
  isStopped: () => boolean;
}

/** How long to wait before trying a failed store again, in milliseconds. */
export const storeRetryMs = 1000;

export function createPatientCommit({ after, isStopped }: PatientCommitOptions): PatientCommit {
  return async (write, first = write()) => {
    for (let attempt = first; ; attempt = write()) {
      try {
        await attempt;
        return;
      } catch (err) {
        if (!mayPass(err) || isStopped()) throw err;
        await new Promise<void>((resolve) => void after(storeRetryMs, resolve));
      }
    }
  };
}

function mayPass(err: unknown): boolean {
  return err instanceof StoreUnavailableError && !(err instanceof EffectNotNotedError) && err.reason !== 'closed';
}
