import { describeCrashLoop } from '../support/describeCrashLoop.ts';

/** To its supervisor a process that exits and one that is killed because it hangs look the same: `test/long/crashLoop.long.ts` has them too. */
describeCrashLoop(['kill', 'throw', 'late']);
