import type { ArmedFault, FaultHits, FaultMode } from './faultSpec.ts';

/** An armed fault without what it is about. */
export type Armed<Spec> = Omit<ArmedFault, 'of' | 'spec'> & { readonly spec: Spec };

/** Faults of one sort that are armed, the oldest first. */
export interface FaultList<Spec> {
  add(faultId: number, spec: Spec): Armed<Spec>;
  /** Counts what comes by at every fault that matches, and returns the oldest that hits it. */
  take(matches: (spec: Spec) => boolean): Armed<Spec> | undefined;
  armed(): readonly Armed<Spec>[];
  /** Returns whether it was there. */
  remove(faultId: number): boolean;
  replace(armed: readonly Armed<Spec>[]): void;
}

/** Throws a RangeError when the mode is none. */
function modeOf({ mode, times }: FaultHits): FaultMode {
  if (mode !== undefined && times !== undefined) throw new RangeError('A fault has a mode or times, not both.');
  if (mode === undefined) return { next: positive(times ?? 1, 'times') };
  if (mode === 'always') return mode;
  return 'next' in mode ? { next: positive(mode.next, 'next') } : { every: positive(mode.every, 'every') };
}

function positive(value: number, name: string): number {
  if (!Number.isSafeInteger(value) || value < 1) throw new RangeError(`${name} has to be a whole number from 1.`);
  return value;
}

const isHit = (mode: FaultMode, matched: number): boolean =>
  mode === 'always' || 'next' in mode || matched % mode.every === 0;

export function createFaultList<Spec extends FaultHits>(): FaultList<Spec> {
  let list: readonly Armed<Spec>[] = [];
  const remove = (faultId: number): boolean => {
    const before = list.length;
    list = list.filter((one) => one.faultId !== faultId);
    return list.length < before;
  };
  return {
    add(faultId, spec) {
      const mode = modeOf(spec);
      const left = typeof mode === 'object' && 'next' in mode ? { timesLeft: mode.next } : {};
      const added = { faultId, mode, matched: 0, hits: 0, ...left, spec };
      list = [...list, added];
      return added;
    },
    take(matches) {
      let taken: Armed<Spec> | undefined;
      list = list.map((one) => {
        // What one fault has hit does not come by at the next.
        if (taken !== undefined || !matches(one.spec)) return one;
        const matched = one.matched + 1;
        if (!isHit(one.mode, matched)) return { ...one, matched };
        const left = one.timesLeft === undefined ? {} : { timesLeft: one.timesLeft - 1 };
        taken = { ...one, matched, hits: one.hits + 1, ...left };
        return taken;
      });
      if (taken?.timesLeft === 0) remove(taken.faultId);
      return taken;
    },
    armed: () => list,
    remove,
    replace: (armed) => {
      list = armed;
    },
  };
}
