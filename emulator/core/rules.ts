/**
 * Who may do what to a conversation: one table.
 *
 * A row says, for a mode, the actor's role, who owns the thread as the actor sees it, and a command, who owns it next and which
 * webhook tells of it, or with which fault Meta refuses. Each row names the page it comes from. `guessed` marks what nobody
 * has seen Meta do. Rows with `when` depend on a switch, so that a guess can be turned into the other guess.
 */
import type { FaultName } from './graphFaults.ts';
import { listenerOf, pageInboxAppId, type MessengerState, type Mode, type RuleSwitches, type Thread } from './state.ts';

export type Role = 'primary' | 'secondary' | 'inbox' | 'customer' | 'time';

/** The owner as the actor sees it. `secondary` is another secondary receiver than the actor. */
export type OwnerSeen = 'self' | 'primary' | 'secondary' | 'inbox' | 'idle';

export type RuledCommand =
  | 'pass'
  | 'take'
  | 'request'
  | 'release'
  | 'extend'
  | 'send'
  | 'threadOwner'
  | 'secondaryReceivers'
  | 'inboxReply'
  | 'inboxMarkAsDone'
  | 'inboxMoveToMain'
  | 'customerWrites'
  | 'dayPasses';

/** Who owns the thread afterwards. */
export type NextOwner = 'same' | 'actor' | 'target' | 'targetOrPrimary' | 'primary' | 'nobody';

/** Which handover event tells of it, and whom. The Page Inbox has no webhook. */
export type Told =
  'nobody' | 'passToNewOwner' | 'takeToLosingApp' | 'passToActor' | 'requestToPrimary' | 'requestToOwner';

export type Outcome =
  | { readonly next: NextOwner; readonly told: Told }
  | { readonly answer: 'owner' | 'expirationOnly' | 'empty' | 'receivers' }
  | { readonly fault: FaultName; readonly because: string };

export type Condition =
  | {
      readonly [Name in keyof RuleSwitches]: { readonly switch: Name; readonly is: RuleSwitches[Name] };
    }[keyof RuleSwitches]
  | { readonly mayTakeControl: 'yes' | 'no' };

export interface Rule {
  readonly mode: Mode;
  readonly role: Role;
  readonly owners: readonly OwnerSeen[];
  readonly command: RuledCommand;
  readonly when?: Condition;
  readonly then: Outcome;
  readonly source: string;
  readonly guessed?: true;
}

const handoverDocs = 'https://developers.facebook.com/docs/messenger-platform/handover-protocol';
const passDocs = `${handoverDocs}/pass-thread-control`;
const requestDocs = `${handoverDocs}/request-thread-control`;
const conversationControl = `${handoverDocs}/conversation-control`;
const routingDocs =
  'https://developers.facebook.com/documentation/business-messaging/messenger-platform/conversation-routing';
const handoversWebhook =
  'https://developers.facebook.com/docs/messenger-platform/reference/webhook-events/messaging_handovers';
const errorDocs = 'https://developers.facebook.com/docs/messenger-platform/error-codes';
const receiversEdge = 'https://developers.facebook.com/docs/graph-api/reference/page/secondary_receivers';
const blog =
  'Kyle Delaney, Using the Facebook Messenger Handover Protocol with the Microsoft Bot Framework (Microsoft, May 2019)';
const moveToMainIssue = 'https://github.com/microsoft/botframework-sdk/issues/4946';

/** The owners that an actor can meet in a mode. `classic` knows no idle thread. */
export function ownersSeenBy(mode: Mode, role: Role): readonly OwnerSeen[] {
  const idle: readonly OwnerSeen[] = mode === 'classic' ? [] : ['idle'];
  switch (role) {
    case 'primary':
      return ['self', 'secondary', 'inbox', ...idle];
    case 'secondary':
      return ['self', 'primary', 'secondary', 'inbox', ...idle];
    case 'inbox':
      return ['self', 'primary', 'secondary', ...idle];
    case 'customer':
    case 'time':
      return ['primary', 'secondary', 'inbox', ...idle];
  }
}

