import { notOwner, ownsAlready, rowsOf, unchanged, type Rule } from './rule.ts';
import { errorDocs, instagramControl, routingDocs } from './ruleSources.ts';

const { documented, guessed } = rowsOf('open');

const role = 'secondary';

/**
 * A Page without a default app, which Meta calls the default behaviour: there is no primary receiver, a thread is idle unless an
 * app has requested it or had it passed, and every app may answer.
 */
export const openRules: readonly Rule[] = [
  // Passing: while the thread is idle any app may, also to itself
  documented(role, ['self'], 'pass', { next: 'target', told: 'passToNewOwner' }, instagramControl),
  documented(role, ['idle'], 'pass', { next: 'targetOrSelf', told: 'passToNewOwner' }, instagramControl),
  guessed(role, ['secondary', 'inbox'], 'pass', notOwner, errorDocs),

  // Taking
  documented(
    role,
    ['self', 'secondary', 'inbox', 'idle'],
    'take',
    { fault: 'noDefaultApp', because: 'A Page without a default app has no taking of control.' },
    routingDocs,
  ),

  // Requesting: the first one gets control
  // That the app gets control is Meta's word; which event tells it is not.
  guessed(role, ['idle'], 'request', { next: 'actor', told: 'passToActor' }, instagramControl),
  guessed(role, ['self'], 'request', ownsAlready, instagramControl),
  guessed(role, ['secondary', 'inbox'], 'request', { next: 'same', told: 'requestToOwner' }, instagramControl),

  // Releasing and extending
  documented(role, ['self'], 'release', { next: 'nobody', told: 'nobody' }, instagramControl),
  documented(role, ['self'], 'extend', unchanged, instagramControl),
  ...(['release', 'extend'] as const).map((command): Rule =>
    guessed(role, ['secondary', 'inbox', 'idle'], command, notOwner, errorDocs),
  ),

  // Sending
  documented(role, ['self', 'secondary', 'inbox', 'idle'], 'send', unchanged, routingDocs),

  // Asking
  documented(role, ['self'], 'threadOwner', { answer: 'owner' }, instagramControl),
  documented(role, ['secondary', 'inbox'], 'threadOwner', { answer: 'expirationOnly' }, instagramControl),
  documented(role, ['idle'], 'threadOwner', { answer: 'empty' }, instagramControl),
  guessed(
    role,
    ['self', 'secondary', 'inbox', 'idle'],
    'secondaryReceivers',
    {
      fault: 'onlyReceivers',
      because: 'Without a default app the Page has neither primary nor secondary receivers.',
    },
    errorDocs,
  ),

  // The Page Inbox answers like every app
  documented('inbox', ['self', 'secondary', 'idle'], 'inboxReply', unchanged, routingDocs),
  guessed('inbox', ['self', 'secondary', 'idle'], 'inboxMoveToMain', unchanged, routingDocs),
  guessed('inbox', ['self'], 'inboxMarkAsDone', { next: 'nobody', told: 'nobody' }, routingDocs),
  guessed('inbox', ['secondary', 'idle'], 'inboxMarkAsDone', unchanged, routingDocs),

  // The customer, and time
  documented('customer', ['secondary', 'inbox', 'idle'], 'customerWrites', unchanged, routingDocs),
  documented('time', ['secondary', 'inbox'], 'dayPasses', { next: 'nobody', told: 'nobody' }, routingDocs),
  documented('time', ['idle'], 'dayPasses', unchanged, routingDocs),
];
