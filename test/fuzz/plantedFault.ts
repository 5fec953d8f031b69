import { isJsonObject } from '../../models/readJson.ts';
import type { FuzzTarget } from './coverageFuzz.ts';

/** A reader with a fault behind three conditions, each of which chance meets now and then, but never all at once. */
function readWithPlantedFault({ first, second, third }: Readonly<Record<string, unknown>>): number {
  if (first === null) {
    if (second === null) {
      if (third === '') throw new RangeError('planted');
      return 2;
    }
    return 1;
  }
  return 0;
}

/** Faults to see that they are found. */
export const plantedTargets: readonly FuzzTarget[] = [
  {
    name: 'planted',
    seeds: [{ first: 'a', second: 'b', third: 'c', more: [1, 2] }],
    check: (input) => {
      readWithPlantedFault(isJsonObject(input) ? input : {});
      return undefined;
    },
  },
  {
    name: 'slow',
    seeds: ['aaaa'],
    check: (input) => {
      if (input !== 'aaaa') for (let n = 0; n < 30_000; n += 1) readWithPlantedFault({});
      return undefined;
    },
  },
];
