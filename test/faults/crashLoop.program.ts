import { describeCrashLoop } from '../support/describeCrashLoop.ts';

/** The other ways to end are in `test/long/crashLoop.long.ts`; how they are found, without processes, is in `test/turns/loneTurns.test.ts`. */
describeCrashLoop(['throw'], 8);
