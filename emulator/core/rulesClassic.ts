import { notInClassic, notOwner, ownsAlready, rowsOf, unchanged, type Rule } from './rule.ts';
import {
  handoverDocs,
  passDocs,
  requestDocs,
  conversationControl,
  handoversWebhook,
  errorDocs,
  receiversEdge,
  blog,
  moveToMainIssue,
  tutorialPicture,
} from './ruleSources.ts';

const { documented, guessed } = rowsOf('classic');

/** The Handover Protocol of 2017 to 2022, which Microsoft's handover sample was written for. */
export const classicRules: readonly Rule[] = [
  // Passing
  documented('primary', ['self'], 'pass', { next: 'target', told: 'passToNewOwner' }, passDocs),
  guessed('primary', ['secondary', 'inbox'], 'pass', notOwner, passDocs),
  // A target is ignored.
  documented('secondary', ['self'], 'pass', { next: 'primary', told: 'passToNewOwner' }, blog),
  guessed('secondary', ['primary', 'secondary', 'inbox'], 'pass', notOwner, passDocs),

  // Taking
  documented('primary', ['self'], 'take', unchanged, blog, { switch: 'takeWhenOwner', is: 'asMode' }),
  documented('primary', ['self'], 'take', unchanged, blog, { switch: 'takeWhenOwner', is: 'success' }),
  guessed('primary', ['self'], 'take', ownsAlready, errorDocs, { switch: 'takeWhenOwner', is: 'fault' }),
  documented('primary', ['secondary'], 'take', { next: 'actor', told: 'takeToLosingApp' }, handoversWebhook),
  // The primary hears of its own taking, as if the inbox had passed.
  documented('primary', ['inbox'], 'take', { next: 'actor', told: 'passToActor' }, blog, {
    switch: 'takeFromInboxTells',
    is: 'passToActor',
  }),
  documented('primary', ['inbox'], 'take', { next: 'actor', told: 'nobody' }, tutorialPicture, {
    switch: 'takeFromInboxTells',
    is: 'nobody',
  }),
  guessed(
    'secondary',
    ['self', 'primary', 'secondary', 'inbox'],
    'take',
    {
      fault: 'onlyPrimaryTakes',
      because: 'In the classic protocol only the primary receiver may take a thread.',
    },
    handoverDocs,
  ),

  // Requesting
  guessed(
    'primary',
    ['self', 'secondary', 'inbox'],
    'request',
    { fault: 'onlySecondaryRequests', because: 'The primary receiver takes a thread, it does not request it.' },
    requestDocs,
  ),
  guessed('secondary', ['self'], 'request', ownsAlready, blog),
  documented(
    'secondary',
    ['primary', 'secondary', 'inbox'],
    'request',
    { next: 'same', told: 'requestToPrimary' },
    requestDocs,
  ),

  // Later calls
  ...(['release', 'extend'] as const).flatMap((command): readonly Rule[] => [
    guessed('primary', ['self', 'secondary', 'inbox'], command, notInClassic, conversationControl),
    guessed('secondary', ['self', 'primary', 'secondary', 'inbox'], command, notInClassic, conversationControl),
  ]),

  // Sending: every receiver may, whoever owns the thread
  documented('primary', ['self', 'secondary', 'inbox'], 'send', unchanged, handoverDocs),
  documented('secondary', ['self', 'primary', 'secondary', 'inbox'], 'send', unchanged, handoverDocs),

  // Asking
  documented('primary', ['self', 'secondary', 'inbox'], 'threadOwner', { answer: 'owner' }, handoverDocs),
  guessed('secondary', ['self', 'primary', 'secondary', 'inbox'], 'threadOwner', { answer: 'owner' }, handoverDocs),
  documented('primary', ['self', 'secondary', 'inbox'], 'secondaryReceivers', { answer: 'receivers' }, receiversEdge),
  documented(
    'secondary',
    ['self', 'primary', 'secondary', 'inbox'],
    'secondaryReceivers',
    { fault: 'receiversHidden', because: 'Only the primary receiver may see the secondary receivers.' },
    errorDocs,
  ),

  // The Page Inbox
  documented('inbox', ['self', 'primary', 'secondary'], 'inboxReply', unchanged, handoverDocs),
  documented('inbox', ['self'], 'inboxMarkAsDone', { next: 'primary', told: 'passToNewOwner' }, blog),
  guessed('inbox', ['primary', 'secondary'], 'inboxMarkAsDone', unchanged, blog),
  guessed('inbox', ['self'], 'inboxMoveToMain', unchanged, blog),
  documented(
    'inbox',
    ['primary', 'secondary'],
    'inboxMoveToMain',
    { next: 'same', told: 'requestToPrimary' },
    moveToMainIssue,
  ),

  // The customer, and time
  documented('customer', ['primary', 'secondary', 'inbox'], 'customerWrites', unchanged, handoverDocs),
  documented('time', ['primary', 'secondary', 'inbox'], 'dayPasses', unchanged, handoverDocs),
];
