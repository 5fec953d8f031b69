import { expect } from 'chai';
import { apply } from '../../../emulator/core/apply.ts';
import type { Command } from '../../../emulator/core/commands.ts';
import type { Result } from '../../../emulator/core/effects.ts';
import type { OwnerSeen, Role, Rule, RuledCommand } from '../../../emulator/core/rule.ts';
import { applies, commandsFor, ownersSeenBy, rules, type Asked } from '../../../emulator/core/rules.ts';
import {
  defaultSwitches,
  modes,
  metaAiAppId,
  pageInboxAppId,
  threadOf,
  type MessengerState,
  type Mode,
  type RuleSwitches,
} from '../../../emulator/core/state.ts';
import { subscribedFields } from '../../../emulator/core/subscribedFields.ts';

const now = 1_800_000_000_000;
const day = 86_400_000;
const primary = '11';
const secondary = '12';
const third = '13';
const psid = '7001';
const roles: readonly Role[] = ['primary', 'secondary', 'inbox', 'metaAi', 'customer', 'time'];

const switchings: readonly RuleSwitches[] = [
  defaultSwitches,
  { ...defaultSwitches, takeWhenOwner: 'success', requestInRouting: 'toDefaultApp', doneInRouting: 'release' },
  {
    ...defaultSwitches,
    takeWhenOwner: 'fault',
    requestInRouting: 'toOwner',
    doneInRouting: 'folderOnly',
    sendInOpen: 'allowed',
    takeFromInboxTells: 'nobody',
  },
];

const everything: readonly Asked[] = modes.flatMap((mode) =>
  roles.flatMap((role) =>
    ownersSeenBy(mode, role).flatMap((owner) =>
      commandsFor(role, owner).flatMap((command) =>
        switchings.flatMap((switches) =>
          (['yes', 'no'] as const).map((mayTakeControl) => ({ mode, role, owner, command, switches, mayTakeControl })),
        ),
      ),
    ),
  ),
);

const actorOf: Readonly<Record<Role, string>> = {
  primary,
  secondary,
  inbox: pageInboxAppId,
  metaAi: metaAiAppId,
  customer: 'customer',
  time: 'time',
};

function ownerIdOf(role: Role, owner: OwnerSeen): string | null {
  const ids: Record<OwnerSeen, string | null> = {
    self: actorOf[role],
    primary,
    secondary: role === 'secondary' ? third : secondary,
    inbox: pageInboxAppId,
    metaAi: metaAiAppId,
    idle: null,
  };
  return ids[owner];
}

function stateWith(mode: Mode, owner: string | null, asked: Asked): MessengerState {
  return {
    mode,
    page: { id: '1', name: 'Page' },
    primaryAppId: primary,
    metaAi: 'on',
    entryPoints: {},
    apps: [primary, secondary, third].map((id) => ({
      id,
      name: id,
      mayTakeControl: asked.mayTakeControl === 'yes',
      subscribedFields,
      profile: {},
    })),
    customers: [{ psid, name: 'C' }],
    personas: [],
    assets: [],
    messageTemplates: [],
    threads: {
      [psid]: {
        psid,
        owner,
        expiresAt: mode !== 'classic' && owner !== null ? (asked.command === 'dayPasses' ? now : now + day) : null,
        folder: 'Done',
        lastCustomerMessageAt: now,
        referral: null,
        unread: 0,
        receivedUpTo: 0,
        readUpTo: 0,
        inARow: 0,
        messages: [],
        quickReplies: [],
        buttons: [],
      },
    },
    switches: asked.switches,
    epoch: 'e',
    messageCount: 0,
    nodeCount: 0,
    customerCount: 1,
    lastTimestamp: 0,
  };
}

