/* eslint-disable @typescript-eslint/no-unsafe-assignment, @typescript-eslint/no-unsafe-call, @typescript-eslint/no-unsafe-member-access, @typescript-eslint/no-unsafe-return -- the packages are not installed here. */
/** An echo bot on Bot Builder as its quick start has it. Its settings are in the environment, its packages in the working folder. */
import { createRequire } from 'node:module';

const load = createRequire(`${process.cwd()}/`);
const restify = load('restify');
const { ActivityHandler, CloudAdapter, ConfigurationBotFrameworkAuthentication } = load('botbuilder');

const adapter = new CloudAdapter(new ConfigurationBotFrameworkAuthentication(process.env));
const bot = new ActivityHandler();
bot.onMessage(async (/** @type {any} */ context, /** @type {() => Promise<void>} */ next) => {
  await context.sendActivity(`You said: ${context.activity.text}`);
  await next();
});
const server = restify.createServer();
server.use(restify.plugins.bodyParser());
server.post('/api/messages', async (/** @type {any} */ request, /** @type {any} */ response) => {
  await adapter.process(request, response, (/** @type {any} */ context) => bot.run(context));
});
server.listen(Number(process.env['PORT']), '127.0.0.1');