/** The commands of each role. */
export const commandsOf: Readonly<Record<Role, readonly RuledCommand[]>> = {
  primary: ['pass', 'take', 'request', 'release', 'extend', 'send', 'threadOwner', 'secondaryReceivers'],
  secondary: ['pass', 'take', 'request', 'release', 'extend', 'send', 'threadOwner', 'secondaryReceivers'],
  inbox: ['inboxReply', 'inboxMarkAsDone', 'inboxMoveToMain'],
  customer: ['customerWrites'],
  time: ['dayPasses'],
};

const unchanged: Outcome = { next: 'same', told: 'nobody' };
const notOwner: Outcome = { fault: 'notThreadOwner', because: 'Only the owner of the thread may do this.' };
const ownsAlready: Outcome = { fault: 'alreadyThreadOwner', because: 'The app owns the thread already.' };
const notInClassic: Outcome = {
  fault: 'noSuchObject',
  because: 'The classic Handover Protocol had no such call.',
};

const classicRules: readonly Rule[] = [
  // Passing
  {
    mode: 'classic',
    role: 'primary',
    owners: ['self'],
    command: 'pass',
    then: { next: 'target', told: 'passToNewOwner' },
    source: passDocs,
  },
  {
    mode: 'classic',
    role: 'primary',
    owners: ['secondary', 'inbox'],
    command: 'pass',
    then: notOwner,
    source: passDocs,
    guessed: true,
  },
  {
    mode: 'classic',
    role: 'secondary',
    owners: ['self'],
    command: 'pass',
    // A target is ignored.
    then: { next: 'primary', told: 'passToNewOwner' },
    source: blog,
  },
  {
    mode: 'classic',
    role: 'secondary',
    owners: ['primary', 'secondary', 'inbox'],
    command: 'pass',
    then: notOwner,
    source: passDocs,
    guessed: true,
  },

  // Taking
  {
    mode: 'classic',
    role: 'primary',
    owners: ['self'],
    command: 'take',
    when: { switch: 'takeWhenOwner', is: 'asMode' },
    then: unchanged,
    source: blog,
  },
  {
    mode: 'classic',
    role: 'primary',
    owners: ['self'],
    command: 'take',
    when: { switch: 'takeWhenOwner', is: 'success' },
    then: unchanged,
    source: blog,
  },
  {
    mode: 'classic',
    role: 'primary',
    owners: ['self'],
    command: 'take',
    when: { switch: 'takeWhenOwner', is: 'fault' },
    then: ownsAlready,
    source: errorDocs,
    guessed: true,
  },
  {
    mode: 'classic',
    role: 'primary',
    owners: ['secondary'],
    command: 'take',
    then: { next: 'actor', told: 'takeToLosingApp' },
    source: handoversWebhook,
  },
  {
    mode: 'classic',
    role: 'primary',
    owners: ['inbox'],
    command: 'take',
    // The primary hears of its own taking, as if the inbox had passed.
    then: { next: 'actor', told: 'passToActor' },
    source: blog,
  },
  {
    mode: 'classic',
    role: 'secondary',
    owners: ['self', 'primary', 'secondary', 'inbox'],
    command: 'take',
    then: {
      fault: 'onlyPrimaryTakes',
      because: 'In the classic protocol only the primary receiver may take a thread.',
    },
    source: handoverDocs,
    guessed: true,
  },

  // Requesting
  {
    mode: 'classic',
    role: 'primary',
    owners: ['self', 'secondary', 'inbox'],
    command: 'request',
    then: { fault: 'onlySecondaryRequests', because: 'The primary receiver takes a thread, it does not request it.' },
    source: requestDocs,
    guessed: true,
  },
  {
    mode: 'classic',
    role: 'secondary',
    owners: ['self'],
    command: 'request',
    then: ownsAlready,
    source: blog,
    guessed: true,
  },
  {
    mode: 'classic',
    role: 'secondary',
    owners: ['primary', 'secondary', 'inbox'],
    command: 'request',
    then: { next: 'same', told: 'requestToPrimary' },
    source: requestDocs,
  },

  // Later calls
  ...(['release', 'extend'] as const).flatMap((command): readonly Rule[] => [
    {
      mode: 'classic',
      role: 'primary',
      owners: ['self', 'secondary', 'inbox'],
      command,
      then: notInClassic,
      source: conversationControl,
      guessed: true,
    },
    {
      mode: 'classic',
      role: 'secondary',
      owners: ['self', 'primary', 'secondary', 'inbox'],
      command,
      then: notInClassic,
      source: conversationControl,
      guessed: true,
    },
  ]),

  // Sending: every receiver may, whoever owns the thread
  {
    mode: 'classic',
    role: 'primary',
    owners: ['self', 'secondary', 'inbox'],
    command: 'send',
    then: unchanged,
    source: handoverDocs,
  },
  {
    mode: 'classic',
    role: 'secondary',
    owners: ['self', 'primary', 'secondary', 'inbox'],
    command: 'send',
    then: unchanged,
    source: handoverDocs,
  },

  // Asking
  {
    mode: 'classic',
    role: 'primary',
    owners: ['self', 'secondary', 'inbox'],
    command: 'threadOwner',
    then: { answer: 'owner' },
    source: handoverDocs,
  },
  {
    mode: 'classic',
    role: 'secondary',
    owners: ['self', 'primary', 'secondary', 'inbox'],
    command: 'threadOwner',
    then: { answer: 'owner' },
    source: handoverDocs,
    guessed: true,
  },
  {
    mode: 'classic',
    role: 'primary',
    owners: ['self', 'secondary', 'inbox'],
    command: 'secondaryReceivers',
    then: { answer: 'receivers' },
    source: receiversEdge,
  },
  {
    mode: 'classic',
    role: 'secondary',
    owners: ['self', 'primary', 'secondary', 'inbox'],
    command: 'secondaryReceivers',
    then: { fault: 'receiversHidden', because: 'Only the primary receiver may see the secondary receivers.' },
    source: errorDocs,
  },

  // The Page Inbox
  {
    mode: 'classic',
    role: 'inbox',
    owners: ['self', 'primary', 'secondary'],
    command: 'inboxReply',
    then: unchanged,
    source: handoverDocs,
  },
  {
    mode: 'classic',
    role: 'inbox',
    owners: ['self'],
    command: 'inboxMarkAsDone',
    then: { next: 'primary', told: 'passToNewOwner' },
    source: blog,
  },
  {
    mode: 'classic',
    role: 'inbox',
    owners: ['primary', 'secondary'],
    command: 'inboxMarkAsDone',
    then: unchanged,
    source: blog,
    guessed: true,
  },
  {
    mode: 'classic',
    role: 'inbox',
    owners: ['self'],
    command: 'inboxMoveToMain',
    then: unchanged,
    source: blog,
    guessed: true,
  },
  {
    mode: 'classic',
    role: 'inbox',
    owners: ['primary', 'secondary'],
    command: 'inboxMoveToMain',
    then: { next: 'same', told: 'requestToPrimary' },
    source: moveToMainIssue,
  },

  // The customer, and time
  {
    mode: 'classic',
    role: 'customer',
    owners: ['primary', 'secondary', 'inbox'],
    command: 'customerWrites',
    then: unchanged,
    source: handoverDocs,
  },
  {
    mode: 'classic',
    role: 'time',
    owners: ['primary', 'secondary', 'inbox'],
    command: 'dayPasses',
    then: unchanged,
    source: handoverDocs,
  },
];

