import {
  anotherControls,
  notOwner,
  ownsAlready,
  rowsOf,
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

const { documented, guessed } = rowsOf('exclusive');

const mode = 'exclusive';
const apps = ['primary', 'secondary'] as const;
const othersOf: Readonly<Record<(typeof apps)[number], readonly OwnerSeen[]>> = {
  primary: ['secondary', 'inbox'],
  secondary: ['primary', 'secondary', 'inbox'],
};

const onlyOwner = (command: RuledCommand): readonly Rule[] =>
  apps.map((role) => guessed(role, [...othersOf[role], 'idle'], command, notOwner, errorDocs));

/** The Handover Protocol from September 2021 to 2023: a thread is idle or exclusively of one app. */
export const exclusiveRules: readonly Rule[] = [
  // Passing
  documented('primary', ['self'], 'pass', { next: 'target', told: 'passToNewOwner' }, conversationControl),
  // A pass from idle has a previous owner of null; Meta does not say who may.
  guessed('primary', ['idle'], 'pass', { next: 'target', told: 'passToNewOwner' }, handoversWebhook),
  guessed('primary', othersOf.primary, 'pass', notOwner, errorDocs),
  documented('secondary', ['self'], 'pass', { next: 'targetOrPrimary', told: 'passToNewOwner' }, conversationControl),
  guessed('secondary', [...othersOf.secondary, 'idle'], 'pass', notOwner, errorDocs),

  // Taking: the primary receiver at any time, anyone while the thread is idle
  ...apps.flatMap((role) => takeWhenOwnerRules(mode, role)),
  documented(
    'primary',
    [...othersOf.primary, 'idle'],
    'take',
    { next: 'actor', told: 'takeToLosingApp' },
    conversationControl,
  ),
  documented('secondary', ['idle'], 'take', { next: 'actor', told: 'takeToLosingApp' }, conversationControl),
  guessed(
    'secondary',
    othersOf.secondary,
    'take',
    { fault: 'takeNotAllowed', because: 'Only the primary receiver may take a thread that is not idle.' },
    conversationControl,
  ),

  // Requesting
  guessed(
    'primary',
    ['self', ...othersOf.primary, 'idle'],
    'request',
    { fault: 'onlySecondaryRequests', because: 'The primary receiver takes a thread, it does not request it.' },
    requestDocs,
  ),
  guessed('secondary', ['self'], 'request', ownsAlready, blog),
  documented('secondary', othersOf.secondary, 'request', { next: 'same', told: 'requestToPrimary' }, handoversWebhook),
  guessed('secondary', ['idle'], 'request', { next: 'same', told: 'requestToPrimary' }, handoversWebhook),

  // Releasing and extending
  ...apps.flatMap((role): readonly Rule[] => [
    documented(role, ['self'], 'release', { next: 'nobody', told: 'nobody' }, conversationControl),
    documented(role, ['self'], 'extend', unchanged, conversationControl),
  ]),
  ...onlyOwner('release'),
  ...onlyOwner('extend'),

  // Sending: the owner alone, and while the thread is idle everyone
  ...apps.flatMap((role): readonly Rule[] => [
    documented(role, ['self', 'idle'], 'send', unchanged, exclusivityDocs),
    documented(role, othersOf[role], 'send', anotherControls, exclusivityDocs),
  ]),

  // Asking
  ...apps.flatMap((role): readonly Rule[] => [
    documented(role, ['self', ...othersOf[role]], 'threadOwner', { answer: 'owner' }, conversationControl),
    guessed(role, ['idle'], 'threadOwner', { answer: 'empty' }, routingDocs),
  ]),
  documented(
    'primary',
    ['self', ...othersOf.primary, 'idle'],
    'secondaryReceivers',
    { answer: 'receivers' },
    receiversEdge,
  ),
  documented(
    'secondary',
    ['self', ...othersOf.secondary, 'idle'],
    'secondaryReceivers',
    { fault: 'receiversHidden', because: 'Only the primary receiver may see the secondary receivers.' },
    errorDocs,
  ),

  // The Page Inbox: nobody has written down how it kept to exclusivity, so it does as it did afterwards
  ...(['inboxReply', 'inboxMoveToMain'] as const).flatMap((command): readonly Rule[] => [
    guessed('inbox', ['self'], command, unchanged, routingDocs),
    guessed(
      'inbox',
      ['primary', 'secondary', 'idle'],
      command,
      { next: 'actor', told: 'takeToLosingApp' },
      routingDocs,
    ),
  ]),
  guessed('inbox', ['self'], 'inboxMarkAsDone', { next: 'primary', told: 'passToNewOwner' }, blog),
  guessed('inbox', ['primary', 'secondary', 'idle'], 'inboxMarkAsDone', unchanged, blog),

  // The customer, and time
  documented('customer', ['primary', 'secondary', 'inbox'], 'customerWrites', unchanged, exclusivityDocs),
  documented('customer', ['idle'], 'customerWrites', { next: 'primary', told: 'nobody' }, exclusivityDocs),
  documented(
    'time',
    ['primary', 'secondary', 'inbox'],
    'dayPasses',
    { next: 'nobody', told: 'nobody' },
    exclusivityDocs,
  ),
  documented('time', ['idle'], 'dayPasses', unchanged, exclusivityDocs),
];