function commandFor(role: Role, command: RuledCommand): Command {
  const appId = actorOf[role];
  const commands: Record<RuledCommand, Command> = {
    pass: { type: 'pass', appId, psid, targetAppId: third },
    take: { type: 'take', appId, psid },
    request: { type: 'request', appId, psid },
    release: { type: 'release', appId, psid },
    extend: { type: 'extend', appId, psid, seconds: 86_400 },
    send: { type: 'send', appId, psid, text: 'hi', quickReplies: [], buttons: [] },
    threadOwner: { type: 'threadOwner', appId, psid },
    secondaryReceivers: { type: 'secondaryReceivers', appId },
    inboxReply: { type: 'reply', psid, text: 'hi' },
    inboxMarkAsDone: { type: 'markAsDone', psid },
    inboxMoveToMain: { type: 'moveToMain', psid },
    aiTakes: { type: 'aiTake', psid },
    aiAnswers: { type: 'aiAnswer', psid, text: 'hi' },
    aiPassesBack: { type: 'aiHandBack', psid, to: third, event: 'pass' },
    aiLetsGo: { type: 'aiHandBack', psid, to: third, event: 'none' },
    customerWrites: { type: 'say', psid, text: 'hi' },
    dayPasses: { type: 'expire' },
  };
  return commands[command];
}

function expectedOwner(rule: Rule, before: string | null, actor: string): string | null {
  if (!('next' in rule.then)) return before;
  const owners = {
    same: before,
    actor,
    target: third,
    targetOrSelf: third,
    targetOrPrimary: third,
    primary,
    entryPoint: rule.mode === 'open' ? null : primary,
    nobody: null,
  };
  return owners[rule.then.next];
}

function expectedTold(rule: Rule, before: string | null, actor: string, after: string | null): readonly string[] {
  if (!('told' in rule.then)) return [];
  const all: Record<typeof rule.then.told, readonly [string | null, string][]> = {
    nobody: [],
    passToNewOwner: [[after, 'pass_thread_control']],
    passToActor: [[actor, 'pass_thread_control']],
    takeToLosingApp: (before ?? primary) === actor ? [] : [[before ?? primary, 'take_thread_control']],
    requestToPrimary: [[primary, 'request_thread_control']],
    requestToOwner: [[before ?? primary, 'request_thread_control']],
  };
  const noWebhooks: readonly (string | null)[] = [pageInboxAppId, metaAiAppId];
  return all[rule.then.told].filter(([app]) => !noWebhooks.includes(app)).map(([app, kind]) => `${app ?? ''} ${kind}`);
}

const describeAsked = ({ mode, role, owner, command }: Asked): string =>
  `${mode}: ${role} ${command} while ${owner} owns`;

describe('the table of rules', () => {
  it('has exactly one row for every mode, role, owner and command, however the switches stand', () => {
    const wrong = everything.filter((asked) => rules.filter((rule) => applies(rule, asked)).length !== 1);
    expect(wrong.map(describeAsked)).to.deep.equal([]);
    expect(everything.length).to.be.greaterThan(500);
  });

  it('has no row that nothing can reach', () => {
    const dead = rules.filter((rule) => !everything.some((asked) => applies(rule, asked)));
    expect(dead).to.deep.equal([]);
  });

  it('names the source of every row', () => {
    expect(rules.filter(({ source }) => source.length < 10)).to.deep.equal([]);
  });

  for (const mode of modes) {
    it(`is what apply() does, row by row, in ${mode}`, () => {
      for (const asked of everything.filter((one) => one.mode === mode)) {
        const rule = rules.find((candidate) => applies(candidate, asked))!;
        const before = ownerIdOf(asked.role, asked.owner);
        const actor = actorOf[asked.role];
        const applied = apply(stateWith(mode, before, asked), commandFor(asked.role, asked.command), now);
        const after = expectedOwner(rule, before, actor);
        const what = describeAsked(asked);

        expect(threadOf(applied.state, psid).owner, what).to.equal(after);
        const told = applied.effects.flatMap((effect) =>
          effect.type === 'webhook' && effect.kind.endsWith('thread_control') ? [`${effect.appId} ${effect.kind}`] : [],
        );
        expect(told, what).to.deep.equal(expectedTold(rule, before, actor, after));
        const changes = applied.effects.filter(({ type }) => type === 'ownershipChanged');
        expect(changes.length, what).to.equal(after === before ? 0 : 1);
        expect(resultWord(applied.result), what).to.equal('fault' in rule.then ? rule.then.fault : resultFor(rule));
        const refusals = applied.effects.filter(({ type }) => type === 'refused');
        expect(refusals.length, what).to.equal('fault' in rule.then ? 1 : 0);
      }
    });
  }
});

const resultWord = (result: Result): string => (result.type === 'refused' ? result.fault : result.type);

function resultFor(rule: Rule): string {
  if (!('answer' in rule.then)) return 'done';
  return rule.then.answer === 'receivers' ? 'receivers' : 'owner';
}
