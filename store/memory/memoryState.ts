import { present } from '../../models/present.ts';
import type { StateChange, StateTable, StateValue } from '../store.ts';
import { StateConflictError } from '../storeErrors.ts';
import { soon } from './soon.ts';

/** The most values with an expiry; the oldest are dropped first. */
const maxExpiring = 20_000;

/** The state of the bot, in memory. */
export class MemoryState implements StateTable {
  readonly #now: () => number;
  readonly #values = new Map<string, StateValue>();
  /** When values expire, in the order in which they were written. */
  readonly #expiring = new Map<string, number>();
  #lastETag = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  readonly read: StateTable['read'] = soon((keys) => {
    const found = new Map<string, StateValue>();
    for (const key of keys) {
      const value = this.#values.get(key);
      const expiresAt = this.#expiring.get(key);
      if (value !== undefined) found.set(key, { ...value, ...present('expiresAt', expiresAt) });
    }
    return found;
  });

  readonly write: StateTable['write'] = soon((changes) => this.change(changes));

  readonly expireAt: StateTable['expireAt'] = soon((keys, at) => {
    for (const key of keys) {
      this.#expiring.delete(key);
      if (this.#values.has(key)) this.#expiring.set(key, at);
    }
  });

  /** @throws StateConflict before anything is changed */
  change(changes: readonly StateChange[]): void {
    for (const { key, expected } of changes) {
      if (expected !== undefined && this.#values.get(key)?.eTag !== expected) throw new StateConflictError(key);
    }
    for (const { key, value, expiresAt } of changes) {
      this.#values.delete(key);
      this.#expiring.delete(key);
      if (value === undefined) continue;
      this.#values.set(key, { value, eTag: String(++this.#lastETag) });
      if (expiresAt !== undefined) this.#expiring.set(key, expiresAt);
    }
    this.#forgetExpired();
  }

  #forgetExpired(): void {
    for (const [key, expiresAt] of this.#expiring) {
      if (expiresAt > this.#now() && this.#expiring.size <= maxExpiring) break;
      this.#expiring.delete(key);
      this.#values.delete(key);
    }
  }
}
