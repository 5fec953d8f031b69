import { notOwner, ownsAlready, unchanged, type Rule } from './rule.ts';
import { errorDocs, instagramControl, routingDocs } from './ruleSources.ts';

const mode = 'open';
const role = 'secondary';

/**
 * A Page without a default app, which Meta calls the default behaviour: there is no primary receiver, a thread is idle unless an
 * app has requested it or had it passed, and every app may answer.
 */
export const openRules: readonly Rule[] = [
  // Passing: while the thread is idle any app may, also to itself
  {
    mode,
    role,
    owners: ['self'],
    command: 'pass',
    then: { next: 'target', told: 'passToNewOwner' },
    source: instagramControl,
  },
  {
    mode,
    role,
    owners: ['idle'],
    command: 'pass',
    then: { next: 'targetOrSelf', told: 'passToNewOwner' },
    source: instagramControl,
  },
  {
    mode,
    role,
    owners: ['secondary', 'inbox'],
    command: 'pass',
    then: notOwner,
    source: errorDocs,
    guessed: true,
  },

  // Taking
  {
    mode,
    role,
    owners: ['self', 'secondary', 'inbox', 'idle'],
    command: 'take',
    then: { fault: 'noDefaultApp', because: 'A Page without a default app has no taking of control.' },
    source: routingDocs,
  },

  // Requesting: the first one gets control
  {
    mode,
    role,
    owners: ['idle'],
    command: 'request',
    then: { next: 'actor', told: 'passToActor' },
    source: instagramControl,
    // That the app gets control is Meta's word; which event tells it is not.
    guessed: true,
  },
  {
    mode,
    role,
    owners: ['self'],
    command: 'request',
    then: ownsAlready,
    source: instagramControl,
    guessed: true,
  },
  {
    mode,
    role,
    owners: ['secondary', 'inbox'],
    command: 'request',
    then: { next: 'same', told: 'requestToOwner' },
    source: instagramControl,
    guessed: true,
  },

  // Releasing and extending
  {
    mode,
    role,
    owners: ['self'],
    command: 'release',
    then: { next: 'nobody', told: 'nobody' },
    source: instagramControl,
  },
  {
    mode,
    role,
    owners: ['self'],
    command: 'extend',
    then: unchanged,
    source: instagramControl,
  },
  ...(['release', 'extend'] as const).map((command): Rule => ({
    mode,
    role,
    owners: ['secondary', 'inbox', 'idle'],
    command,
    then: notOwner,
    source: errorDocs,
    guessed: true,
  })),

  // Sending
  {
    mode,
    role,
    owners: ['self', 'secondary', 'inbox', 'idle'],
    command: 'send',
    then: unchanged,
    source: routingDocs,
  },

  // Asking
  {
    mode,
    role,
    owners: ['self'],
    command: 'threadOwner',
    then: { answer: 'owner' },
    source: instagramControl,
  },
  {
    mode,
    role,
    owners: ['secondary', 'inbox'],
    command: 'threadOwner',
    then: { answer: 'expirationOnly' },
    source: instagramControl,
  },
  {
    mode,
    role,
    owners: ['idle'],
    command: 'threadOwner',
    then: { answer: 'empty' },
    source: instagramControl,
  },
  {
    mode,
    role,
    owners: ['self', 'secondary', 'inbox', 'idle'],
    command: 'secondaryReceivers',
    then: {
      fault: 'onlyReceivers',
      because: 'Without a default app the Page has neither primary nor secondary receivers.',
    },
    source: errorDocs,
    guessed: true,
  },

  // The Page Inbox answers like every app
  {
    mode,
    role: 'inbox',
    owners: ['self', 'secondary', 'idle'],
    command: 'inboxReply',
    then: unchanged,
    source: routingDocs,
  },
  {
    mode,
    role: 'inbox',
    owners: ['self', 'secondary', 'idle'],
    command: 'inboxMoveToMain',
    then: unchanged,
    source: routingDocs,
    guessed: true,
  },
  {
    mode,
    role: 'inbox',
    owners: ['self'],
    command: 'inboxMarkAsDone',
    then: { next: 'nobody', told: 'nobody' },
    source: routingDocs,
    guessed: true,
  },
  {
    mode,
    role: 'inbox',
    owners: ['secondary', 'idle'],
    command: 'inboxMarkAsDone',
    then: unchanged,
    source: routingDocs,
    guessed: true,
  },

  // The customer, and time
  {
    mode,
    role: 'customer',
    owners: ['secondary', 'inbox', 'idle'],
    command: 'customerWrites',
    then: unchanged,
    source: routingDocs,
  },
  {
    mode,
    role: 'time',
    owners: ['secondary', 'inbox'],
    command: 'dayPasses',
    then: { next: 'nobody', told: 'nobody' },
    source: routingDocs,
  },
  {
    mode,
    role: 'time',
    owners: ['idle'],
    command: 'dayPasses',
    then: unchanged,
    source: routingDocs,
  },
];
