import { describeCrashLoop } from '../support/describeCrashLoop.ts';

describeCrashLoop(['exit', 'kill', 'loop', 'throw', 'late'], 30);
