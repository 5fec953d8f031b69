import { describeKilledTimers } from '../support/describeKilledTimers.ts';

describeKilledTimers({ customers: 600, apartMs: 100, kills: 30 });
describeKilledTimers({ customers: 600, apartMs: 100, kills: 30, jumpsMs: 20_000 });
