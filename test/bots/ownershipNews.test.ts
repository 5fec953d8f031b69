import type { Activity, TurnContext } from 'botbuilder';
import { expect } from 'chai';
import { OwnershipGuard } from '../../bots/ownershipGuard.ts';
import { GraphApiError, GraphTransportError } from '../../helpers/graph/graphErrors.ts';
import { createRecentStorage } from '../../helpers/recentStorage.ts';
import { BotStage, connectorRefusal } from '../support/botStage.ts';
import { conversationUpdate, pageId, primaryAppId, psid, says, secondaryAppId } from '../support/facebookActivities.ts';

const begun = 1_700_000_000_500;
const ask = `owner of ${psid}`;

/** Azure's channel, relaying what Graph says to a message in somebody else's thread. */
const refusal = connectorRefusal(
  403,
  '{"error":{"message":"(#10) Message failed to send because another app is controlling this thread now.","type":"OAuthException","code":10,"error_subcode":2018300}}',
);

type When = { at: number } | { seconds: number } | 'untimed';

function timed(activity: Activity, when: When): Activity {
  const timestamp =
    when === 'untimed' ? undefined : 'at' in when ? begun + when.at : Math.floor(begun / 1000) + when.seconds;
  // Azure says when it made the activity.
  return {
    ...activity,
    timestamp: new Date(begun + 60_000),
    channelData: { ...(activity.channelData as object), timestamp },
  };
}
const pass = (when: When) =>
  timed(conversationUpdate({ pass_thread_control: { new_owner_app_id: primaryAppId } }), when);
const passElsewhere = (when: When) =>
  timed(conversationUpdate({ pass_thread_control: { new_owner_app_id: secondaryAppId } }), when);
const take = (when: When) =>
  timed(conversationUpdate({ take_thread_control: { previous_owner_app_id: primaryAppId } }), when);
const roles = (when: When) => timed(conversationUpdate({ app_roles: { [primaryAppId]: ['primary_receiver'] } }), when);

/** A thing that the bot does at a time; how far its clock may be off, and how long it takes until the bot knows what became of it. */
interface Call {
  call: 'take' | 'pass' | 'refused' | 'ask';
  at: number;
  off?: number;
  took?: number;
}
type Step = Activity | Call;

function isPass(step: Step): step is Activity {
  return 'channelData' in step && 'pass_thread_control' in (step.channelData as object);
}

