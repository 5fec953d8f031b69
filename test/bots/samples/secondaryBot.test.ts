import { expect } from 'chai';
import type { HandoverBotOptions } from '../../../bots/samples/handoverBot.ts';
import { SecondaryBot } from '../../../bots/samples/secondaryBot.ts';
import { GraphApiError, GraphTransportError } from '../../../helpers/graph/graphErrors.ts';
import { BotStage, connectorRefusal } from '../../support/botStage.ts';
import {
  conversationUpdate,
  echoes,
  echoItem,
  eventActivity,
  messageItem,
  onStandby,
  pageInboxAppId,
  primaryAppId,
  psid,
  says,
  secondaryAppId,
  type StandbyShape,
  standbyShapes,
  taps,
} from '../../support/facebookActivities.ts';

const choices =
  'say Secondary bot: Write something or choose what should happen next. [Pass to primary | Have control taken]';

function setUp(options: Partial<HandoverBotOptions> = {}): { stage: BotStage; bot: SecondaryBot } {
  const stage = new BotStage();
  const { threadControl, logger } = stage;
  return { stage, bot: new SecondaryBot({ threadControl, logger, appId: secondaryAppId, startedAt: 0, ...options }) };
}

const taken = (body: Record<string, unknown>) => conversationUpdate({ take_thread_control: body });

