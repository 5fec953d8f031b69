import { expect } from 'chai';
import { PrimaryBot } from '../../../bots/samples/primaryBot.ts';
import { GraphTransportError } from '../../../helpers/graph/graphErrors.ts';
import { BotStage } from '../../support/botStage.ts';
import {
  conversationUpdate,
  echoes,
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
import { choices, notOwner, passedTo, setUp } from '../primaryBotSetUp.ts';

describe('PrimaryBot', () => {
  describe('on a message', () => {
    it('shows its four choices for any other text', async () => {
      const { stage, bot } = setUp();
      expect(await stage.play(bot, says('hi'))).to.deep.equal([choices]);
    });

    it('passes to the page inbox after saying so, for "Pass to page inbox"', async () => {
      const { stage, bot } = setUp();
      expect(await stage.play(bot, taps('Pass to page inbox'))).to.deep.equal([
        'say Primary bot: The thread goes to the page inbox now, where a person can answer.',
        `pass ${psid} to 263902037430900 "Pass to page inbox"`,
      ]);
    });

    it('passes to the first secondary receiver that is not the inbox after saying to which, for "Pass to secondary"', async () => {
      const { stage, bot } = setUp();
      expect(await stage.play(bot, taps('Pass to secondary'))).to.deep.equal([
        'secondary receivers',
        'say Primary bot: The thread goes to Second app now.',
        `pass ${psid} to ${secondaryAppId} "Pass to secondary"`,
      ]);
    });

    it('names a secondary receiver without a name by its app id, and never passes to itself', async () => {
      const { stage, bot } = setUp();
      stage.receivers = [{ id: primaryAppId, name: 'Myself' }, { id: '77' }];
      expect(await stage.play(bot, says('Pass to secondary'))).to.deep.equal([
        'secondary receivers',
        'say Primary bot: The thread goes to app 77 now.',
        `pass ${psid} to 77 "Pass to secondary"`,
      ]);
    });

    it('says that there is no secondary receiver when only the inbox is one', async () => {
      const { stage, bot } = setUp();
      stage.receivers = [{ id: pageInboxAppId }];
      expect(await stage.play(bot, says('Pass to secondary'))).to.deep.equal([
        'secondary receivers',
        'say Primary bot: The Page has no secondary receiver that the thread could be passed to.',
      ]);
    });

    for (const phrase of ['Receive request', 'Receive nice request']) {
      it(`does nothing for "${phrase}", which the secondary bot hears on standby`, async () => {
        const { stage, bot } = setUp();
        expect(await stage.play(bot, taps(phrase))).to.deep.equal([]);
      });
    }

    it('shows its choices for "Have control taken", which is meant for a thread of the secondary bot', async () => {
      const { stage, bot } = setUp();
      expect(await stage.play(bot, says('Have control taken'))).to.deep.equal([choices]);
    });

    it('understands a phrase in any case and with spaces around, but only as the whole text', async () => {
      const { stage, bot } = setUp();
      expect(await stage.play(bot, says('Please pass to page inbox'))).to.deep.equal([choices]);
      expect(await stage.play(bot, says('  pass TO page inbox \n'))).to.have.lengthOf(2);
    });

    it('goes by the title of a quick reply, not by its payload', async () => {
      const { stage, bot } = setUp();
      expect(await stage.play(bot, taps('Something else', 'Pass to page inbox'))).to.deep.equal([choices]);
    });
  });

  describe('when a pass fails', () => {
    it('says why, in plain words', async () => {
      const { stage, bot } = setUp();
      stage.failures.pass = notOwner('rateLimited');
      expect((await stage.play(bot, says('Pass to page inbox'))).at(-1)).to.equal(
        'say Primary bot: Thread control could not be passed, because Messenger asks for a pause.',
      );
      expect(stage.logger.lines).to.deep.equal([
        {
          level: 'warn',
          message: 'Graph refused a call about thread control.',
          fields: { reason: 'rateLimited', status: 400, code: undefined, subcode: undefined, fbtraceId: undefined },
        },
      ]);
    });

    it('says why when the secondary receivers cannot be listed, and passes nothing', async () => {
      const { stage, bot } = setUp();
      stage.failures.secondary = notOwner('notPrimaryReceiver');
      expect(await stage.play(bot, says('Pass to secondary'))).to.deep.equal([
        'secondary receivers',
        'say Primary bot: Thread control could not be passed, because only the primary receiver may do that.',
      ]);
    });

    it('says that nothing is known when Graph gave no answer', async () => {
      const { stage, bot } = setUp();
      stage.failures.pass = new GraphTransportError('timeout');
      expect((await stage.play(bot, says('Pass to page inbox'))).at(-1)).to.equal(
        'say Primary bot: Thread control could not be passed, or it is not known whether it was, because Messenger gave no answer.',
      );
      expect(stage.levelsOfLog()).to.deep.equal(['warn']);
    });

    it('lets an error that is not from Graph reject the turn', async () => {
      const { stage, bot } = setUp();
      const bug = new TypeError('a bug');
      stage.failures.pass = bug;
      expect(await stage.play(bot, says('Pass to page inbox')).catch((error: unknown) => error)).to.equal(bug);
    });
  });

  describe('on a pass event', () => {
    it('says that it owns the thread now, with the metadata, and shows its choices', async () => {
      const { stage, bot } = setUp();
      expect(await stage.play(bot, passedTo(Number(primaryAppId), 'Pass to primary'))).to.deep.equal([
        'say Primary bot: The thread was passed with the message "Pass to primary" and now belongs to the primary bot.',
        choices,
      ]);
    });

    for (const [name, metadata] of [
      ['null', null],
      ['absent', undefined],
      ['empty', ''],
    ] as const) {
      it(`understands metadata that is ${name}`, async () => {
        const { stage, bot } = setUp();
        expect((await stage.play(bot, passedTo(primaryAppId, metadata)))[0]).to.equal(
          'say Primary bot: The thread was passed without a message and now belongs to the primary bot.',
        );
      });
    }

    it('takes a pass without a new owner for its own', async () => {
      const { stage, bot } = setUp();
      expect((await stage.play(bot, passedTo(undefined)))[0]).to.equal(
        'say Primary bot: The thread was passed without a message and now belongs to the primary bot.',
      );
    });

    it('is silent about a pass to another app, whose id came as a number or as a string', async () => {
      const { stage, bot } = setUp();
      expect(await stage.play(bot, passedTo(Number(secondaryAppId)))).to.deep.equal([]);
      expect(await stage.play(bot, passedTo(secondaryAppId))).to.deep.equal([]);
      expect(await stage.play(bot, passedTo(Number(pageInboxAppId)))).to.deep.equal([]);
      expect(stage.levelsOfLog()).to.deep.equal(['debug', 'debug', 'debug']);
    });

    it('names the app id when it does not know its own, and is silent about the page inbox', async () => {
      const stage = new BotStage();
      const bot = new PrimaryBot({ threadControl: stage.threadControl, logger: stage.logger, startedAt: 0 });
      expect((await stage.play(bot, passedTo(4711)))[0]).to.equal(
        'say Primary bot: The thread was passed without a message and now belongs to app 4711.',
      );
      expect(await stage.play(bot, passedTo(Number(pageInboxAppId)))).to.deep.equal([]);
    });
  });

  describe('on a take event', () => {
    it('writes it to the log and does not talk, because it does not own the thread any more', async () => {
      const { stage, bot } = setUp();
      const taken = conversationUpdate({ take_thread_control: { previous_owner_app_id: Number(primaryAppId) } });
      expect(await stage.play(bot, taken)).to.deep.equal([]);
      expect(stage.logger.lines).to.deep.equal([
        { level: 'info', message: 'Thread control was taken.', fields: { previousOwner: primaryAppId } },
      ]);
    });
  });

  describe('on standby', () => {
    for (const shape of Object.keys(standbyShapes) as StandbyShape[]) {
      it(`takes control for "Have control taken" and says nothing, with ${shape}`, async () => {
        const { stage, bot } = setUp();
        const taken = [`take ${psid} "Have control taken"`];
        expect(await stage.play(bot, onStandby([messageItem('have control taken ')], shape))).to.deep.equal(taken);
        expect(await stage.play(bot, onStandby([messageItem('Have control taken', 'x')], shape))).to.deep.equal(taken);
      });
    }

    it('hears the phrase in whichever item it is, and for the customer who said it', async () => {
      const { stage, bot } = setUp();
      const other = { ...messageItem('Have control taken'), sender: { id: '999' } };
      expect(await stage.play(bot, onStandby([messageItem('hi'), other]))).to.deep.equal([
        'take 999 "Have control taken"',
      ]);
    });

    for (const text of ['hi', 'Pass to page inbox', 'Pass to secondary', 'Receive nice request']) {
      it(`does and says nothing for "${text}"`, async () => {
        const { stage, bot } = setUp();
        expect(await stage.play(bot, onStandby([messageItem(text)]))).to.deep.equal([]);
      });
    }

    it('writes a refused take to the log and still says nothing', async () => {
      const { stage, bot } = setUp();
      stage.failures.take = notOwner('noDefaultApp');
      expect(await stage.play(bot, onStandby([messageItem('Have control taken')]))).to.have.lengthOf(1);
      expect(stage.levelsOfLog()).to.deep.equal(['warn']);
    });

    it('writes to the log when there is no page token to act with, or no customer to act for', async () => {
      const { stage, bot } = setUp({ threadControl: undefined });
      expect(await stage.play(bot, onStandby([messageItem('Have control taken')]))).to.deep.equal([]);
      const anonymous = { recipient: { id: '1' }, message: { mid: 'm_1', text: 'Have control taken' } };
      expect(await stage.play(setUp({ logger: stage.logger }).bot, onStandby([anonymous]))).to.deep.equal([]);
      expect(stage.levelsOfLog()).to.deep.equal(['warn', 'warn']);
    });
  });

  describe('without a page token', () => {
    for (const phrase of ['Pass to page inbox', 'Pass to secondary']) {
      it(`says so in one sentence for "${phrase}"`, async () => {
        const { stage, bot } = setUp({ threadControl: undefined });
        expect(await stage.play(bot, says(phrase))).to.deep.equal([
          'say Primary bot: Thread control cannot be used, because no Facebook page token is configured for this bot.',
        ]);
      });
    }
  });

  it('never answers an echo, whatever it says and wherever it is heard', async () => {
    const { stage, bot } = setUp();
    for (const text of ['hi', 'Pass to page inbox', 'Have control taken']) {
      expect(await stage.play(bot, echoes(text))).to.deep.equal([]);
    }
  });
});