/** What came or was done, in this order, and what the bot does when it then wants to speak first. */
const cases: readonly { about: string; steps: readonly Step[]; speaks: 'speaks' | 'asks' }[] = [
  {
    about: 'its own take, told after it has passed the thread on',
    steps: [{ call: 'take', at: 10 }, { call: 'pass', at: 20 }, pass({ at: 10 })],
    speaks: 'asks',
  },
  {
    about: 'the same with clocks that may differ by more than that',
    steps: [{ call: 'take', at: 10, off: 3000 }, { call: 'pass', at: 20, off: 3000 }, pass({ at: 2000 })],
    speaks: 'asks',
  },
  { about: 'a pass to it after its own', steps: [{ call: 'pass', at: 20 }, pass({ at: 30 })], speaks: 'speaks' },
  {
    about: 'a pass to it soon after its own, with clocks that may differ, when there is no other that it could be',
    steps: [{ call: 'pass', at: 20, off: 3000 }, pass({ at: 30 })],
    speaks: 'speaks',
  },
  {
    about: 'the same when its take was told in time',
    steps: [
      { call: 'take', at: 10, off: 3000 },
      pass({ at: 11 }),
      { call: 'pass', at: 20, off: 3000 },
      pass({ at: 30 }),
    ],
    speaks: 'speaks',
  },
  {
    about: 'a pass to it soon after its own, which came long after its take',
    steps: [{ call: 'take', at: 10, off: 3000 }, { call: 'pass', at: 9000, off: 3000 }, pass({ at: 9010 })],
    speaks: 'speaks',
  },
  {
    about: 'its take, told in time and then once more',
    steps: [
      { call: 'take', at: 10, off: 3000 },
      pass({ at: 11 }),
      { call: 'pass', at: 20, off: 3000 },
      pass({ at: 11 }),
    ],
    speaks: 'asks',
  },
  {
    about: 'a pass to it from before its message was refused',
    steps: [{ call: 'refused', at: 20 }, pass({ at: 10 })],
    speaks: 'asks',
  },
  {
    about: 'a pass to it from before Meta told another owner',
    steps: [passElsewhere({ at: 5 }), { call: 'ask', at: 20 }, pass({ at: 10 })],
    speaks: 'asks',
  },
  {
    about: 'that it lost the thread, told after it has taken it again',
    steps: [{ call: 'take', at: 20 }, take({ at: 10 })],
    speaks: 'speaks',
  },
  {
    about: 'that it lost the thread after its take',
    steps: [{ call: 'take', at: 20 }, take({ at: 30 })],
    speaks: 'asks',
  },
  {
    about: 'that it may have lost the thread after its take',
    steps: [{ call: 'take', at: 20, off: 3000 }, take({ at: 10 })],
    speaks: 'asks',
  },
  {
    about: 'a pass to it from before it knew that its own had worked',
    steps: [pass({ at: 0 }), { call: 'pass', at: 10, took: 40_000 }, pass({ at: 100 })],
    speaks: 'speaks',
  },
  { about: 'two events in the wrong order', steps: [take({ at: 20 }), pass({ at: 10 })], speaks: 'asks' },
  {
    about: 'two events in the wrong order, the other way round',
    steps: [pass({ at: 20 }), take({ at: 10 })],
    speaks: 'speaks',
  },
  { about: 'two events of the same moment', steps: [take({ at: 20 }), pass({ at: 20 })], speaks: 'asks' },
  {
    about: 'two events of the same moment, the other way round',
    steps: [pass({ at: 20 }), take({ at: 20 })],
    speaks: 'asks',
  },
  { about: 'a take that is told in seconds', steps: [pass({ at: 100 }), take({ seconds: 0 })], speaks: 'asks' },
  {
    about: 'an old event that comes again',
    steps: [pass({ at: 10 }), take({ at: 20 }), pass({ at: 10 })],
    speaks: 'asks',
  },
  { about: 'a pass to it that has no time', steps: [take({ at: 20 }), pass('untimed')], speaks: 'asks' },
  { about: 'a pass to it that has no time, with nothing known before', steps: [pass('untimed')], speaks: 'speaks' },
  { about: 'a take that has no time', steps: [pass({ at: 20 }), take('untimed')], speaks: 'asks' },
  { about: 'roles from after its take', steps: [{ call: 'take', at: 20 }, roles({ at: 30 })], speaks: 'asks' },
  { about: 'roles from before its take', steps: [{ call: 'take', at: 20 }, roles({ at: 10 })], speaks: 'speaks' },
  { about: 'a pass to it from before the roles', steps: [roles({ at: 30 }), pass({ at: 20 })], speaks: 'asks' },
  { about: 'a pass to it from after the roles', steps: [roles({ at: 30 }), pass({ at: 40 })], speaks: 'speaks' },
  {
    about: 'older roles that come later',
    steps: [roles({ at: 30 }), roles({ at: 10 }), pass({ at: 20 })],
    speaks: 'asks',
  },
];

