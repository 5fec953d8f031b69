import type { Mode } from '../../emulator/core/state.ts';
import type { RaceStage, Role } from './raceStage.ts';
import type { Step } from './scheduler.ts';

/** Who may own the thread at the end. `primary` in `routing` includes idle, in which the default app speaks. */
export type Owner = Role | 'inbox';

/** What the actors of a race have in their hands. */
export interface Hands {
  stage: RaceStage;
  psid: string;
  /** A second customer. */
  otherPsid: string;
  say: (text: string, psid?: string) => Step;
  reply: Step;
  done: Step;
  moveToMain: Step;
  take: (role: Role) => Step;
  passTo: (role: Role, target: Owner) => Step;
  restart: (role: Role) => Step;
}

export interface Scenario {
  name: string;
  modes: readonly Mode[];
  /** Everything here is over before the race begins. */
  before?: (hands: Hands) => readonly Step[];
  /** Each actor's steps come in their order; those of different actors, and all deliveries, come in any order. */
  actors: (hands: Hands) => readonly (readonly Step[])[];
  owners: Readonly<Partial<Record<Mode, readonly Owner[]>>>;
  /** Of the second customer, when it takes part. */
  otherOwners?: readonly Owner[];
  /** Whose message may be refused in `routing`: somebody else took the thread while it was on its way. */
  mayBeRefused?: readonly Role[];
}

const both = ['classic', 'routing'] as const;
const same = (...owners: Owner[]): Scenario['owners'] => ({ classic: owners, routing: owners });
const toSecondary = 'Pass to secondary';
const toInbox = 'Pass to page inbox';
const toPrimary = 'Pass to primary';
const beTaken = 'Have control taken';
const request = 'Receive request';
const niceRequest = 'Receive nice request';

const secondaryOwns = ({ say }: Hands): readonly Step[] => [say(toSecondary)];
const inboxOwns = ({ say }: Hands): readonly Step[] => [say(toInbox)];