describe('SecondaryBot', () => {
  for (const name of ['policy_enforcement', 'policy-enforcement']) {
    it(`says nothing, and warns the operator once, when Meta blocks the Page, as ${name}`, async () => {
      const { stage, bot } = setUp();
      const lines: object[] = [];
      stage.logger.warn = (fields, message) => void lines.push({ ...fields, message });
      const value = { recipient: { id: '10' }, timestamp: 1, [name]: { action: 'block', reason: 'spam' } };
      const blocked = eventActivity(value);
      expect(await stage.play(bot, blocked)).to.deep.equal([]);
      expect(lines).to.deep.equal([
        {
          bot: 'Secondary bot',
          page: '10',
          action: 'block',
          reason: 'spam',
          message: 'Meta enforces a policy against the Page; blocked, it can send nothing.',
        },
      ]);
    });
  }

  describe('on a message', () => {
    it('shows its two choices for any other text', async () => {
      const { stage, bot } = setUp();
      expect(await stage.play(bot, says('hi'))).to.deep.equal([choices]);
      expect(await stage.play(bot, says('Receive request'))).to.deep.equal([choices]);
    });

    it('does nothing for "Have control taken", which the primary bot hears on standby', async () => {
      const { stage, bot } = setUp();
      expect(await stage.play(bot, taps('Have control taken'))).to.deep.equal([]);
    });

    it('says so and then passes without a target, for "Pass to primary"', async () => {
      const { stage, bot } = setUp();
      expect(await stage.play(bot, taps('pass to primary'))).to.deep.equal([
        'say Secondary bot: The thread goes back to the primary receiver now.',
        `pass ${psid} to nobody named "Pass to primary"`,
      ]);
    });

    it('says why when the pass is refused', async () => {
      const { stage, bot } = setUp();
      stage.failures.pass = new GraphApiError({ status: 400, reason: 'temporary' });
      expect((await stage.play(bot, says('Pass to primary'))).at(-1)).to.equal(
        'say Secondary bot: Thread control could not be passed, because Messenger has a temporary problem.',
      );
    });

    it('says in one sentence that there is no page token, when there is none', async () => {
      const { stage, bot } = setUp({ threadControl: undefined });
      expect(await stage.play(bot, says('Pass to primary'))).to.deep.equal([
        'say Secondary bot: Thread control cannot be used, because no Facebook page token is configured for this bot.',
      ]);
    });
  });

  describe('on standby', () => {
    for (const [phrase, metadata] of [
      ['Receive request', 'give me control'],
      ['Receive nice request', 'please'],
    ] as const) {
      for (const shape of Object.keys(standbyShapes) as StandbyShape[]) {
        it(`requests control with "${metadata}" for "${phrase}" and says nothing, with ${shape}`, async () => {
          const { stage, bot } = setUp();
          const requested = [`request ${psid} "${metadata}"`];
          expect(await stage.play(bot, onStandby([messageItem(phrase.toUpperCase())], shape))).to.deep.equal(requested);
          expect(await stage.play(bot, onStandby([messageItem(phrase, 'x')], shape))).to.deep.equal(requested);
        });
      }
    }

    it('does and says nothing for anything else, its own phrases and echoes included', async () => {
      const { stage, bot } = setUp();
      for (const text of ['hi', 'Pass to primary', 'Have control taken']) {
        expect(await stage.play(bot, onStandby([messageItem(text)]))).to.deep.equal([]);
      }
      expect(await stage.play(bot, onStandby([echoItem('Receive request')]))).to.deep.equal([]);
    });

    for (const failure of [
      new GraphApiError({ status: 400, reason: 'unknown' }),
      new GraphTransportError('connection', { systemCode: 'ECONNRESET' }),
    ]) {
      it(`makes a failed request once, writes a warning and says nothing, for ${failure.name}`, async () => {
        const { stage, bot } = setUp();
        stage.failures.request = failure;
        expect(await stage.play(bot, onStandby([messageItem('Receive request')]))).to.have.lengthOf(1);
        expect(stage.levelsOfLog()).to.deep.equal(['warn']);
      });
    }
  });

  describe('on a pass event', () => {
    it('says that it owns the thread now, with the metadata, and shows its choices', async () => {
      const { stage, bot } = setUp();
      const passed = conversationUpdate({
        pass_thread_control: { new_owner_app_id: Number(secondaryAppId), metadata: 'request granted' },
      });
      expect(await stage.play(bot, passed)).to.deep.equal([
        'say Secondary bot: The thread was passed with the message "request granted" and now belongs to the secondary bot.',
        choices,
      ]);
    });

    it('is silent about a pass to another app', async () => {
      const { stage, bot } = setUp();
      const passed = conversationUpdate({ pass_thread_control: { new_owner_app_id: Number(primaryAppId) } });
      expect(await stage.play(bot, passed)).to.deep.equal([]);
    });
  });

  describe('on a take event', () => {
    it('says that control was taken, with metadata and previous owner', async () => {
      const { stage, bot } = setUp();
      const event = taken({ previous_owner_app_id: Number(secondaryAppId), metadata: 'Have control taken' });
      expect(await stage.play(bot, event)).to.deep.equal([
        'say Secondary bot: Thread control was taken with the message "Have control taken". ' +
          'The previous owner was the secondary bot. Write something to go on.',
      ]);
    });

    it('says who took it, when Meta tells, and that a previous owner was not named', async () => {
      const { stage, bot } = setUp();
      expect(await stage.play(bot, taken({ new_owner_app_id: Number(pageInboxAppId), metadata: null }))).to.deep.equal([
        'say Secondary bot: Thread control was taken by the page inbox without a message. ' +
          'The previous owner was not named. Write something to go on.',
      ]);
    });

    it('is silent when it was taken from another app, or by itself', async () => {
      const { stage, bot } = setUp();
      expect(await stage.play(bot, taken({ previous_owner_app_id: Number(primaryAppId) }))).to.deep.equal([]);
      expect(await stage.play(bot, taken({ new_owner_app_id: Number(secondaryAppId) }))).to.deep.equal([]);
      expect(stage.levelsOfLog()).to.deep.equal(['debug', 'debug']);
    });

    for (const [endpoint, refusal] of [
      ['the direct endpoint', new GraphApiError({ status: 400, reason: 'notThreadOwner' })],
      ["Azure's channel", connectorRefusal(400, 'Another app is controlling this thread now.')],
    ] as const) {
      it(`writes a debug line, and no error, when ${endpoint} refuses to deliver it`, async () => {
        const { stage, bot } = setUp();
        stage.failures.say = refusal;
        await stage.play(bot, taken({ previous_owner_app_id: secondaryAppId }));
        expect(stage.levelsOfLog()).to.deep.equal(['debug']);
      });
    }
  });

  it('leaves requests of others to the primary bot', async () => {
    const { stage, bot } = setUp();
    const request = eventActivity({ request_thread_control: { requested_owner_app_id: 1, metadata: 'please' } });
    expect(await stage.play(bot, request)).to.deep.equal([]);
  });

  it('never answers an echo', async () => {
    const { stage, bot } = setUp();
    expect(await stage.play(bot, echoes('Pass to primary'))).to.deep.equal([]);
  });
});
