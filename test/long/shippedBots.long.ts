import { describeShippedBots, flows } from '../support/shippedBots.ts';

for (const endpoint of ['webhook', 'azure'] as const) describeShippedBots(endpoint, flows, flows);