const requestRules = (role: 'primary' | 'secondary', others: readonly OwnerSeen[]): readonly Rule[] => [
  {
    mode: 'routing',
    role,
    owners: ['self', ...others],
    command: 'request',
    when: { switch: 'requestInRouting', is: 'refused' },
    then: {
      fault: 'requestWhileRouted',
      because: 'Requesting control is only supported on Pages without a default app.',
    },
    source: routingDocs,
    guessed: true,
  },
  ...(['toDefaultApp', 'toOwner'] as const).flatMap((way): readonly Rule[] => [
    {
      mode: 'routing',
      role,
      owners: ['self'],
      command: 'request',
      when: { switch: 'requestInRouting', is: way },
      then: ownsAlready,
      source: handoversWebhook,
      guessed: true,
    },
    {
      mode: 'routing',
      role,
      owners: others,
      command: 'request',
      when: { switch: 'requestInRouting', is: way },
      then: { next: 'same', told: way === 'toOwner' ? 'requestToOwner' : 'requestToPrimary' },
      source: handoversWebhook,
      guessed: true,
    },
  ]),
];

const takeWhenOwnerRules = (role: 'primary' | 'secondary'): readonly Rule[] =>
  (['asMode', 'success', 'fault'] as const).map((way) => ({
    mode: 'routing',
    role,
    owners: ['self'],
    command: 'take',
    when: { switch: 'takeWhenOwner', is: way },
    then: way === 'success' ? unchanged : ownsAlready,
    source: errorDocs,
    guessed: true,
  }));

