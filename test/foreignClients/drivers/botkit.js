/* eslint-disable @typescript-eslint/no-unsafe-assignment, @typescript-eslint/no-unsafe-call, @typescript-eslint/no-unsafe-member-access -- the packages are not installed here, so they have no types. */
import { createRequire } from 'node:module';

// A Botkit bot as its documentation has one.
const load = createRequire(`${process.cwd()}/`);
const { Botkit } = load('botkit');
const { FacebookAdapter, FacebookEventTypeMiddleware } = load('botbuilder-adapter-facebook');

const adapter = new FacebookAdapter({
  verify_token: process.env['VERIFY_TOKEN'],
  access_token: process.env['PAGE_TOKEN'],
  app_secret: process.env['APP_SECRET'],
});
adapter.use(new FacebookEventTypeMiddleware());
const controller = new Botkit({ webhook_uri: '/webhook', adapter });
controller.hears('person', 'message', async (/** @type {any} */ bot, /** @type {any} */ message) => {
  const passed = { recipient: { id: message.user }, target_app_id: '263902037430900' };
  await bot.api.callAPI('/me/pass_thread_control', 'POST', passed);
});
controller.on('message', async (/** @type {any} */ bot, /** @type {any} */ message) => {
  await bot.reply(message, `You said: ${message.text}`);
});
