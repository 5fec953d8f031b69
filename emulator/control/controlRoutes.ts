import { reactions } from '../core/applyCustomer.ts';
import { graphFaults } from '../core/graphFaults.ts';
import { modes, switchValues } from '../core/state.ts';
import { batchings } from '../delivery/webhookEntries.ts';
import { fileKinds } from '../emulator.ts';
import { webhookFaultKinds } from '../faults/webhookFaultKinds.ts';
import { botRoutes } from './botRoutes.ts';
import type { ControlRoute } from './controlRoute.ts';
import { faultSpec, webhookFaultSpec } from './faultBody.ts';
import {
  entryPointsOf,
  oneOf,
  optionalText,
  optionalTexts,
  optionalTextsOf,
  optionalWholeNumber,
  switchSettings,
  text,
  wholeNumber,
} from './readBody.ts';

const nothing = {};

export const controlRoutes: readonly ControlRoute[] = [
  {
    method: 'GET',
    path: 'state',
    does: 'Everything the emulator knows: mode, roles, threads and their owners, folders, settings.',
    handle: ({ emulator }) => emulator.state(),
  },
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
    body: 'text',
    does: 'The customer writes.',
    handle: ({ emulator, id, body }) => ({ mid: emulator.customer(id).say(text(body, 'text')) }),
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
  {
    method: 'GET',
    path: 'inbox/:psid',
    does: 'What each button of the Page Inbox does to this conversation now, in words.',
    handle: ({ emulator, id }) => emulator.inboxMeanings(id),
  },
  {
    method: 'POST',
    path: 'inbox/:psid/reply',
    body: 'text',
    does: 'An agent answers from the Page Inbox.',
    handle: ({ emulator, id, body }) => ({ mid: emulator.inbox(id).reply(text(body, 'text')) }),
  },
  {
    method: 'POST',
    path: 'inbox/:psid/mark-as-done',
    does: 'An agent clicks Done.',
    handle: ({ emulator, id }) => {
      emulator.inbox(id).markAsDone();
      return nothing;
    },
  },
  {
    method: 'POST',
    path: 'inbox/:psid/move-to-main',
    does: 'An agent moves the conversation to Main.',
    handle: ({ emulator, id }) => {
      emulator.inbox(id).moveToMain();
      return nothing;
    },
  },
  {
    method: 'POST',
    path: 'inbox/:psid/open',
    does: 'An agent looks at the conversation: nothing in it is unread any more.',
    handle: ({ emulator, id }) => {
      emulator.inbox(id).open();
      return nothing;
    },
  },
  {
    method: 'POST',
    path: 'meta-ai',
    body: 'metaAi',
    does: "Switches Meta's AI on or off. It takes part in the modes routing and open.",
    handle: ({ emulator, body }) => {
      emulator.setMetaAi(oneOf(optionalText(body, 'metaAi'), ['on', 'off'] as const, 'metaAi'));
      return nothing;
    },
  },
  {
    method: 'POST',
    path: 'meta-ai/:psid/take',
    does: "Meta's AI takes the conversation.",
    handle: ({ emulator, id }) => {
      emulator.metaAi(id).take();
      return nothing;
    },
  },
  {
    method: 'POST',
    path: 'meta-ai/:psid/answer',
    body: 'text',
    does: "Meta's AI answers the customer. It has to own the conversation.",
    handle: ({ emulator, id, body }) => ({ mid: emulator.metaAi(id).answer(text(body, 'text')) }),
  },
  {
    method: 'POST',
    path: 'meta-ai/:psid/hand-back',
    body: 'to?, event?, note?, notice?',
    does: "Meta's AI gives the conversation to the default app, or to the app or inbox of to; event is pass, or none: then only the notice tells of it.",
    handle: ({ emulator, id, body }) => {
      const event = oneOf(optionalText(body, 'event') ?? 'pass', ['pass', 'none'] as const, 'event');
      emulator.metaAi(id).handBack({ event, ...optionalTextsOf(body, ['to', 'note', 'notice']) });
      return nothing;
    },
  },
  {
    method: 'POST',
    path: 'meta-ai/:psid/notices',
    body: 'text, from?',
    does: 'Messenger notes something in the conversation, in the name of the customer or of the page.',
    handle: ({ emulator, id, body }) => {
      const from = oneOf(optionalText(body, 'from') ?? 'customer', ['customer', 'page'] as const, 'from');
      emulator.metaAi(id).notice(text(body, 'text'), { from });
      return nothing;
    },
  },
  {
    method: 'POST',
    path: 'entry-points',
    body: 'social?, ad?, links?',
    does: 'Sets which app, inbox or AI owns a conversation, by its entry point; links are app ids by the ref of m.me links.',
    handle: ({ emulator, body }) => {
      emulator.setEntryPoints(entryPointsOf(body));
      return nothing;
    },
  },
  {
    method: 'POST',
    path: 'clock/advance',
    body: 'ms',
    does: 'Puts the clock forward: ownership may end, and whatever falls due is sent.',
    handle: ({ emulator, body }) => {
      emulator.advanceClock(wholeNumber(body, 'ms'));
      return { now: emulator.clock() };
    },
  },
  {
    method: 'POST',
    path: 'mode',
    body: 'mode',
    does: `Changes the mode of the Page: ${modes.join(', ')}.`,
    handle: ({ emulator, body }) => {
      emulator.setMode(oneOf(optionalText(body, 'mode'), modes, 'mode'));
      return nothing;
    },
  },
  {
    method: 'POST',
    path: 'roles',
    body: 'primaryAppId?, mayTakeControl?',
    does: 'Sets the primary receiver or default app, and the list of apps that may take conversations of others.',
    handle: ({ emulator, body }) => {
      const primaryAppId = optionalText(body, 'primaryAppId');
      const mayTakeControl = optionalTexts(body, 'mayTakeControl');
      emulator.setRoles({
        ...(primaryAppId === undefined ? {} : { primaryAppId }),
        ...(mayTakeControl === undefined ? {} : { mayTakeControl }),
      });
      return nothing;
    },
  },
  {
    method: 'GET',
    path: 'faults',
    does: 'The faults that can be injected by name.',
    handle: () => graphFaults,
  },
  {
    method: 'POST',
    path: 'faults',
    body: 'fault?, connection?, body?, delayMs?, when?, times?, match?',
    does: "Makes the next matching calls go wrong, of Graph or, by match.at, of Azure's connector or token endpoint.",
    handle: ({ emulator, body }) => ({ faultId: emulator.injectFault(faultSpec(body)) }),
  },
  {
    method: 'POST',
    path: 'webhook-faults',
    body: 'fault, delayMs?, copies?, times?, match?',
    does: `Makes the next matching webhooks go wrong: ${webhookFaultKinds.join(', ')}.`,
    handle: ({ emulator, body }) => ({ faultId: emulator.injectWebhookFault(webhookFaultSpec(body)) }),
  },
  {
    method: 'POST',
    path: 'faults/:faultId/disarm',
    does: 'Takes back a fault of calls or webhooks; armedFaults of GET state lists those that wait.',
    handle: ({ emulator, id }) => {
      emulator.disarmFault(Number(id));
      return nothing;
    },
  },
  {
    method: 'POST',
    path: 'switches',
    body: Object.keys(switchValues).join('?, ') + '?',
    does: 'Switches guesses; each takes the values in the table of switches.',
    handle: ({ emulator, body }) => {
      emulator.setSwitches(switchSettings(body));
      return nothing;
    },
  },
  {
    method: 'POST',
    path: 'batching',
    body: 'batching',
    does: `How webhooks that wait at the same time are sent: ${batchings.join(', ')}.`,
    handle: ({ emulator, body }) => {
      emulator.setBatching(oneOf(optionalText(body, 'batching'), batchings, 'batching'));
      return nothing;
    },
  },
  {
    method: 'GET',
    path: 'tour',
    does: 'The steps that the page can play in the current mode.',
    handle: ({ emulator }) => ({ steps: emulator.tour() }),
  },
  {
    method: 'POST',
    path: 'apps/:appId/subscription',
    body: 'fields?',
    does: 'Subscribes an app to fields of the Page and to no others; without fields it is unsubscribed.',
    handle: ({ emulator, id, body }) => {
      emulator.changeAccount(id, { pageFields: optionalTexts(body, 'fields') ?? null });
      return nothing;
    },
  },
  {
    method: 'POST',
    path: 'apps/:appId/webhook',
    body: 'callbackUrl, verifyToken?',
    does: "Registers an app's callback, after the handshake.",
    handle: async ({ emulator, id, body }) => {
      const verifyToken = optionalText(body, 'verifyToken') ?? emulator.app(id).verifyToken;
      await emulator.registerWebhook(id, { callbackUrl: text(body, 'callbackUrl'), verifyToken });
      return nothing;
    },
  },
  {
    method: 'POST',
    path: 'apps/:appId/hold',
    does: "Keeps an app's webhooks back.",
    handle: ({ emulator, id }) => {
      emulator.holdWebhooks(id);
      return nothing;
    },
  },
  {
    method: 'POST',
    path: 'apps/:appId/let-go',
    does: "Sends an app's webhooks that were kept back, in order.",
    handle: ({ emulator, id }) => {
      emulator.releaseWebhooks(id);
      return nothing;
    },
  },
  ...botRoutes,
  {
    method: 'POST',
    path: 'settled',
    body: 'quietMs?',
    does: 'Answers when no webhook and no Graph call is under way and, with quietMs, nothing has happened for so long.',
    handle: async ({ emulator, body }) => {
      await emulator.settled({ quietMs: optionalWholeNumber(body, 'quietMs') ?? 0 });
      return nothing;
    },
  },
  {
    method: 'POST',
    path: 'reset',
    does: 'Back to the beginning; webhooks stay registered and event ids go on.',
    handle: ({ emulator }) => {
      emulator.reset();
      return nothing;
    },
  },
];
