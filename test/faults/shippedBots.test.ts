import { describeShippedBots, flows, type Flow } from '../support/shippedBots.ts';

/** A few flows of each bot. `test/long/shippedBots.long.ts` plays all of them on both endpoints. */
const named = (...names: string[]): Flow[] => flows.filter(({ role, name }) => names.includes(`${role} ${name}`));

describeShippedBots(
  'webhook',
  named('primary passes to the Page Inbox', 'secondary passes to the primary bot'),
  named('liveChat comes back when no person answers'),
);
describeShippedBots('azure', named('liveChat takes it back'), named('primary passes to the Page Inbox'));
