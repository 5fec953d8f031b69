import type { ControlRoute } from './controlRoute.ts';
import { oneOf, optionalText, optionalTextsOf, text } from './readBody.ts';

const nothing = {};

/** What people in the Page Inbox and Meta's AI do. */
export const inboxRoutes: readonly ControlRoute[] = [
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
    does: "Meta's AI gives the conversation to the default app, or to the app or inbox of to; event is pass, or none: then there is only the notice.",
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
];
