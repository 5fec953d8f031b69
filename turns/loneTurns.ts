import type { Claim } from '../store/store.ts';

/**
 * How often the process must have ended in the middle of a turn before the turn is suspected. A process that is killed from outside takes
 * all running turns with it, so once proves nothing.
 */
const suspectAfter = 2;

/** How long a suspect has the process to itself, in milliseconds. If it takes longer, others run beside it. */
const aloneMs = 10_000;

/** How long other turns may begin between two suspects, in milliseconds. */
const openMs = 1_000;

/** How long to wait at first for running turns to end, in milliseconds. Doubles each time they do not. */
const firstDrainMs = 5_000;

export function isSuspect({ begun }: Pick<Claim, 'begun'>): boolean {
  return begun >= suspectAfter;
}

/**
 * Turns during which the process has ended more than once. Each runs alone, so that only the turn that ends the process is blamed for it: the
 * least suspected first, with time for all other turns in between.
 */
export class LoneTurns {
  readonly #monotonicNow: () => number;
  #waiting: Claim[] = [];
  #phase: 'open' | 'closing' | 'alone' = 'open';
  #phaseSince = -Infinity;
  #drainMs = firstDrainMs;
  #alone: Claim | undefined;
  #waiters: (() => void)[] = [];

  constructor(monotonicNow: () => number) {
    this.#monotonicNow = monotonicNow;
  }

  add(claim: Claim): void {
    this.#waiting.push(claim);
    this.#waiting.sort((one, other) => one.begun - other.begun || one.id - other.id);
  }

  /** How many wait to be run. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Whether other turns may begin now. */
  isOpen(): boolean {
    return this.#phase === 'open';
  }

  /** Resolves once other turns may begin. */
  async untilOpen(): Promise<void> {
    while (this.#phase !== 'open') await new Promise<void>((resolve) => this.#waiters.push(resolve));
  }

  /**
   * The turn to run now, if it is time for one.
   *
   * @param running how many turns are running
   * @param others whether other turns might begin
   */
  next(running: number, others: 'othersWait' | 'nobodyWaits'): Claim | undefined {
    if (this.#waiting.length === 0 || this.#phase === 'alone') return undefined;
    if (this.#phase === 'open') {
      const isTime = this.#phaseMs() >= openMs || (running === 0 && others === 'nobodyWaits');
      if (!isTime) return undefined;
      this.#enter('closing');
    }
    if (running > 0) return undefined;
    this.#drainMs = firstDrainMs;
    this.#alone = this.#waiting.shift();
    this.#enter('alone');
    return this.#alone;
  }

  /** Any turn has ended. */
  ended(claim: Claim): void {
    if (this.#alone === claim) this.#open();
  }

  /** Checks the clock. Returns whether other turns may begin because of that. */
  tick(): boolean {
    const isDraining = this.#phase === 'closing';
    if (this.#phase === 'open' || this.#phaseMs() < (isDraining ? this.#drainMs : aloneMs)) return false;
    if (isDraining) this.#drainMs *= 2;
    this.#open();
    return true;
  }

  /** Runs no more suspects and lets everybody through. */
  stop(): void {
    this.#waiting = [];
    this.#open();
  }

  #open(): void {
    this.#alone = undefined;
    this.#enter('open');
  }

  #enter(phase: 'open' | 'closing' | 'alone'): void {
    this.#phase = phase;
    this.#phaseSince = this.#monotonicNow();
    if (phase !== 'open') return;
    for (const resolve of this.#waiters.splice(0)) resolve();
  }

  #phaseMs(): number {
    return this.#monotonicNow() - this.#phaseSince;
  }
}
