/**
 * Who may do what to a conversation: one table.
 *
 * A row says, for a mode, the actor's role, who owns the thread as the actor sees it, and a command, who owns it next and which
 * webhook tells of it, or with which fault Meta refuses. Each row names the page it comes from. `guessed` marks what nobody
 * has seen Meta do. Rows with `when` depend on a switch, so that a guess can be turned into the other guess.
 */
import type { Condition, OwnerSeen, Role, Rule, RuledCommand } from './rule.ts';
import { classicRules } from './rulesClassic.ts';
import { exclusiveRules } from './rulesExclusive.ts';
import { metaAiRules } from './rulesMetaAi.ts';
import { openRules } from './rulesOpen.ts';
import { routingRules } from './rulesRouting.ts';
import {
  listenerOf,
  metaAiAppId,
  pageInboxAppId,
  type MessengerState,
  type Mode,
  type RuleSwitches,
  type Thread,
} from './state.ts';

export const rules: readonly Rule[] = [
  ...classicRules,
  ...exclusiveRules,
  ...routingRules,
  ...openRules,
  ...metaAiRules,
];

/** The owners that an actor can meet in a mode. `classic` knows no idle thread, `open` no primary receiver, and only these two Meta's AI. */
export function ownersSeenBy(mode: Mode, role: Role): readonly OwnerSeen[] {
  const there: readonly OwnerSeen[] = [
    ...(mode === 'open' ? [] : (['primary'] as const)),
    'secondary',
    'inbox',
    ...(mode === 'routing' || mode === 'open' ? (['metaAi'] as const) : []),
    ...(mode === 'classic' ? [] : (['idle'] as const)),
  ];
  switch (role) {
    case 'primary':
    case 'metaAi':
      if (!there.includes(role)) return [];
      return ['self', ...there.filter((owner) => owner !== role)];
    case 'inbox':
      return ['self', ...there.filter((owner) => owner !== role)];
    case 'secondary':
      return ['self', ...there];
    case 'customer':
    case 'time':
      return there;
  }
}

/** The commands of each role. */
const commandsOf: Readonly<Record<Role, readonly RuledCommand[]>> = {
  primary: ['pass', 'take', 'request', 'release', 'extend', 'send', 'threadOwner', 'secondaryReceivers'],
  secondary: ['pass', 'take', 'request', 'release', 'extend', 'send', 'threadOwner', 'secondaryReceivers'],
  inbox: ['inboxReply', 'inboxMarkAsDone', 'inboxMoveToMain'],
  metaAi: ['aiTakes', 'aiAnswers', 'aiPassesBack', 'aiLetsGo'],
  customer: ['customerWrites'],
  time: ['dayPasses'],
};

/** The commands of a role while somebody owns the thread. Meta's AI answers and hands back only what it owns. */
export function commandsFor(role: Role, owner: OwnerSeen): readonly RuledCommand[] {
  return role === 'metaAi' && owner !== 'self' ? ['aiTakes'] : commandsOf[role];
}

/**
 * The role of an app, of the Page Inbox or of Meta's AI. An inbox that is the default app keeps acting as the inbox; without a default app
 * every app is like a secondary receiver.
 */
export function roleOf(state: MessengerState, appId: string): 'primary' | 'secondary' | 'inbox' | 'metaAi' {
  if (appId === pageInboxAppId) return 'inbox';
  if (appId === metaAiAppId) return 'metaAi';
  return state.mode !== 'open' && appId === state.primaryAppId ? 'primary' : 'secondary';
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
