import { graphFaults } from '../core/graphFaults.ts';
import { modes } from '../core/state.ts';
import type { Emulator } from '../emulatorFace.ts';
import { webhookHarms } from '../faults/webhookFaults.ts';
import type { JsonObject } from '../http/requestBody.ts';
import {
  faultSpec,
  oneOf,
  optionalText,
  optionalTexts,
  optionalWholeNumber,
  text,
  webhookFaultSpec,
  wholeNumber,
} from './readBody.ts';

export interface ControlCall {
  readonly emulator: Emulator;
  /** The value of `:psid` or `:appId` in the path. */
  readonly id: string;
  readonly body: JsonObject;
}

/** One request of the control API: what the emulator's own methods do, over HTTP. */
export interface ControlRoute {
  readonly method: 'GET' | 'POST';
  /** Behind `/_emulator/`. */
  readonly path: string;
  /** The fields of the body in words. */
  readonly body?: string;
  readonly does: string;
  readonly handle: (call: ControlCall) => unknown;
}

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
    path: 'customers/:psid/reads',
    does: "The customer reads the Page's last message.",
    handle: ({ emulator, id }) => {
      emulator.customer(id).read();
      return nothing;
    },
  },
  {
    method: 'POST',
    path: 'customers/:psid/deliveries',
    does: "The customer's phone receives the Page's last message.",
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
    path: 'clock/advance',
    body: 'ms',
    does: 'Puts the clock forward; ownership that is over ends.',
    handle: ({ emulator, body }) => {
      emulator.advanceClock(wholeNumber(body, 'ms'));
      return { now: emulator.clock() };
    },
  },
  {
    method: 'POST',
    path: 'mode',
    body: 'mode',
    does: `Changes the mode of the Page: ${modes.join(' or ')}.`,
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
    body: 'fault?, connection?, delayMs?, when?, times?, match?',
    does: 'Makes the next matching Graph calls go wrong.',
    handle: ({ emulator, body }) => ({ faultId: emulator.injectFault(faultSpec(body)) }),
  },
  {
    method: 'POST',
    path: 'webhook-faults',
    body: 'harm, appId?, kind?, times?, delayMs?',
    does: `Lets something happen to the next webhooks: ${webhookHarms.join(', ')}.`,
    handle: ({ emulator, body }) => ({ faultId: emulator.injectWebhookFault(webhookFaultSpec(body)) }),
  },
  {
    method: 'GET',
    path: 'tour',
    does: 'The steps that the page can play in the mode of this moment.',
    handle: ({ emulator }) => ({ steps: emulator.tour() }),
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
      emulator.letWebhooksGo(id);
      return nothing;
    },
  },
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
