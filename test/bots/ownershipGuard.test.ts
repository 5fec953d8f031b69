import { expect } from 'chai';
import { PrimaryBot } from '../../bots/samples/primaryBot.ts';
import { SecondaryBot } from '../../bots/samples/secondaryBot.ts';
import { GraphApiError, GraphTransportError } from '../../helpers/graph/graphErrors.ts';
import { BotStage } from '../support/botStage.ts';
import {
  conversationUpdate,
  eventActivity,
  onStandby,
  messageItem,
  primaryAppId,
  psid,
  says,
  secondaryAppId,
} from '../support/facebookActivities.ts';

describe('A bot that has passed the thread', () => {
  let stage: BotStage;
  let bot: PrimaryBot;
  beforeEach(() => {
    stage = new BotStage();
    const { threadControl, logger } = stage;
    bot = new PrimaryBot({ threadControl, logger, appId: primaryAppId, startedAt: 0 });
  });
  const passed = async (owner: BotStage['owner'] = { owner: 'app', appId: secondaryAppId }): Promise<void> => {
    await stage.play(bot, says('Pass to page inbox'));
    stage.owner = owner;
    stage.lines.length = 0;
  };

  it('says nothing to a message that was on its way, and does not carry out what it chooses', async () => {
    await passed();
    expect(await stage.play(bot, says('hello'))).to.deep.equal([`owner of ${psid}`]);
    expect(await stage.play(bot, says('Pass to secondary'))).to.deep.equal([`owner of ${psid}`]);
    expect(stage.levelsOfLog()).to.deep.equal(['info', 'info']);
  });

  it('says nothing when Meta does not tell who the other owner is', async () => {
    await passed({ owner: 'other' });
    expect(await stage.play(bot, says('hello'))).to.deep.equal([`owner of ${psid}`]);
  });

  it('says nothing to a request for the thread that came too late', async () => {
    await passed();
    const request = { request_thread_control: { requested_owner_app_id: 1, metadata: 'give me control' } };
    expect(await stage.play(bot, eventActivity(request))).to.deep.equal([`owner of ${psid}`]);
  });

  it('answers again when Graph says that the thread is its own or nobody has it, and asks once', async () => {
    for (const owner of [{ owner: 'app', appId: primaryAppId }, { owner: 'idle' }] as const) {
      await passed(owner);
      expect((await stage.play(bot, says('hello'))).map((line) => line.split(' ', 1)[0])).to.deep.equal([
        'owner',
        'say',
      ]);
      expect((await stage.play(bot, says('hello'))).map((line) => line.split(' ', 1)[0])).to.deep.equal(['say']);
    }
  });

  it('answers again without asking when the thread was passed to it', async () => {
    await passed();
    const event = { pass_thread_control: { new_owner_app_id: Number(primaryAppId), metadata: null } };
    expect((await stage.play(bot, conversationUpdate(event))).map((line) => line.split(' ', 1)[0])).to.deep.equal([
      'say',
      'say',
    ]);
    expect(await stage.play(bot, says('hello'))).to.have.length(1);
  });

  it('answers again without asking when it has taken the thread', async () => {
    await passed();
    await stage.play(bot, onStandby([messageItem('Have control taken')]));
    expect(await stage.play(bot, says('hello'))).to.have.length(1);
  });

  it('does not answer for other customers less than before', async () => {
    await passed();
    const other = structuredClone(says('hello'));
    other.from.id = '99';
    other.conversation.id = '99-1';
    (other.channelData as { sender: { id: string } }).sender.id = '99';
    expect(await stage.play(bot, other)).to.have.length(1);
  });

  it('answers when Graph refuses to tell the owner, and is silent when Graph does not answer', async () => {
    await passed();
    stage.failures['owner'] = new GraphApiError({ status: 403, reason: 'permission' });
    expect(await stage.play(bot, says('hello'))).to.have.length(2);
    expect(await stage.play(bot, says('and again'))).to.have.length(1);
    await passed();
    stage.failures['owner'] = new GraphTransportError('timeout');
    expect(await stage.play(bot, says('hello'))).to.deep.equal([`owner of ${psid}`]);
  });

  it('lets an error of another kind be seen', async () => {
    await passed();
    stage.failures['owner'] = new Error('a mistake in the code');
    const outcome = await stage.play(bot, says('hello')).catch((error: unknown) => String(error));
    expect(outcome).to.equal('Error: a mistake in the code');
  });

  it('answers after a pass that was refused, and asks after one without an answer', async () => {
    stage.failures['pass'] = new GraphApiError({ status: 400, reason: 'invalidTarget' });
    await stage.play(bot, says('Pass to page inbox'));
    expect(await stage.play(bot, says('hello'))).to.have.length(1);
    stage.failures['pass'] = new GraphTransportError('timeout');
    stage.owner = { owner: 'other' };
    const lines = await stage.play(bot, says('Pass to page inbox'));
    expect(lines.map((line) => line.split(' ', 1)[0])).to.deep.equal(['say', 'pass', 'owner']);
    expect(await stage.play(bot, says('hello'))).to.deep.equal([`owner of ${psid}`]);
  });
});

describe('A bot that was started after the customer wrote', () => {
  const started = (owner: BotStage['owner']): { stage: BotStage; bot: SecondaryBot } => {
    const stage = new BotStage();
    stage.owner = owner;
    const { threadControl, logger } = stage;
    return { stage, bot: new SecondaryBot({ threadControl, logger, appId: secondaryAppId }) };
  };

  it('asks who owns the thread, because its predecessor may have passed it', async () => {
    const { stage, bot } = started({ owner: 'other' });
    expect(await stage.play(bot, says('hello'))).to.deep.equal([`owner of ${psid}`]);
  });

  it('answers when the thread is its own, and when Graph does not answer', async () => {
    const { stage, bot } = started({ owner: 'app', appId: secondaryAppId });
    expect(await stage.play(bot, says('hello'))).to.have.length(2);
    const another = started({ owner: 'other' });
    another.stage.failures['owner'] = new GraphTransportError('timeout');
    expect((await another.stage.play(another.bot, says('hello'))).at(-1)).to.match(/^say /);
  });

  it('does not ask about what is written later', async () => {
    const { stage, bot } = started({ owner: 'other' });
    const later = says('hello');
    (later.channelData as { timestamp: number }).timestamp = Date.now() + 60_000;
    expect(await stage.play(bot, later)).to.have.length(1);
  });
});