const routingRules: readonly Rule[] = [
  // Passing
  {
    mode: 'routing',
    role: 'primary',
    owners: ['self'],
    command: 'pass',
    then: { next: 'target', told: 'passToNewOwner' },
    source: routingDocs,
  },
  {
    mode: 'routing',
    role: 'primary',
    owners: ['idle'],
    command: 'pass',
    // Meta documents a pass from idle (previous_owner_app_id null) without saying who may.
    then: { next: 'target', told: 'passToNewOwner' },
    source: handoversWebhook,
    guessed: true,
  },
  {
    mode: 'routing',
    role: 'primary',
    owners: ['secondary', 'inbox'],
    command: 'pass',
    then: notOwner,
    source: errorDocs,
    guessed: true,
  },
  {
    mode: 'routing',
    role: 'secondary',
    owners: ['self'],
    command: 'pass',
    then: { next: 'targetOrPrimary', told: 'passToNewOwner' },
    source: routingDocs,
  },
  {
    mode: 'routing',
    role: 'secondary',
    owners: ['primary', 'secondary', 'inbox', 'idle'],
    command: 'pass',
    then: notOwner,
    source: errorDocs,
    guessed: true,
  },

  // Taking
  ...takeWhenOwnerRules('primary'),
  {
    mode: 'routing',
    role: 'primary',
    owners: ['secondary', 'inbox'],
    command: 'take',
    then: { next: 'actor', told: 'takeToLosingApp' },
    source: routingDocs,
  },
  {
    mode: 'routing',
    role: 'primary',
    owners: ['idle'],
    command: 'take',
    then: { next: 'actor', told: 'takeToLosingApp' },
    source: routingDocs,
  },
  ...takeWhenOwnerRules('secondary'),
  {
    mode: 'routing',
    role: 'secondary',
    owners: ['idle'],
    command: 'take',
    then: { next: 'actor', told: 'takeToLosingApp' },
    source: routingDocs,
  },
  {
    mode: 'routing',
    role: 'secondary',
    owners: ['primary', 'secondary', 'inbox'],
    command: 'take',
    when: { mayTakeControl: 'yes' },
    then: { next: 'actor', told: 'takeToLosingApp' },
    source: routingDocs,
  },
  {
    mode: 'routing',
    role: 'secondary',
    owners: ['primary', 'secondary', 'inbox'],
    command: 'take',
    when: { mayTakeControl: 'no' },
    then: {
      fault: 'takeNotAllowed',
      because: 'The Page does not let this app take control of a conversation that another one owns.',
    },
    source: routingDocs,
    guessed: true,
  },

  // Requesting
  ...requestRules('primary', ['secondary', 'inbox', 'idle']),
  ...requestRules('secondary', ['primary', 'secondary', 'inbox', 'idle']),

  // Releasing: no webhook tells of it
  ...(['primary', 'secondary'] as const).map((role): Rule => ({
    mode: 'routing',
    role,
    owners: ['self'],
    command: 'release',
    then: { next: 'nobody', told: 'nobody' },
    source: routingDocs,
  })),
  {
    mode: 'routing',
    role: 'primary',
    owners: ['secondary', 'inbox', 'idle'],
    command: 'release',
    then: notOwner,
    source: errorDocs,
    guessed: true,
  },
  {
    mode: 'routing',
    role: 'secondary',
    owners: ['primary', 'secondary', 'inbox', 'idle'],
    command: 'release',
    then: notOwner,
    source: errorDocs,
    guessed: true,
  },

  // Extending
  ...(['primary', 'secondary'] as const).map((role): Rule => ({
    mode: 'routing',
    role,
    owners: ['self'],
    command: 'extend',
    then: unchanged,
    source: routingDocs,
  })),
  {
    mode: 'routing',
    role: 'primary',
    owners: ['secondary', 'inbox', 'idle'],
    command: 'extend',
    then: notOwner,
    source: errorDocs,
    guessed: true,
  },
  {
    mode: 'routing',
    role: 'secondary',
    owners: ['primary', 'secondary', 'inbox', 'idle'],
    command: 'extend',
    then: notOwner,
    source: errorDocs,
    guessed: true,
  },

  // Sending
  {
    mode: 'routing',
    role: 'primary',
    owners: ['self', 'idle'],
    command: 'send',
    then: unchanged,
    source: routingDocs,
  },
  {
    mode: 'routing',
    role: 'primary',
    owners: ['secondary', 'inbox'],
    command: 'send',
    then: { fault: 'anotherAppControls', because: 'Another receiver owns the thread, and only its owner may send.' },
    source: errorDocs,
  },
  {
    mode: 'routing',
    role: 'secondary',
    owners: ['self'],
    command: 'send',
    then: unchanged,
    source: routingDocs,
  },
  {
    mode: 'routing',
    role: 'secondary',
    owners: ['primary', 'secondary', 'inbox'],
    command: 'send',
    then: { fault: 'anotherAppControls', because: 'Another receiver owns the thread, and only its owner may send.' },
    source: errorDocs,
  },
  {
    mode: 'routing',
    role: 'secondary',
    owners: ['idle'],
    command: 'send',
    then: { fault: 'anotherAppControls', because: 'While a thread is idle only the default app may send.' },
    source: routingDocs,
  },

  // Asking
  ...(['primary', 'secondary'] as const).flatMap((role): readonly Rule[] => [
    {
      mode: 'routing',
      role,
      owners: ['self'],
      command: 'threadOwner',
      then: { answer: 'owner' },
      source: routingDocs,
    },
    {
      mode: 'routing',
      role,
      owners: ['idle'],
      command: 'threadOwner',
      then: { answer: 'empty' },
      source: routingDocs,
    },
  ]),
  {
    mode: 'routing',
    role: 'primary',
    owners: ['secondary', 'inbox'],
    command: 'threadOwner',
    then: { answer: 'owner' },
    source: routingDocs,
  },
  {
    mode: 'routing',
    role: 'secondary',
    owners: ['primary', 'secondary', 'inbox'],
    command: 'threadOwner',
    then: { answer: 'expirationOnly' },
    source: routingDocs,
  },
  {
    mode: 'routing',
    role: 'primary',
    owners: ['self', 'secondary', 'inbox', 'idle'],
    command: 'secondaryReceivers',
    then: { answer: 'receivers' },
    source: receiversEdge,
    guessed: true,
  },
  {
    mode: 'routing',
    role: 'secondary',
    owners: ['self', 'primary', 'secondary', 'inbox', 'idle'],
    command: 'secondaryReceivers',
    then: { fault: 'receiversHidden', because: 'Only the default app may see the other receivers.' },
    source: errorDocs,
    guessed: true,
  },

  // The Page Inbox takes control by what the agent does
  ...(['inboxReply', 'inboxMoveToMain'] as const).flatMap((command): readonly Rule[] => [
    {
      mode: 'routing',
      role: 'inbox',
      owners: ['self'],
      command,
      then: unchanged,
      source: routingDocs,
    },
    {
      mode: 'routing',
      role: 'inbox',
      owners: ['primary', 'secondary', 'idle'],
      command,
      then: { next: 'actor', told: 'takeToLosingApp' },
      source: routingDocs,
    },
  ]),
  {
    mode: 'routing',
    role: 'inbox',
    owners: ['self'],
    command: 'inboxMarkAsDone',
    when: { switch: 'doneInRouting', is: 'passToDefaultApp' },
    then: { next: 'primary', told: 'passToNewOwner' },
    source: blog,
    guessed: true,
  },
  {
    mode: 'routing',
    role: 'inbox',
    owners: ['self'],
    command: 'inboxMarkAsDone',
    when: { switch: 'doneInRouting', is: 'release' },
    then: { next: 'nobody', told: 'nobody' },
    source: routingDocs,
    guessed: true,
  },
  {
    mode: 'routing',
    role: 'inbox',
    owners: ['self'],
    command: 'inboxMarkAsDone',
    when: { switch: 'doneInRouting', is: 'folderOnly' },
    then: unchanged,
    source: routingDocs,
    guessed: true,
  },
  {
    mode: 'routing',
    role: 'inbox',
    owners: ['primary', 'secondary', 'idle'],
    command: 'inboxMarkAsDone',
    then: unchanged,
    source: routingDocs,
    guessed: true,
  },

  // The customer, and time
  {
    mode: 'routing',
    role: 'customer',
    owners: ['primary', 'secondary', 'inbox'],
    command: 'customerWrites',
    then: unchanged,
    source: routingDocs,
  },
  {
    mode: 'routing',
    role: 'customer',
    owners: ['idle'],
    command: 'customerWrites',
    then: { next: 'primary', told: 'nobody' },
    source: conversationControl,
  },
  {
    mode: 'routing',
    role: 'time',
    owners: ['primary', 'secondary', 'inbox'],
    command: 'dayPasses',
    then: { next: 'nobody', told: 'nobody' },
    source: routingDocs,
  },
  {
    mode: 'routing',
    role: 'time',
    owners: ['idle'],
    command: 'dayPasses',
    then: unchanged,
    source: routingDocs,
  },
];

