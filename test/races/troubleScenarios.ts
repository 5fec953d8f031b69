import {
  both,
  same,
  toSecondary,
  toInbox,
  toPrimary,
  beTaken,
  secondaryOwns,
  inboxOwns,
  type Scenario,
} from './scenario.ts';

/** Repeated and late webhooks, restarts, and several customers. */
export const troubleScenarios: readonly Scenario[] = [
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
