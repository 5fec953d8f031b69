import type { Activity, TurnContext } from 'botbuilder';
import { expect } from 'chai';
import { maySpeak, OwnershipGuard } from '../../bots/ownershipGuard.ts';
import { createRecentStorage } from '../../helpers/recentStorage.ts';
import { BotStage, connectorRefusal } from '../support/botStage.ts';
import {
  conversationId,
  conversationUpdate,
  facebookActivity,
  item,
  messageItem,
  onStandby,
  pageId,
  primaryAppId,
  psid,
  says,
  secondaryAppId,
} from '../support/facebookActivities.ts';

/** When the customer of the activities wrote. */
const when = 1_572_630_578_783;

/** Azure's channel, relaying what Graph says to a message in somebody else's thread. */
const relayedRefusal = connectorRefusal(
  403,
  'SendActivityToUserAsync FAILED: {"error":{"message":"(#10) Message failed to send because another app is controlling this thread now.",' +
    '"type":"OAuthException","code":10,"error_subcode":2018300}}',
);

describe('A bot that knows nothing of Messenger, behind the guard', () => {
  let stage: BotStage;
  let guard: OwnershipGuard;
  let act: (context: TurnContext) => Promise<unknown>;

  /** With or without a page token. */
  function begin(token: 'token' | 'no token' = 'token'): void {
    stage = new BotStage();
    guard = new OwnershipGuard({
      threadControl: token === 'token' ? stage.threadControl : undefined,
      ...{ notes: createRecentStorage(), appId: primaryAppId, startedAt: 0, logger: stage.logger },
    });
    stage.adapter.use(guard);
    act = (context) => context.sendActivity('hello');
  }
  beforeEach(() => begin());

  const play = (activity: Activity) => stage.play({ run: (context) => act(context).then(() => undefined) }, activity);
  const suppressed = () => stage.logger.lines.filter(({ fields }) => fields['suppressed'] === true).length;
  const ask = `owner of ${psid}`;

  /** A message that the customer wrote so many milliseconds after the usual time. */
  const saysLater = (ms: number) => {
    const activity = says('and now?');
    return { ...activity, channelData: { ...messageItem('and now?'), timestamp: when + ms } } as Activity;
  };
  const taken = conversationUpdate({
    take_thread_control: { previous_owner_app_id: primaryAppId, new_owner_app_id: secondaryAppId },
  });
  const passedOn = conversationUpdate({
    pass_thread_control: { previous_owner_app_id: primaryAppId, new_owner_app_id: secondaryAppId },
  });
  const nothing = () => Promise.resolve();
  const hears = {
    ...onStandby([messageItem('hi')]),
    ...{ from: { id: psid }, recipient: { id: pageId }, conversation: { id: conversationId } },
  } as Activity;
  /** The turn of a bot that speaks first, as `continueConversationAsync` begins it. */
  const speaksFirst = () =>
    facebookActivity({
      ...{ type: 'event', name: 'ContinueConversation', from: { id: psid }, recipient: { id: pageId } },
      conversation: { id: conversationId },
    });

  it('says nothing to a message that was on its way when another receiver took the thread', async () => {
    act = nothing;
    await play(taken);
    stage.owner = { owner: 'other' };
    act = (context) => context.sendActivity('hello');
    expect(await play(saysLater(-50))).to.deep.equal([ask]);
    expect(suppressed()).to.equal(1);
  });

  it('answers what Messenger lets it answer that was said after another receiver took the thread', async () => {
    act = nothing;
    await play(taken);
    act = (context) => context.sendActivity('hello');
    expect(await play(saysLater(50))).to.deep.equal(['say hello']);
  });

  it('leaves the turn of a take event to Meta', async () => {
    expect(await play(taken)).to.deep.equal(['say hello']);
  });

  it('asks who owns a thread after the receivers of the Page got other roles', async () => {
    expect(await play(says('hi'))).to.deep.equal(['say hello']);
    act = nothing;
    await play(conversationUpdate({ app_roles: { [primaryAppId]: ['secondary_receiver'] } }));
    act = (context) => context.sendActivity('hello');
    stage.owner = { owner: 'app', appId: secondaryAppId };
    expect(await play(saysLater(-50))).to.deep.equal([ask]);
    stage.owner = { owner: 'app', appId: primaryAppId };
    expect(await play(saysLater(-50))).to.deep.equal([ask, 'say hello']);
    expect(await play(saysLater(-50)), 'and asks once').to.deep.equal(['say hello']);
  });

  it('speaks on standby only if it owns the thread after all', async () => {
    stage.owner = { owner: 'app', appId: secondaryAppId };
    expect(await play(hears)).to.deep.equal([ask]);
    expect(suppressed()).to.equal(1);
    stage.owner = { owner: 'app', appId: primaryAppId };
    expect(await play(hears)).to.deep.equal([ask, 'say hello']);
  });

  it('goes by the times of events without a page token, since nobody can be asked', async () => {
    begin('no token');
    act = nothing;
    await play(passedOn);
    act = (context) => context.sendActivity('hello');
    expect(await play(saysLater(-50))).to.deep.equal([]);
    expect(await play(hears)).to.deep.equal([]);
    expect(suppressed()).to.equal(2);
    expect(await play(saysLater(50))).to.deep.equal(['say hello']);
  });

  it('changes and deletes nothing in a thread that is not its own, and is not refused for it', async () => {
    act = nothing;
    await play(passedOn);
    stage.owner = { owner: 'other' };
    act = async (context) => {
      await context.updateActivity({ id: '1', type: 'message', text: 'changed' });
      await context.deleteActivity('1');
    };
    expect(await play(saysLater(-50))).to.deep.equal([ask]);
    expect(suppressed(), 'one line for the turn').to.equal(1);
    // The channel does get it where the thread is the bot's.
    stage.owner = { owner: 'app', appId: primaryAppId };
    const refused = await play(saysLater(50)).catch((error: unknown) => String(error));
    expect(refused).to.equal('Error: Messenger cannot change a message.');
  });

  it('does not speak first over another receiver', async () => {
    expect(await play(speaksFirst())).to.deep.equal(['say hello']);
    act = nothing;
    await play(passedOn);
    stage.owner = { owner: 'other' };
    act = (context) => context.sendActivity('hello');
    expect(await play(speaksFirst())).to.deep.equal([ask]);
    expect(suppressed()).to.equal(1);
  });

  it("takes Azure's relayed refusal for what it is: no failure of the turn, and knowledge for the next", async () => {
    stage.failures['say'] = relayedRefusal;
    let id: string | undefined = 'none';
    let may: boolean | undefined;
    act = async (context) => {
      id = (await context.sendActivity('hello'))?.id;
      await context.sendActivity('and more');
      may = await maySpeak(context);
    };
    expect(await play(says('hi'))).to.deep.equal(['say hello']);
    expect([id, may]).to.deep.equal(['', false]);
    expect(stage.logger.lines.map(({ fields }) => fields['reason'])).to.deep.equal(['refusedByMeta']);
    stage.failures['say'] = undefined;
    stage.owner = { owner: 'other' };
    expect(await play(saysLater(-50))).to.deep.equal([ask]);
  });

  it('lets every other failure of the channel be one of the turn', async () => {
    for (const error of [connectorRefusal(403), connectorRefusal(500), new Error('socket')]) {
      stage.failures['say'] = error;
      expect(await play(says('hi')).catch((thrown: unknown) => thrown)).to.equal(error);
    }
  });

  it('says nothing of what is not about a customer', async () => {
    const roles = conversationUpdate({ app_roles: {} });
    const about = { ...roles, channelData: { ...item({ app_roles: {} }), sender: undefined } } as Activity;
    act = async (context) => {
      expect(await maySpeak(context)).to.equal(true);
    };
    await play(about);
    expect(about.conversation.id).to.equal(conversationId);
  });
});