export const rules: readonly Rule[] = [...classicRules, ...routingRules];

/** The role of an app or of the Page Inbox. An inbox that is the default app keeps acting as the inbox. */
export function roleOf(state: MessengerState, appId: string): 'primary' | 'secondary' | 'inbox' {
  if (appId === pageInboxAppId) return 'inbox';
  return appId === state.primaryAppId ? 'primary' : 'secondary';
}

/** @param actor an app id, or what is not an app */
export function ownerSeenBy(state: MessengerState, thread: Thread, actor: string): OwnerSeen {
  if (thread.owner === null) return 'idle';
  return thread.owner === actor ? 'self' : roleOf(state, listenerOf(state, thread));
}

export interface Asked {
  readonly mode: Mode;
  readonly role: Role;
  readonly owner: OwnerSeen;
  readonly command: RuledCommand;
  readonly switches: RuleSwitches;
  readonly mayTakeControl: 'yes' | 'no';
}

/** The row that decides. There is exactly one for everything that can be asked; a test holds the table to it. */
export function ruleFor(asked: Asked): Rule {
  const found = rules.find((rule) => applies(rule, asked));
  if (found === undefined) throw new Error(`No rule for ${asked.command} by ${asked.role} while ${asked.owner} owns.`);
  return found;
}

export function applies(rule: Rule, asked: Asked): boolean {
  return (
    rule.mode === asked.mode &&
    rule.role === asked.role &&
    rule.command === asked.command &&
    rule.owners.includes(asked.owner) &&
    (rule.when === undefined || holds(rule.when, asked))
  );
}

function holds(condition: Condition, asked: Asked): boolean {
  if ('mayTakeControl' in condition) return condition.mayTakeControl === asked.mayTakeControl;
  return asked.switches[condition.switch] === condition.is;
}
