import { closeSync, openSync, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { StoreUnavailableError } from '../storeErrors.ts';
import { identityOf, isSameFile } from './fileIdentity.ts';
import { systemErrorFrom } from './storePlace.ts';
import { isBusy, isNoDatabase, storeErrorFrom } from './sqliteErrors.ts';

export interface OwnerLockOptions {
  /** How long to wait for another process to end, in milliseconds. */
  limitMs: number;
  sleep?: (ms: number) => Promise<unknown>;
  /** Milliseconds of a clock that never jumps. */
  monotonicNow?: () => number;
  /** Called once if it has to wait. */
  waiting?: () => void;
}

export interface OwnerLock {
  /** Locks again if somebody has removed or replaced the lock's file, unless another process was faster. */
  renew(): void;
  /** Whether another process waits for it. */
  isWaitedFor(): boolean;
  release(): void;
}

const pollMs = 50;

/**
 * Makes this process the only one that works on a store. The lock is a separate file, so that command line tools can still read the store, and it
 * is the system's, so it ends with the process, however that ends. If somebody removes the file, two processes may hold a lock: the owner recorded
 * in the store decides between them.
 *
 * @throws StoreUnavailable `busy` if another process still holds it after the limit
 */
export async function lockAsOwner(path: string, options: OwnerLockOptions): Promise<OwnerLock> {
  const { limitMs, sleep = delay, monotonicNow = () => performance.now(), waiting = () => undefined } = options;
  const deadline = monotonicNow() + limitMs;
  const line = lineOf(path);
  let place: DatabaseSync | undefined;
  for (let polls = 0; ; polls += 1) {
    const held = tryLock(path);
    if (held !== undefined) {
      place?.close();
      return keepLock(path, held);
    }
    place ??= tryLock(line);
    if (monotonicNow() >= deadline) {
      place?.close();
      throw new StoreUnavailableError('busy', `another process works on it and has ${path} locked`);
    }
    if (polls === 0) waiting();
    await sleep(pollMs);
  }
}

/** Locked by the process that is next in line, so that the owner knows of it. */
const lineOf = (path: string): string => `${path}-next`;

function keepLock(path: string, first: DatabaseSync): OwnerLock {
  let [held, file] = [first, identityOf(path)];
  return {
    renew: () => {
      if (isSameFile(file, identityOf(path))) return;
      const next = tryLock(path);
      if (next === undefined) return;
      held.close();
      [held, file] = [next, identityOf(path)];
    },
    isWaitedFor: () => {
      const line = lineOf(path);
      if (identityOf(line) === undefined) return false;
      const place = tryLock(line);
      place?.close();
      return place === undefined;
    },
    release: () => {
      if (held.isOpen) held.close();
    },
  };
}

function tryLock(path: string): DatabaseSync | undefined {
  let lock: DatabaseSync | undefined;
  try {
    // SQLite would create it readable for everybody. Opening and closing a file that this process has open would end its locks.
    if (statSync(path, { throwIfNoEntry: false }) === undefined) closeSync(openSync(path, 'a', 0o600));
    lock = new DatabaseSync(path, { timeout: 0 });
    lock.exec('PRAGMA journal_mode = MEMORY; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
    return lock;
  } catch (error) {
    lock?.close();
    if (isBusy(error)) return undefined;
    if (isNoDatabase(error)) throw new StoreUnavailableError('failed', `${path} should be empty and is not: remove it`);
    throw storeErrorFrom(systemErrorFrom(error));
  }
}
