import { anotherControls, notOwner, ownsAlready, passNotOwner, releaseNotOwner, rowsOf, unchanged } from './rule.ts';
import type { Rule } from './rule.ts';
import { errorDocs, instagramControl, openReports, routingDocs } from './ruleSources.ts';

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
  documented(role, ['inbox', 'metaAi'], 'pass', passNotOwner, openReports),
  guessed(role, ['secondary'], 'pass', passNotOwner, openReports),

  // Taking
  documented(
    role,
    ['self', 'secondary', 'inbox', 'metaAi', 'idle'],
    'take',
    { fault: 'noDefaultApp', because: 'A Page without a default app has no taking of control.' },
    routingDocs,
  ),

  // Requesting: the first one gets control
  // That the app gets control is Meta's word; which event tells it is not.
  guessed(role, ['idle'], 'request', { next: 'actor', told: 'passToActor' }, instagramControl),
  guessed(role, ['self'], 'request', ownsAlready, instagramControl),
  guessed(role, ['secondary'], 'request', { next: 'same', told: 'requestToOwner' }, instagramControl),
  // Success without any effect, as recorded: nobody is there to answer.
  documented(role, ['inbox', 'metaAi'], 'request', unchanged, openReports),

  // Releasing and extending
  documented(role, ['self'], 'release', { next: 'nobody', told: 'nobody' }, instagramControl),
  documented(role, ['self'], 'extend', unchanged, instagramControl),
  documented(role, ['inbox', 'metaAi'], 'release', releaseNotOwner, openReports),
  guessed(role, ['secondary', 'idle'], 'release', releaseNotOwner, openReports),
  guessed(role, ['secondary', 'inbox', 'metaAi', 'idle'], 'extend', notOwner, errorDocs),

  // Sending: everyone may, Meta writes, and refused it where its inbox or AI owned the thread
  documented(role, ['self', 'secondary', 'idle'], 'send', unchanged, routingDocs),
  documented(role, ['inbox', 'metaAi'], 'send', anotherControls, openReports, {
    switch: 'sendInOpen',
    is: 'refusedWhileMetaOwns',
  }),
  documented(role, ['inbox', 'metaAi'], 'send', unchanged, routingDocs, { switch: 'sendInOpen', is: 'allowed' }),

  // Asking
  documented(role, ['self'], 'threadOwner', { answer: 'owner' }, instagramControl),
  documented(role, ['secondary', 'inbox', 'metaAi'], 'threadOwner', { answer: 'expirationOnly' }, instagramControl),
  documented(role, ['idle'], 'threadOwner', { answer: 'empty' }, instagramControl),
  guessed(
    role,
    ['self', 'secondary', 'inbox', 'metaAi', 'idle'],
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
  documented('customer', ['secondary', 'inbox'], 'customerWrites', unchanged, routingDocs),
  documented('customer', ['idle'], 'customerWrites', { next: 'entryPoint', told: 'nobody' }, routingDocs),
  documented('time', ['secondary', 'inbox'], 'dayPasses', { next: 'nobody', told: 'nobody' }, routingDocs),
  documented('time', ['idle'], 'dayPasses', unchanged, routingDocs),
];
