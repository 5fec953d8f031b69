import {
  anotherControls,
  notOwner,
  passNotOwner,
  releaseNotOwner,
  rowsOf,
  unchanged,
  type OwnerSeen,
  type Rule,
} from './rule.ts';
import {
  conversationControl,
  errorDocs,
  metaAiReports,
  openReports,
  receiversEdge,
  routingDocs,
} from './ruleSources.ts';

const { documented, guessed } = rowsOf('routing');
const apps = ['primary', 'secondary'] as const;
const taken = { next: 'actor', told: 'takeToLosingApp' } as const;

/**
 * `routing`: what apps can do while Meta's AI owns the thread. It was recorded that others cannot send. Whether it yields to a take by the default
 * app, as everybody else must, is unknown. What apps can do in `open` is in that mode's own table.
 */
const whileAiOwns: readonly Rule[] = [
  ...apps.flatMap((role): readonly Rule[] => [
    documented(role, ['metaAi'], 'send', anotherControls, metaAiReports),
    guessed(role, ['metaAi'], 'pass', passNotOwner, openReports),
    guessed(role, ['metaAi'], 'release', releaseNotOwner, openReports),
    guessed(role, ['metaAi'], 'extend', notOwner, errorDocs),
    guessed(
      role,
      ['metaAi'],
      'request',
      {
        fault: 'requestWhileRouted',
        because: 'Requesting control is only supported on Pages without a default app.',
      },
      routingDocs,
      { switch: 'requestInRouting', is: 'refused' },
    ),
    guessed(role, ['metaAi'], 'request', { next: 'same', told: 'requestToPrimary' }, routingDocs, {
      switch: 'requestInRouting',
      is: 'toDefaultApp',
    }),
    // It has no webhook.
    guessed(role, ['metaAi'], 'request', unchanged, openReports, { switch: 'requestInRouting', is: 'toOwner' }),
  ]),
  guessed('primary', ['metaAi'], 'take', taken, routingDocs),
  guessed('secondary', ['metaAi'], 'take', taken, routingDocs, { mayTakeControl: 'yes' }),
  guessed(
    'secondary',
    ['metaAi'],
    'take',
    {
      fault: 'takeNotAllowed',
      because: 'The Page does not let this app take control of a conversation that another one owns.',
    },
    routingDocs,
    { mayTakeControl: 'no' },
  ),
  guessed('primary', ['metaAi'], 'threadOwner', { answer: 'owner' }, routingDocs),
  guessed('secondary', ['metaAi'], 'threadOwner', { answer: 'expirationOnly' }, routingDocs),
  guessed('primary', ['metaAi'], 'secondaryReceivers', { answer: 'receivers' }, receiversEdge),
  guessed(
    'secondary',
    ['metaAi'],
    'secondaryReceivers',
    { fault: 'receiversHidden', because: 'Only the default app may see the other receivers.' },
    errorDocs,
  ),
];

/** What is the same in both modes: the others around Meta's AI, and what it does itself. */
const inMode = (mode: 'routing' | 'open', others: readonly OwnerSeen[]): readonly Rule[] => {
  const rows = rowsOf(mode);
  return [
    // A notice tells people that they took the thread over.
    rows.documented('inbox', ['metaAi'], 'inboxReply', taken, metaAiReports),
    rows.guessed('inbox', ['metaAi'], 'inboxMoveToMain', taken, metaAiReports),
    rows.guessed('inbox', ['metaAi'], 'inboxMarkAsDone', unchanged, metaAiReports),
    rows.documented('customer', ['metaAi'], 'customerWrites', unchanged, metaAiReports),
    rows.guessed('time', ['metaAi'], 'dayPasses', { next: 'nobody', told: 'nobody' }, conversationControl),

    rows.documented('metaAi', others, 'aiTakes', taken, metaAiReports),
    rows.guessed('metaAi', ['inbox'], 'aiTakes', taken, metaAiReports),
    rows.guessed('metaAi', ['self'], 'aiTakes', unchanged, metaAiReports),
    rows.documented('metaAi', ['self'], 'aiAnswers', unchanged, metaAiReports),
    rows.documented('metaAi', ['self'], 'aiPassesBack', { next: 'target', told: 'passToNewOwner' }, metaAiReports),
    rows.documented('metaAi', ['self'], 'aiLetsGo', { next: 'target', told: 'nobody' }, metaAiReports),
  ];
};

/** Meta's own AI, which can own threads wherever there is Conversation Routing, with a default app or without. */
export const metaAiRules: readonly Rule[] = [
  ...whileAiOwns,
  ...inMode('routing', ['primary', 'secondary', 'idle']),
  ...inMode('open', ['secondary']),
  // Without a default app nobody is named who would have to be told.
  rowsOf('open').guessed('metaAi', ['idle'], 'aiTakes', { next: 'actor', told: 'nobody' }, metaAiReports),
];
