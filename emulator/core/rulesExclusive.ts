import {
  anotherControls,
  notOwner,
  ownsAlready,
  takeWhenOwnerRules,
  unchanged,
  type OwnerSeen,
  type Rule,
  type RuledCommand,
} from './rule.ts';
import {
  blog,
  conversationControl,
  errorDocs,
  exclusivityDocs,
  handoversWebhook,
  receiversEdge,
  requestDocs,
  routingDocs,
} from './ruleSources.ts';

const mode = 'exclusive';
const apps = ['primary', 'secondary'] as const;
const othersOf: Readonly<Record<(typeof apps)[number], readonly OwnerSeen[]>> = {
  primary: ['secondary', 'inbox'],
  secondary: ['primary', 'secondary', 'inbox'],
};

const onlyOwner = (command: RuledCommand): readonly Rule[] =>
  apps.map((role) => ({
    mode,
    role,
    owners: [...othersOf[role], 'idle'],
    command,
    then: notOwner,
    source: errorDocs,
    guessed: true,
  }));

/** The Handover Protocol from September 2021 to 2023: a thread is idle or exclusively of one app. */
export const exclusiveRules: readonly Rule[] = [
  // Passing
  {
    mode,
    role: 'primary',
    owners: ['self'],
    command: 'pass',
    then: { next: 'target', told: 'passToNewOwner' },
    source: conversationControl,
  },
  {
    mode,
    role: 'primary',
    owners: ['idle'],
    command: 'pass',
    // A pass from idle has a previous owner of null; Meta does not say who may.
    then: { next: 'target', told: 'passToNewOwner' },
    source: handoversWebhook,
    guessed: true,
  },
  {
    mode,
    role: 'primary',
    owners: othersOf.primary,
    command: 'pass',
    then: notOwner,
    source: errorDocs,
    guessed: true,
  },
  {
    mode,
    role: 'secondary',
    owners: ['self'],
    command: 'pass',
    then: { next: 'targetOrPrimary', told: 'passToNewOwner' },
    source: conversationControl,
  },
  {
    mode,
    role: 'secondary',
    owners: [...othersOf.secondary, 'idle'],
    command: 'pass',
    then: notOwner,
    source: errorDocs,
    guessed: true,
  },

  // Taking: the primary receiver at any time, anyone while the thread is idle
  ...apps.flatMap((role) => takeWhenOwnerRules(mode, role)),
  {
    mode,
    role: 'primary',
    owners: [...othersOf.primary, 'idle'],
    command: 'take',
    then: { next: 'actor', told: 'takeToLosingApp' },
    source: conversationControl,
  },
  {
    mode,
    role: 'secondary',
    owners: ['idle'],
    command: 'take',
    then: { next: 'actor', told: 'takeToLosingApp' },
    source: conversationControl,
  },
  {
    mode,
    role: 'secondary',
    owners: othersOf.secondary,
    command: 'take',
    then: { fault: 'takeNotAllowed', because: 'Only the primary receiver may take a thread that is not idle.' },
    source: conversationControl,
    guessed: true,
  },

  // Requesting
  {
    mode,
    role: 'primary',
    owners: ['self', ...othersOf.primary, 'idle'],
    command: 'request',
    then: { fault: 'onlySecondaryRequests', because: 'The primary receiver takes a thread, it does not request it.' },
    source: requestDocs,
    guessed: true,
  },
  {
    mode,
    role: 'secondary',
    owners: ['self'],
    command: 'request',
    then: ownsAlready,
    source: blog,
    guessed: true,
  },
  {
    mode,
    role: 'secondary',
    owners: othersOf.secondary,
    command: 'request',
    then: { next: 'same', told: 'requestToPrimary' },
    source: handoversWebhook,
  },
  {
    mode,
    role: 'secondary',
    owners: ['idle'],
    command: 'request',
    then: { next: 'same', told: 'requestToPrimary' },
    source: handoversWebhook,
    guessed: true,
  },

  // Releasing and extending
  ...apps.flatMap((role): readonly Rule[] => [
    {
      mode,
      role,
      owners: ['self'],
      command: 'release',
      then: { next: 'nobody', told: 'nobody' },
      source: conversationControl,
    },
    {
      mode,
      role,
      owners: ['self'],
      command: 'extend',
      then: unchanged,
      source: conversationControl,
    },
  ]),
  ...onlyOwner('release'),
  ...onlyOwner('extend'),

  // Sending: the owner alone, and while the thread is idle everyone
  ...apps.flatMap((role): readonly Rule[] => [
    {
      mode,
      role,
      owners: ['self', 'idle'],
      command: 'send',
      then: unchanged,
      source: exclusivityDocs,
    },
    {
      mode,
      role,
      owners: othersOf[role],
      command: 'send',
      then: anotherControls,
      source: exclusivityDocs,
    },
  ]),

  // Asking
  ...apps.flatMap((role): readonly Rule[] => [
    {
      mode,
      role,
      owners: ['self', ...othersOf[role]],
      command: 'threadOwner',
      then: { answer: 'owner' },
      source: conversationControl,
    },
    {
      mode,
      role,
      owners: ['idle'],
      command: 'threadOwner',
      then: { answer: 'empty' },
      source: routingDocs,
      guessed: true,
    },
  ]),
  {
    mode,
    role: 'primary',
    owners: ['self', ...othersOf.primary, 'idle'],
    command: 'secondaryReceivers',
    then: { answer: 'receivers' },
    source: receiversEdge,
  },
  {
    mode,
    role: 'secondary',
    owners: ['self', ...othersOf.secondary, 'idle'],
    command: 'secondaryReceivers',
    then: { fault: 'receiversHidden', because: 'Only the primary receiver may see the secondary receivers.' },
    source: errorDocs,
  },

  // The Page Inbox: nobody has written down how it kept to exclusivity, so it does as it did afterwards
  ...(['inboxReply', 'inboxMoveToMain'] as const).flatMap((command): readonly Rule[] => [
    {
      mode,
      role: 'inbox',
      owners: ['self'],
      command,
      then: unchanged,
      source: routingDocs,
      guessed: true,
    },
    {
      mode,
      role: 'inbox',
      owners: ['primary', 'secondary', 'idle'],
      command,
      then: { next: 'actor', told: 'takeToLosingApp' },
      source: routingDocs,
      guessed: true,
    },
  ]),
  {
    mode,
    role: 'inbox',
    owners: ['self'],
    command: 'inboxMarkAsDone',
    then: { next: 'primary', told: 'passToNewOwner' },
    source: blog,
    guessed: true,
  },
  {
    mode,
    role: 'inbox',
    owners: ['primary', 'secondary', 'idle'],
    command: 'inboxMarkAsDone',
    then: unchanged,
    source: blog,
    guessed: true,
  },

  // The customer, and time
  {
    mode,
    role: 'customer',
    owners: ['primary', 'secondary', 'inbox'],
    command: 'customerWrites',
    then: unchanged,
    source: exclusivityDocs,
  },
  {
    mode,
    role: 'customer',
    owners: ['idle'],
    command: 'customerWrites',
    then: { next: 'primary', told: 'nobody' },
    source: exclusivityDocs,
  },
  {
    mode,
    role: 'time',
    owners: ['primary', 'secondary', 'inbox'],
    command: 'dayPasses',
    then: { next: 'nobody', told: 'nobody' },
    source: exclusivityDocs,
  },
  {
    mode,
    role: 'time',
    owners: ['idle'],
    command: 'dayPasses',
    then: unchanged,
    source: exclusivityDocs,
  },
];
