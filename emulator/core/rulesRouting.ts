import {
  anotherControls,
  notOwner,
  ownsAlready,
  passNotOwner,
  releaseNotOwner,
  rowsOf,
  takeWhenOwnerRules,
  unchanged,
  type OwnerSeen,
  type Rule,
} from './rule.ts';
import { routingDocs, handoversWebhook, errorDocs, receiversEdge, blog, openReports } from './ruleSources.ts';

const { documented, guessed } = rowsOf('routing');

const requestRules = (role: 'primary' | 'secondary', others: readonly OwnerSeen[]): readonly Rule[] => [
  guessed(
    role,
    ['self', ...others],
    'request',
    {
      fault: 'requestWhileRouted',
      because: 'Requesting control is only supported on Pages without a default app.',
    },
    routingDocs,
    { switch: 'requestInRouting', is: 'refused' },
  ),
  ...(['toDefaultApp', 'toOwner'] as const).flatMap((way): readonly Rule[] => [
    guessed(role, ['self'], 'request', ownsAlready, handoversWebhook, { switch: 'requestInRouting', is: way }),
    guessed(
      role,
      others,
      'request',
      { next: 'same', told: way === 'toOwner' ? 'requestToOwner' : 'requestToPrimary' },
      handoversWebhook,
      { switch: 'requestInRouting', is: way },
    ),
  ]),
];

/** Conversation Routing with a default app, which Pages have today. */
export const routingRules: readonly Rule[] = [
  // Passing
  documented('primary', ['self'], 'pass', { next: 'target', told: 'passToNewOwner' }, routingDocs),
  // Meta documents a pass from idle (previous_owner_app_id null) without saying who may.
  guessed('primary', ['idle'], 'pass', { next: 'target', told: 'passToNewOwner' }, handoversWebhook),
  guessed('primary', ['secondary', 'inbox'], 'pass', passNotOwner, openReports),
  documented('secondary', ['self'], 'pass', { next: 'targetOrPrimary', told: 'passToNewOwner' }, routingDocs),
  guessed('secondary', ['primary', 'secondary', 'inbox', 'idle'], 'pass', passNotOwner, openReports),

  // Taking
  ...takeWhenOwnerRules('routing', 'primary'),
  documented('primary', ['secondary', 'inbox'], 'take', { next: 'actor', told: 'takeToLosingApp' }, routingDocs),
  documented('primary', ['idle'], 'take', { next: 'actor', told: 'takeToLosingApp' }, routingDocs),
  ...takeWhenOwnerRules('routing', 'secondary'),
  documented('secondary', ['idle'], 'take', { next: 'actor', told: 'takeToLosingApp' }, routingDocs),
  documented(
    'secondary',
    ['primary', 'secondary', 'inbox'],
    'take',
    { next: 'actor', told: 'takeToLosingApp' },
    routingDocs,
    { mayTakeControl: 'yes' },
  ),
  guessed(
    'secondary',
    ['primary', 'secondary', 'inbox'],
    'take',
    {
      fault: 'takeNotAllowed',
      because: 'The Page does not let this app take control of a conversation that another one owns.',
    },
    routingDocs,
    { mayTakeControl: 'no' },
  ),

  // Requesting
  ...requestRules('primary', ['secondary', 'inbox', 'idle']),
  ...requestRules('secondary', ['primary', 'secondary', 'inbox', 'idle']),

  // Releasing: no webhook tells of it
  ...(['primary', 'secondary'] as const).map((role): Rule =>
    documented(role, ['self'], 'release', { next: 'nobody', told: 'nobody' }, routingDocs),
  ),
  guessed('primary', ['secondary', 'inbox', 'idle'], 'release', releaseNotOwner, openReports),
  guessed('secondary', ['primary', 'secondary', 'inbox', 'idle'], 'release', releaseNotOwner, openReports),

  // Extending
  ...(['primary', 'secondary'] as const).map((role): Rule =>
    documented(role, ['self'], 'extend', unchanged, routingDocs),
  ),
  guessed('primary', ['secondary', 'inbox', 'idle'], 'extend', notOwner, errorDocs),
  guessed('secondary', ['primary', 'secondary', 'inbox', 'idle'], 'extend', notOwner, errorDocs),

  // Sending
  documented('primary', ['self', 'idle'], 'send', unchanged, routingDocs),
  documented('primary', ['secondary', 'inbox'], 'send', anotherControls, errorDocs),
  documented('secondary', ['self'], 'send', unchanged, routingDocs),
  documented('secondary', ['primary', 'secondary', 'inbox'], 'send', anotherControls, errorDocs),
  documented(
    'secondary',
    ['idle'],
    'send',
    { fault: 'anotherAppControls', because: 'While a thread is idle only the default app may send.' },
    routingDocs,
  ),

  // Asking
  ...(['primary', 'secondary'] as const).flatMap((role): readonly Rule[] => [
    documented(role, ['self'], 'threadOwner', { answer: 'owner' }, routingDocs),
    documented(role, ['idle'], 'threadOwner', { answer: 'empty' }, routingDocs),
  ]),
  documented('primary', ['secondary', 'inbox'], 'threadOwner', { answer: 'owner' }, routingDocs),
  documented('secondary', ['primary', 'secondary', 'inbox'], 'threadOwner', { answer: 'expirationOnly' }, routingDocs),
  guessed(
    'primary',
    ['self', 'secondary', 'inbox', 'idle'],
    'secondaryReceivers',
    { answer: 'receivers' },
    receiversEdge,
  ),
  guessed(
    'secondary',
    ['self', 'primary', 'secondary', 'inbox', 'idle'],
    'secondaryReceivers',
    { fault: 'receiversHidden', because: 'Only the default app may see the other receivers.' },
    errorDocs,
  ),

  // The Page Inbox takes control by what the agent does
  ...(['inboxReply', 'inboxMoveToMain'] as const).flatMap((command): readonly Rule[] => [
    documented('inbox', ['self'], command, unchanged, routingDocs),
    documented(
      'inbox',
      ['primary', 'secondary', 'idle'],
      command,
      { next: 'actor', told: 'takeToLosingApp' },
      routingDocs,
    ),
  ]),
  guessed('inbox', ['self'], 'inboxMarkAsDone', { next: 'primary', told: 'passToNewOwner' }, blog, {
    switch: 'doneInRouting',
    is: 'passToDefaultApp',
  }),
  guessed('inbox', ['self'], 'inboxMarkAsDone', { next: 'nobody', told: 'nobody' }, routingDocs, {
    switch: 'doneInRouting',
    is: 'release',
  }),
  guessed('inbox', ['self'], 'inboxMarkAsDone', unchanged, routingDocs, { switch: 'doneInRouting', is: 'folderOnly' }),
  guessed('inbox', ['primary', 'secondary', 'idle'], 'inboxMarkAsDone', unchanged, routingDocs),

  // The customer, and time
  documented('customer', ['primary', 'secondary', 'inbox'], 'customerWrites', unchanged, routingDocs),
  documented('customer', ['idle'], 'customerWrites', { next: 'entryPoint', told: 'nobody' }, routingDocs),
  documented('time', ['primary', 'secondary', 'inbox'], 'dayPasses', { next: 'nobody', told: 'nobody' }, routingDocs),
  documented('time', ['idle'], 'dayPasses', unchanged, routingDocs),
];
