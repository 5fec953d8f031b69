/** How often a turn runs again at once whose state others had changed, before it counts as one that fails by itself. */
const maxRounds = 100;
const [firstMs, longestMs] = [20, 1_000] as const;

/**
 * Turns whose end was refused because another turn had changed a value that they had read. They run again soon with the new value: of those
 * that meet, one gets through each time.
 */
export interface Conflicts {
  /** How long to wait before the turn runs again, in milliseconds; undefined when it has met others too often. */
  delayBefore(id: number): number | undefined;
  /** The turn ended for good. */
  ended(id: number): void;
}

/** @param random from 0 up to 1 */
export function createConflicts(random: () => number = Math.random): Conflicts {
  const rounds = new Map<number, number>();
  return {
    delayBefore: (id) => {
      const round = (rounds.get(id) ?? 0) + 1;
      rounds.set(id, round);
      if (round > maxRounds) return undefined;
      return Math.round(random() * Math.min(longestMs, firstMs * 2 ** Math.min(round - 1, 10)));
    },
    ended: (id) => void rounds.delete(id),
  };
}
