import { describeKilledTimers } from '../support/describeKilledTimers.ts';

// With hundreds, and a clock that jumps, in the long form, `npm run test:kill`.
describeKilledTimers({ customers: 24, apartMs: 150, kills: 4 });
