/* eslint-disable @typescript-eslint/no-unsafe-assignment, @typescript-eslint/no-unsafe-call, @typescript-eslint/no-unsafe-member-access, @typescript-eslint/no-unsafe-return -- the packages are not installed here, so they have no types. */
import { createRequire } from 'node:module';

/** @import { PlainClients } from './foreignClient.js' */

/** Waits for what comes by a callback, and rejects with what Graph refused. */
const called = (/** @type {(done: (...args: any[]) => void) => void} */ call) =>
  new Promise((resolve, reject) => {
    call((...args) => {
      const refused = args.find((arg) => arg?.error !== undefined || arg instanceof Error || arg?.code !== undefined);
      if (refused === undefined) resolve(args.at(-1));
      else reject(new Error(JSON.stringify(refused)));
    });
  });

const message = (/** @type {string} */ psid, /** @type {string} */ text) => ({
  messaging_type: 'RESPONSE',
  recipient: { id: psid },
  message: { text },
});
const passed = (/** @type {string} */ psid, /** @type {string} */ appId) => ({
  recipient: { id: psid },
  target_app_id: appId,
});

/**
 * Clients that know only graph.facebook.com, so the preload of the emulator redirects them.
 *
 * @type {readonly PlainClients[]}
 */
export const plainClients = [
  {
    name: 'fb',
    clientFor: ({ folder, token }) => {
      const { FB } = createRequire(`${folder}/`)('fb');
      const post = (/** @type {string} */ edge, /** @type {object} */ body) =>
        called((done) => FB.api(`me/${edge}`, 'post', { ...body, access_token: token }, done));
      return {
        sendText: (psid, text) => post('messages', message(psid, text)),
        pass: (psid, appId) => post('pass_thread_control', passed(psid, appId)),
      };
    },
  },
  {
    name: 'fbgraph',
    clientFor: ({ folder, token }) => {
      const graph = createRequire(`${folder}/`)('fbgraph');
      graph.setAccessToken(token);
      const post = (/** @type {string} */ edge, /** @type {object} */ body) =>
        called((done) => graph.post(`me/${edge}`, body, done));
      return {
        sendText: (psid, text) => post('messages', message(psid, text)),
        pass: (psid, appId) => post('pass_thread_control', passed(psid, appId)),
      };
    },
  },
  {
    name: 'messenger-bot',
    clientFor: ({ folder, token }) => {
      const Bot = createRequire(`${folder}/`)('messenger-bot');
      const bot = new Bot({ token });
      return { sendText: (psid, text) => bot.sendMessage(psid, { text }) };
    },
  },
  {
    name: 'fb-messenger',
    clientFor: ({ folder, token }) => {
      const FBMessenger = createRequire(`${folder}/`)('fb-messenger');
      const client = new FBMessenger({ token });
      return { sendText: (psid, text) => client.sendTextMessage({ id: psid, text }) };
    },
  },
  {
    name: 'claudia-bot-builder',
    clientFor: ({ folder, token }) => {
      const reply = createRequire(`${folder}/`)('claudia-bot-builder/lib/facebook/reply');
      return { sendText: (psid, text) => reply(psid, text, token) };
    },
  },
  {
    name: 'botbuilder-adapter-facebook',
    clientFor: ({ folder, token, appSecret }) => {
      const { FacebookAPI } = createRequire(`${folder}/`)('botbuilder-adapter-facebook');
      const api = new FacebookAPI(token, appSecret);
      return {
        sendText: (psid, text) => api.callAPI('/me/messages', 'POST', message(psid, text)),
        pass: (psid, appId) => api.callAPI('/me/pass_thread_control', 'POST', passed(psid, appId)),
      };
    },
  },
  {
    name: 'botly',
    clientFor: ({ folder, token }) => {
      const Botly = createRequire(`${folder}/`)('botly');
      const bot = new Botly({ accessToken: token, verifyToken: 'word' });
      return { sendText: (psid, text) => called((done) => bot.sendText({ id: psid, text }, done)) };
    },
  },
  {
    name: 'fb-messenger-bot-api',
    clientFor: ({ folder, token }) => {
      const { FacebookMessagingAPIClient } = createRequire(`${folder}/`)('fb-messenger-bot-api');
      const client = new FacebookMessagingAPIClient(token);
      return { sendText: (psid, text) => client.sendTextMessage(psid, text) };
    },
  },
  {
    name: 'fbmessenger',
    clientFor: ({ folder, token }) => {
      const { Messenger, Text } = createRequire(`${folder}/`)('fbmessenger');
      const messenger = new Messenger({ pageAccessToken: token });
      return { sendText: (psid, text) => messenger.send(new Text(text), psid) };
    },
  },
  {
    name: '@warriorteam/messenger-sdk',
    clientFor: ({ folder, token }) => {
      const { Messenger } = createRequire(`${folder}/`)('@warriorteam/messenger-sdk');
      const messenger = new Messenger({ accessToken: token });
      return { sendText: (psid, text) => messenger.send.message(message(psid, text)) };
    },
  },
];