export const scenarios: readonly Scenario[] = [
  {
    name: 'a message right behind a pass to the secondary',
    modes: both,
    actors: ({ say }) => [[say(toSecondary), say('hello')]],
    owners: same('secondary'),
  },
  {
    name: 'a message right behind a pass to the Page Inbox',
    modes: both,
    actors: ({ say }) => [[say(toInbox), say('hello')]],
    owners: same('inbox'),
  },
  {
    name: 'several messages before and behind a pass',
    modes: both,
    actors: ({ say }) => [[say('one'), say('two'), say(toSecondary), say('three'), say('four')]],
    owners: same('secondary'),
  },
  {
    name: 'a choice tapped twice, to the secondary',
    modes: both,
    actors: ({ say }) => [[say(toSecondary), say(toSecondary)]],
    owners: same('secondary'),
  },
  {
    name: 'a choice tapped twice, to the Page Inbox',
    modes: both,
    actors: ({ say }) => [[say(toInbox), say(toInbox)]],
    owners: same('inbox'),
  },
  {
    name: 'two choices, the secondary first',
    modes: both,
    actors: ({ say }) => [[say(toSecondary), say(toInbox)]],
    owners: same('secondary'),
  },
  {
    name: 'two choices, the Page Inbox first',
    modes: both,
    actors: ({ say }) => [[say(toInbox), say(toSecondary)]],
    owners: same('inbox'),
  },
  {
    name: 'a message right behind a pass back to the primary',
    modes: both,
    before: secondaryOwns,
    actors: ({ say }) => [[say(toPrimary), say('hello')]],
    owners: same('primary'),
  },
  {
    name: 'a pass back tapped twice',
    modes: both,
    before: secondaryOwns,
    actors: ({ say }) => [[say(toPrimary), say(toPrimary)]],
    owners: same('primary'),
  },
  {
    name: 'there and back in one breath',
    modes: both,
    actors: ({ say }) => [[say(toSecondary), say(toPrimary)]],
    owners: same('primary', 'secondary'),
  },
  {
    name: 'there, back and there again in one breath',
    modes: both,
    actors: ({ say }) => [[say(toSecondary), say(toPrimary), say(toSecondary), say('hello')]],
    owners: same('primary', 'secondary'),
  },
  {
    name: 'an agent replying while the primary answers',
    modes: both,
    actors: ({ say, reply }) => [[say('hello')], [reply]],
    owners: { classic: ['primary'], routing: ['inbox'] },
    mayBeRefused: ['primary'],
  },
  {
    name: 'an agent replying while the secondary answers',
    modes: both,
    before: secondaryOwns,
    actors: ({ say, reply }) => [[say('hello'), say('again')], [reply]],
    owners: { classic: ['secondary'], routing: ['inbox'] },
    mayBeRefused: ['secondary'],
  },
  {
    name: 'an agent replying while the primary passes to the secondary',
    modes: both,
    actors: ({ say, reply }) => [[say(toSecondary)], [reply]],
    owners: { classic: ['secondary'], routing: ['inbox'] },
    mayBeRefused: ['primary', 'secondary'],
  },
  {
    name: 'an agent replying while the primary passes to the Page Inbox',
    modes: both,
    actors: ({ say, reply }) => [[say(toInbox), say('hello')], [reply]],
    owners: same('inbox'),
    mayBeRefused: ['primary'],
  },
  {
    name: 'an agent replying while the secondary passes back',
    modes: both,
    before: secondaryOwns,
    actors: ({ say, reply }) => [[say(toPrimary)], [reply]],
    owners: { classic: ['primary'], routing: ['inbox'] },
    mayBeRefused: ['primary', 'secondary'],
  },
  {
    name: 'Move to Main while the primary passes to the Page Inbox',
    modes: both,
    actors: ({ say, moveToMain }) => [[say(toInbox)], [moveToMain]],
    owners: same('inbox'),
    mayBeRefused: ['primary'],
  },
  {
    name: 'Move to Main while the primary passes to the secondary',
    modes: both,
    actors: ({ say, moveToMain }) => [[say(toSecondary), say('hello')], [moveToMain]],
    owners: { classic: ['inbox', 'secondary'], routing: ['inbox'] },
    mayBeRefused: ['primary', 'secondary'],
  },
  {
    name: 'Move to Main twice while the customer writes',
    modes: both,
    actors: ({ say, moveToMain }) => [
      [say('hello'), say('again')],
      [moveToMain, moveToMain],
    ],
    owners: same('inbox'),
    mayBeRefused: ['primary'],
  },
  {
    name: 'Done while the customer writes',
    modes: both,
    before: inboxOwns,
    actors: ({ say, done }) => [[say('hello'), say('again')], [done]],
    owners: same('primary'),
  },
  {
    name: 'Done clicked twice',
    modes: both,
    before: inboxOwns,
    actors: ({ say, done }) => [[say('hello')], [done, done]],
    owners: same('primary'),
  },
  {
    name: 'Done, and the agent thinks better of it',
    modes: both,
    before: inboxOwns,
    actors: ({ say, done, reply }) => [[say('hello')], [done, reply]],
    owners: { classic: ['primary'], routing: ['inbox'] },
    mayBeRefused: ['primary'],
  },
  {
    name: 'Done while the customer asks for the secondary',
    modes: both,
    before: inboxOwns,
    actors: ({ say, done }) => [[say(toSecondary), say('hello')], [done]],
    owners: same('primary', 'secondary'),
  },
  {
    name: 'a request against a pass to the secondary',
    modes: both,
    actors: ({ say }) => [[say(request), say(toSecondary)]],
    owners: same('secondary'),
    mayBeRefused: ['primary'],
  },
  {
    name: 'a request against a pass to the Page Inbox',
    modes: both,
    actors: ({ say }) => [[say(request), say(toInbox)]],
    owners: same('inbox'),
  },
  {
    name: 'a nice request against a pass to the secondary',
    modes: both,
    actors: ({ say }) => [[say(niceRequest), say(toSecondary), say('hello')]],
    owners: same('secondary'),
  },
  {
    name: 'a nice request against a pass to the Page Inbox',
    modes: both,
    actors: ({ say }) => [[say(niceRequest), say(toInbox)]],
    owners: same('secondary', 'inbox'),
  },
  {
    name: 'a nice request against an agent who moves to Main',
    modes: both,
    actors: ({ say, moveToMain }) => [[say(niceRequest)], [moveToMain]],
    owners: { classic: ['secondary', 'inbox'], routing: ['inbox'] },
    mayBeRefused: ['primary', 'secondary'],
  },
  {
    name: 'two nice requests',
    modes: both,
    actors: ({ say }) => [[say(niceRequest), say(niceRequest), say('hello')]],
    owners: same('secondary'),
  },
  {
    name: 'a take against a pass back',
    modes: both,
    before: secondaryOwns,
    actors: ({ say }) => [[say(beTaken), say(toPrimary)]],
    owners: same('primary'),
    mayBeRefused: ['secondary'],
  },
  {
    name: 'a take while the secondary answers',
    modes: both,
    before: secondaryOwns,
    actors: ({ say }) => [[say(beTaken), say('hello'), say('again')]],
    owners: same('primary'),
    mayBeRefused: ['secondary'],
  },
  {
    name: 'a take by the primary app from elsewhere against a pass of the secondary',
    modes: both,
    before: secondaryOwns,
    actors: ({ say, take }) => [[say(toPrimary), say('hello')], [take('primary')]],
    owners: same('primary'),
    mayBeRefused: ['secondary'],
  },
  {
    name: 'a take by the primary app from elsewhere against a pass of the primary bot',
    modes: both,
    actors: ({ say, take }) => [[say(toSecondary), say('hello')], [take('primary')]],
    owners: same('primary', 'secondary'),
    mayBeRefused: ['primary', 'secondary'],
  },
  {
    name: 'a pass by the primary app from elsewhere while its bot passes to the Page Inbox',
    modes: ['routing'],
    actors: ({ say, passTo }) => [[say(toInbox)], [passTo('primary', 'secondary')]],
    owners: { routing: ['inbox', 'secondary'] },
    mayBeRefused: ['primary'],
  },
  {
    name: 'everything twice, with a pass',
    modes: both,
    actors: ({ say, stage }) => [[() => stage.repeatWebhooks('twice'), say('hello'), say(toSecondary), say('again')]],
    owners: same('secondary'),
  },
  {
    name: 'everything twice, there and back',
    modes: both,
    before: secondaryOwns,
    actors: ({ say, stage }) => [[() => stage.repeatWebhooks('twice'), say(toPrimary), say('hello')]],
    owners: same('primary'),
  },
  {
    name: 'everything twice, with Done',
    modes: both,
    before: inboxOwns,
    actors: ({ say, done, stage }) => [[() => stage.repeatWebhooks('twice'), say('hello')], [done]],
    owners: same('primary'),
  },
  {
    name: 'a restart of the primary bot while it passes',
    modes: both,
    actors: ({ say, restart }) => [[say(toSecondary), say('hello')], [restart('primary')]],
    owners: same('primary', 'secondary'),
  },
  {
    name: 'a restart of the primary bot behind its pass',
    modes: both,
    before: ({ stage }) => [() => stage.emulator.holdWebhooks(stage.appIdOf('secondary'))],
    actors: ({ say, restart, stage }) => [
      [say(toSecondary), say('hello'), say('again')],
      [restart('primary')],
      [() => stage.emulator.letWebhooksGo(stage.appIdOf('secondary'))],
    ],
    owners: same('primary', 'secondary'),
  },
  {
    name: 'a restart of the secondary bot while it passes back',
    modes: both,
    before: secondaryOwns,
    actors: ({ say, restart }) => [[say(toPrimary), say('hello')], [restart('secondary')]],
    owners: same('primary', 'secondary'),
  },
  {
    name: 'a restart of the secondary bot while it gets the thread',
    modes: both,
    actors: ({ say, restart }) => [[say(toSecondary), say(toPrimary)], [restart('secondary')]],
    owners: same('primary', 'secondary'),
  },
  {
    name: 'two customers who are passed at the same time',
    modes: both,
    actors: ({ say, otherPsid }) => [
      [say(toSecondary), say('hello')],
      [say(toSecondary, otherPsid), say('hello', otherPsid)],
    ],
    owners: same('secondary'),
    otherOwners: ['secondary'],
  },
  {
    name: 'two customers, one to the Page Inbox and one to the secondary',
    modes: both,
    actors: ({ say, otherPsid }) => [
      [say(toInbox), say('hello')],
      [say(toSecondary, otherPsid), say('hello', otherPsid)],
    ],
    owners: same('inbox'),
    otherOwners: ['secondary'],
  },
  {
    name: 'two customers, and an agent for one of them',
    modes: both,
    actors: ({ say, reply, otherPsid }) => [[say('hello'), say('again')], [reply], [say(toSecondary, otherPsid)]],
    owners: { classic: ['primary'], routing: ['inbox'] },
    otherOwners: ['secondary'],
    mayBeRefused: ['primary'],
  },
  {
    name: 'echoes that overtake the answers to their sends',
    modes: both,
    actors: ({ say }) => [[say('one'), say('two')], [say('three')]],
    owners: same('primary'),
  },
  {
    name: 'webhooks of the primary kept back until its pass is asked for twice',
    modes: both,
    before: ({ stage }) => [() => stage.emulator.holdWebhooks(stage.appIdOf('primary'))],
    actors: ({ say, stage }) => [
      [
        say(toSecondary),
        say('hello'),
        say(toInbox),
        () => stage.emulator.letWebhooksGo(stage.appIdOf('primary')),
        say('again'),
      ],
    ],
    owners: same('secondary'),
  },
  {
    name: 'webhooks of the secondary kept back while an agent replies',
    modes: both,
    before: ({ stage }) => [() => stage.emulator.holdWebhooks(stage.appIdOf('secondary'))],
    actors: ({ say, reply, stage }) => [
      [say(toSecondary), say('hello')],
      [reply, () => stage.emulator.letWebhooksGo(stage.appIdOf('secondary'))],
    ],
    owners: { classic: ['secondary'], routing: ['inbox'] },
    mayBeRefused: ['primary', 'secondary'],
  },
  {
    name: 'webhooks of both kept back over a take',
    modes: both,
    before: (hands) => [
      ...secondaryOwns(hands),
      () => hands.stage.emulator.holdWebhooks(hands.stage.appIdOf('secondary')),
    ],
    actors: ({ say, stage }) => [
      [say(beTaken), say('hello')],
      [() => stage.emulator.letWebhooksGo(stage.appIdOf('secondary'))],
    ],
    owners: same('primary'),
    mayBeRefused: ['secondary'],
  },
  {
    name: 'an agent who replies and is done while the customer asks for the secondary',
    modes: ['routing'],
    actors: ({ say, reply, done }) => [[say(toSecondary)], [reply, done]],
    owners: { routing: ['primary', 'secondary'] },
    mayBeRefused: ['primary', 'secondary'],
  },
];
