import { describeShippedBots, flows } from '../support/shippedBots.ts';

for (const entrance of ['webhook', 'azure'] as const) describeShippedBots(entrance, flows, flows);
