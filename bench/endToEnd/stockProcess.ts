import { once } from 'node:events';
import {
  ActivityHandler,
  CloudAdapter,
  ConfigurationBotFrameworkAuthentication,
  MessageFactory,
  type ConfigurationBotFrameworkAuthenticationOptions,
} from 'botbuilder';
import restify from 'restify';
import { LoopbackCredentialsFactory } from '../../adapters/azure/loopbackCredentials.ts';
import { cast } from './cast.ts';
import { serveMeasurements } from './measuredProcess.ts';

/**
 * What the bot is compared with behind Azure: Microsoft's CloudAdapter behind restify, put together as in Microsoft's samples, with
 * authentication on. It answers the request after the turn, keeps nothing and knows no duplicates. Of its own it has only where tokens for
 * answers come from, since Microsoft's library asks for them over https alone; each is asked for once.
 *
 * Its argument is the settings of Azure's side as JSON.
 *
 * Source: https://github.com/microsoft/BotBuilder-Samples/tree/main/samples/typescript_nodejs/02.echo-bot
 */
const settings = JSON.parse(process.argv[2] ?? '{}') as ConfigurationBotFrameworkAuthenticationOptions;
const credentials = new LoopbackCredentialsFactory(cast.azureAppId, cast.azurePassword, {
  timeoutMs: 15_000,
  deadline: (ms) => AbortSignal.timeout(ms),
});
const adapter = new CloudAdapter(new ConfigurationBotFrameworkAuthentication(settings, credentials));

const choices = ['Pass to page inbox', 'Pass to secondary', 'Receive request', 'Receive nice request'];
const bot = new ActivityHandler().onMessage(async (context, next) => {
  await context.sendActivity(
    MessageFactory.suggestedActions(choices, 'Primary bot: Choose what to do with the thread.'),
  );
  await next();
});

const server = restify.createServer();
server.use(restify.plugins.bodyParser());
server.post('/api/messages', async (request, response) => {
  await adapter.process(request, response, (context) => bot.run(context));
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
serveMeasurements({
  url: `http://127.0.0.1:${server.address().port}`,
  // The process ends behind it, and takes the connections along.
  close: () => Promise.resolve(server.close()),
});
