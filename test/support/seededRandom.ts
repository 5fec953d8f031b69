/** Numbers that look like chance and are the same for the same seed. */
export interface SeededRandom {
  /** From 0 up to 1. */
  next: () => number;
  /** A whole number from 0 up to `below`. */
  below: (below: number) => number;
  pick: <T>(from: readonly T[]) => T;
}

/** The generator "mulberry32": small, fast and even enough to vary a test. */
export function seededRandom(seed: number): SeededRandom {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    next,
    below,
    pick: (from) => {
      const picked = from[below(from.length)];
      if (picked === undefined) throw new RangeError('There is nothing to pick from.');
      return picked;
    },
  };
}
