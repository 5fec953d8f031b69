/** How often a turn runs again right away after a conflict. After that it counts as failing by itself. */
const maxRounds = 100;
const [firstMs, longestMs] = [20, 1_000] as const;

/**
 * Turns that could not be committed because another turn had changed a value that they had read. They run again soon and read the new value; each
 * time, one of the conflicting turns gets through.
 */
export class StateConflicts {
  readonly #rounds = new Map<number, number>();
  readonly #random: () => number;

  /** @param random from 0 up to 1 */
  constructor(random: () => number = Math.random) {
    this.#random = random;
  }

  /** How long to wait before the turn runs again, in milliseconds; undefined after too many conflicts. */
  delayBefore(id: number): number | undefined {
    const round = (this.#rounds.get(id) ?? 0) + 1;
    this.#rounds.set(id, round);
    if (round > maxRounds) return undefined;
    return Math.round(this.#random() * Math.min(longestMs, firstMs * 2 ** Math.min(round - 1, 10)));
  }

  /** The turn ended for good. */
  ended(id: number): void {
    this.#rounds.delete(id);
  }
}