describe('The guard of a bot that learns late', () => {
  let stage: BotStage;
  let guard: OwnershipGuard;
  let clock = { at: 0, off: 0 };
  let took = 0;

  beforeEach(() => begin());
  function begin(eventTimes?: 'checked' | 'unchecked'): void {
    stage = new BotStage();
    clock = { at: 0, off: 0 };
    const { threadControl } = stage;
    const slowly: typeof threadControl.passThreadControl = async (...what) => {
      await threadControl.passThreadControl(...what);
      clock.at += took;
    };
    guard = new OwnershipGuard({
      threadControl: { ...threadControl, passThreadControl: slowly },
      ...{ notes: createRecentStorage(), appId: primaryAppId, startedAt: 0 },
      platformTime: async () => ({ earliest: begun + clock.at - clock.off, latest: begun + clock.at + clock.off }),
      ...{ logger: stage.logger, eventTimes },
    });
    stage.adapter.use(guard);
  }

  const run = (activity: Activity, act: (context: TurnContext) => Promise<unknown>) =>
    stage.play({ run: (context) => act(context).then(() => undefined) }, activity);
  const speak = (when: When) => run(timed(says('hi'), when), (context) => context.sendActivity('hello'));

  const calls: Readonly<Record<Call['call'], () => Promise<unknown>>> = {
    take: () => run(timed(says('x'), { at: 1 }), () => guard.take(psid)),
    pass: () => run(timed(says('x'), { at: 1 }), () => guard.pass(psid, { to: 'inbox' })),
    refused: async () => {
      stage.failures['say'] = refusal;
      await speak({ at: 1 });
      stage.failures['say'] = undefined;
    },
    ask: async () => {
      stage.owner = { owner: 'other' };
      await speak({ at: 1 });
    },
  };

  async function perform(step: Step): Promise<void> {
    if ('call' in step) {
      clock = { at: step.at, off: step.off ?? 0 };
      took = step.took ?? 0;
      await calls[step.call]();
    } else await run(step, () => Promise.resolve());
  }

  for (const { about, steps, speaks } of cases) {
    it(`${speaks} after: ${about}`, async () => {
      for (const step of steps) await perform(step);
      stage.owner = { owner: 'other' };
      // What the customer wrote before all of it shows nothing.
      expect(await speak({ at: 0 })).to.deep.equal(speaks === 'asks' ? [ask] : ['say hello']);
    });

    const last = steps.at(-1);
    if (speaks === 'speaks' || last === undefined || !isPass(last)) continue;
    it(`says nothing over another receiver in the turn of the last of these: ${about}`, async () => {
      for (const step of steps.slice(0, -1)) await perform(step);
      stage.owner = { owner: 'other' };
      expect(await run(last, (context) => context.sendActivity('hello'))).to.deep.equal([ask]);
    });
  }

  it('fails the turn of a pass to it that may be an old one where nobody can be asked, and asks again when it runs again', async () => {
    const gained = pass({ at: 2000 });
    for (const failure of [
      new GraphTransportError('timeout'),
      new GraphApiError({ status: 500, reason: 'temporary' }),
    ]) {
      begin();
      await perform({ call: 'take', at: 10, off: 3000 });
      await perform({ call: 'pass', at: 20, off: 3000 });
      stage.failures['owner'] = failure;
      const outcome = run(gained, (context) => context.sendActivity('hello'));
      expect(await outcome.catch((thrown: unknown) => thrown)).to.equal(failure);
      stage.failures['owner'] = undefined;
      expect(await run(gained, (context) => context.sendActivity('hello'))).to.deep.equal([ask, 'say hello']);
    }
  });

  it('takes events of another time, such as recorded ones, in the order in which they come, unless times are checked', async () => {
    const longAgo = { at: -100 * 24 * 60 * 60 * 1000 };
    for (const [eventTimes, owns] of [
      ['unchecked', true],
      ['checked', false],
    ] as const) {
      begin(eventTimes);
      await perform({ call: 'pass', at: 20 });
      await perform(pass(longAgo));
      stage.owner = { owner: 'other' };
      expect(await speak({ at: 0 }), eventTimes).to.deep.equal(owns ? ['say hello'] : [ask]);
      begin(eventTimes);
      await perform({ call: 'take', at: 20 });
      await perform(take(longAgo));
      stage.owner = { owner: 'other' };
      expect(await speak(longAgo), eventTimes).to.deep.equal(owns ? [ask] : ['say hello']);
    }
  });

  it('does not take a pass that has no time at all for a new one', async () => {
    await perform({ call: 'pass', at: 20 });
    await perform({ ...pass('untimed'), timestamp: undefined });
    stage.owner = { owner: 'other' };
    expect(await speak({ at: 0 })).to.deep.equal([ask]);
  });

  it('does not take a message without a time for a late one', async () => {
    await perform(take({ at: 10 }));
    stage.owner = { owner: 'other' };
    expect(await speak('untimed')).to.deep.equal([ask]);
  });

  it('ends a pause that no event began with a pass to the bot of about then', async () => {
    clock = { at: 20, off: 3000 };
    await guard.pause({ psid, pageId });
    expect(await speak({ at: 0 })).to.deep.equal([]);
    await perform(pass({ at: 30 }));
    expect(await speak({ at: 0 })).to.deep.equal(['say hello']);
  });

  it('asks, and does not pause, for words of a person from before it knew that the thread was elsewhere', async () => {
    await perform({ call: 'refused', at: 10, off: 3000 });
    await run(timed(says('hi'), { at: 20 }), () => guard.pause({ psid, pageId }));
    expect(await run(pass({ at: 30 }), (context) => context.sendActivity('hello'))).to.deep.equal([ask, 'say hello']);
  });

  it('ends a pause with a later pass to the bot, and not with an earlier one', async () => {
    await run(timed(says('hi'), { at: 20 }), () => guard.pause({ psid, pageId }));
    await perform(pass({ at: 10 }));
    expect(await speak({ at: 0 })).to.deep.equal([]);
    await perform(pass({ at: 30 }));
    expect(await speak({ at: 0 })).to.deep.equal(['say hello']);
  });
});
