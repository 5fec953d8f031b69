import { both, same, toSecondary, toInbox, toPrimary, secondaryOwns, type Scenario } from './scenario.ts';

/** Passes there and back, and what the customer says meanwhile. */
export const passScenarios: readonly Scenario[] = [
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
];
