import { describeSuperLinear } from './support/describeSuperLinear.ts';

/** Texts of the first pieces of each pattern; `test/long/superLinear.long.ts` takes more. */
describeSuperLinear(5);
