import { reactions } from '../core/applyCustomer.ts';
import { fileKinds } from '../emulator.ts';
import type { ControlRoute } from './controlRoute.ts';
import { oneOf, optionalText, optionalTextsOf, text } from './readBody.ts';

const nothing = {};

/** What the customers do. */
export const customerRoutes: readonly ControlRoute[] = [
  {
    method: 'POST',
    path: 'customers',
    body: 'name?, psid?',
    does: 'Adds a customer.',
    handle: ({ emulator, body }) => {
      const psid = optionalText(body, 'psid');
      const name = optionalText(body, 'name');
      return {
        psid: emulator.addCustomer({
          ...(name === undefined ? {} : { name }),
          ...(psid === undefined ? {} : { psid }),
        }),
      };
    },
  },
  {
    method: 'POST',
    path: 'customers/:psid/messages',
    body: 'text, replyTo?',
    does: 'The customer writes; replyTo is the mid of the message that it answers.',
    handle: ({ emulator, id, body }) => ({
      mid: emulator.customer(id).say(text(body, 'text'), optionalTextsOf(body, ['replyTo'])),
    }),
  },
  {
    method: 'POST',
    path: 'customers/:psid/quick-replies',
    body: 'title',
    does: 'The customer taps a quick reply that is offered now.',
    handle: ({ emulator, id, body }) => ({ mid: emulator.customer(id).tap(text(body, 'title')) }),
  },
  {
    method: 'POST',
    path: 'customers/:psid/postbacks',
    body: 'title, payload?, appId?',
    does: 'The customer taps a button: one that was sent or, with payload, any other; appId is the app it came from.',
    handle: ({ emulator, id, body }) => {
      const payload = optionalText(body, 'payload');
      const appId = optionalText(body, 'appId');
      return {
        mid: emulator.customer(id).postback({
          title: text(body, 'title'),
          ...(payload === undefined ? {} : { payload }),
          ...(appId === undefined ? {} : { appId }),
        }),
      };
    },
  },
  {
    method: 'POST',
    path: 'customers/:psid/attachments',
    body: 'type, url',
    does: `The customer sends a file by its address: ${fileKinds.join(', ')}.`,
    handle: ({ emulator, id, body }) => ({
      mid: emulator.customer(id).sendAttachment({
        type: oneOf(optionalText(body, 'type'), fileKinds, 'type'),
        url: text(body, 'url'),
      }),
    }),
  },
  {
    method: 'POST',
    path: 'customers/:psid/get-started',
    does: 'The customer taps Get Started, which an app must have set in its Messenger Profile.',
    handle: ({ emulator, id }) => ({ mid: emulator.customer(id).getStarted() }),
  },
  {
    method: 'POST',
    path: 'customers/:psid/reactions',
    body: 'reaction, mid?, action?',
    does: "The customer reacts to the Page's last message, or to the one with this mid; action is react or unreact.",
    handle: ({ emulator, id, body }) => {
      const mid = optionalText(body, 'mid');
      const action = oneOf(optionalText(body, 'action') ?? 'react', ['react', 'unreact'], 'action');
      emulator.customer(id).react(text(body, 'reaction'), { action, ...(mid === undefined ? {} : { mid }) });
      return nothing;
    },
  },
  {
    method: 'GET',
    path: 'reactions',
    does: 'The available reactions, and the emoji for each.',
    handle: () => reactions,
  },
  {
    method: 'POST',
    path: 'customers/:psid/referrals',
    body: 'ref?, adId?',
    does: 'The customer follows an m.me link that carries ref or, with adId, an ad. If the customer has not written yet, apps learn of it with the first thing that they do.',
    handle: ({ emulator, id, body }) => {
      const adId = optionalText(body, 'adId');
      if (adId === undefined) emulator.customer(id).follow(text(body, 'ref'));
      else emulator.customer(id).followAd(adId, optionalTextsOf(body, ['ref']));
      return nothing;
    },
  },
  {
    method: 'POST',
    path: 'customers/:psid/unsupported',
    does: 'The customer sends something unsupported; apps learn only that.',
    handle: ({ emulator, id }) => ({ mid: emulator.customer(id).sendUnsupported() }),
  },
  {
    method: 'POST',
    path: 'customers/:psid/opt-ins',
    body: 'payload, title?',
    does: 'The customer agrees to marketing messages.',
    handle: ({ emulator, id, body }) => {
      const title = optionalText(body, 'title');
      emulator.customer(id).optIn({ payload: text(body, 'payload'), ...(title === undefined ? {} : { title }) });
      return nothing;
    },
  },
  {
    method: 'POST',
    path: 'customers/:psid/reads',
    does: "The customer reads the Page's last message, if it is not read yet.",
    handle: ({ emulator, id }) => {
      emulator.customer(id).read();
      return nothing;
    },
  },
  {
    method: 'POST',
    path: 'customers/:psid/deliveries',
    does: "The customer's phone receives the Page's last message, if it does not have it yet.",
    handle: ({ emulator, id }) => {
      emulator.customer(id).receive();
      return nothing;
    },
  },
];
