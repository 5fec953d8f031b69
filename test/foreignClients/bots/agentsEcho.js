/* eslint-disable @typescript-eslint/no-unsafe-assignment, @typescript-eslint/no-unsafe-call, @typescript-eslint/no-unsafe-member-access -- the packages are not installed here. */
/** An echo agent on the Microsoft 365 Agents SDK as its quick start has it. Its settings are in the environment, its packages in the working folder. */
import { createRequire } from 'node:module';

const load = createRequire(`${process.cwd()}/`);
const { AgentApplication, MemoryStorage } = load('@microsoft/agents-hosting');
const { startServer } = load('@microsoft/agents-hosting-express');

const agent = new AgentApplication({ storage: new MemoryStorage() });
agent.onActivity('message', async (/** @type {any} */ context) => {
  await context.sendActivity(`You said: ${context.activity.text}`);
});
startServer(agent);
