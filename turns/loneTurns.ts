import type { Claim } from '../store/store.ts';

/**
 * How often the process must have ended in the middle of a turn before it is suspected. A process that is killed from outside takes every
 * turn along that is running: once is nobody's fault.
 */
const suspectAfter = 2;

/** For how long a suspect has the process to itself, in milliseconds. A turn that takes longer goes on, with others beside it. */
const aloneMs = 10_000;

/** How long the others have the process between two suspects, when they have something to do, in milliseconds. */
const openMs = 1_000;

/** How long to wait at first for the turns that are running to end, in milliseconds. It doubles each time that they do not. */
const firstDrainMs = 5_000;

export function isSuspect({ begun }: Pick<Claim, 'begun'>): boolean {
  return begun >= suspectAfter;
}

/**
 * Turns in whose middle the process has ended more than once. Each runs with nothing beside it, so that only the one that ends the process
 * is blamed for that: first those that were there least often, and between two of them everybody else.
 */
export interface LoneTurns {
  add(claim: Claim): void;
  /** Whether other work may begin now. */
  isOpen(): boolean;
  /** Resolves once other work may begin. */
  opened(): Promise<void>;
  /** How many wait to be run. */
  readonly waiting: number;
  /**
   * Looks whether it is time, and answers the claim that has to be run now.
   *
   * @param running how many turns are running
   * @param othersWait whether other turns might begin
   */
  next(running: number, othersWait: 'othersWait' | 'nobodyWaits'): Claim | undefined;
  /** The turn that ran alone has ended. */
  ended(claim: Claim): void;
  /** Answers whether the process was opened for others because of the time. */
  tick(): boolean;
  /** Runs none of them any more, and lets everybody through. */
  stop(): void;
}

export function createLoneTurns(monotonicNow: () => number): LoneTurns {
  let waiting: Claim[] = [];
  let phase: 'open' | 'closing' | 'alone' = 'open';
  let phaseSince = -Infinity;
  let drainMs = firstDrainMs;
  let alone: Claim | undefined;
  let waiters: (() => void)[] = [];

  const phaseMs = () => monotonicNow() - phaseSince;

  function enter(next: typeof phase): void {
    phase = next;
    phaseSince = monotonicNow();
    if (next !== 'open') return;
    for (const resolve of waiters) resolve();
    waiters = [];
  }

  function open(): void {
    alone = undefined;
    enter('open');
  }

  return {
    add: (claim) => {
      waiting.push(claim);
      waiting.sort((one, other) => one.begun - other.begun || one.id - other.id);
    },
    isOpen: () => phase === 'open',
    opened: () => (phase === 'open' ? Promise.resolve() : new Promise((resolve) => waiters.push(resolve))),
    get waiting() {
      return waiting.length;
    },
    next: (running, others) => {
      if (waiting.length === 0 || phase === 'alone') return undefined;
      if (phase === 'open') {
        const isTime = phaseMs() >= openMs || (running === 0 && others === 'nobodyWaits');
        if (!isTime) return undefined;
        enter('closing');
      }
      if (running > 0) return undefined;
      drainMs = firstDrainMs;
      alone = waiting.shift();
      enter('alone');
      return alone;
    },
    ended: (claim) => {
      if (alone === claim) open();
    },
    tick: () => {
      const isDraining = phase === 'closing';
      if (phase === 'open' || phaseMs() < (isDraining ? drainMs : aloneMs)) return false;
      if (isDraining) drainMs *= 2;
      open();
      return true;
    },
    stop: () => {
      waiting = [];
      open();
    },
  };
}
