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
import { openRules } from './rulesOpen.ts';
import { routingRules } from './rulesRouting.ts';
import { listenerOf, pageInboxAppId, type MessengerState, type Mode, type RuleSwitches, type Thread } from './state.ts';

export const rules: readonly Rule[] = [...classicRules, ...exclusiveRules, ...routingRules, ...openRules];

/** The owners that an actor can meet in a mode. `classic` knows no idle thread, `open` no primary receiver. */
export function ownersSeenBy(mode: Mode, role: Role): readonly OwnerSeen[] {
  if (mode === 'open') return role === 'primary' ? [] : ownersInOpen(role);
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

function ownersInOpen(role: Exclude<Role, 'primary'>): readonly OwnerSeen[] {
  switch (role) {
    case 'secondary':
      return ['self', 'secondary', 'inbox', 'idle'];
    case 'inbox':
      return ['self', 'secondary', 'idle'];
    case 'customer':
    case 'time':
      return ['secondary', 'inbox', 'idle'];
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

/**
 * The role of an app or of the Page Inbox. An inbox that is the default app keeps acting as the inbox; without a default app
 * every app is like a secondary receiver.
 */
export function roleOf(state: MessengerState, appId: string): 'primary' | 'secondary' | 'inbox' {
  if (appId === pageInboxAppId) return 'inbox';
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
