import { expect } from 'chai';
import type { BotParts } from '../../../bots/botParts.ts';
import { FacebookActivityHandler } from '../../../bots/facebookActivityHandler.ts';
import * as samples from '../../../bots/samples/createBot.ts';
import type { TakeoverRules } from '../../../bots/takeover/rules.ts';
import { Takeover } from '../../../bots/takeover/takeover.ts';
import { endpoints, type Stage, type StageOptions } from '../../../testing/openStage.ts';
import { withStage } from '../../../testing/withStage.ts';

const minute = 60_000;
const handing = 'I am passing you on to a person, who will answer you here.';
const back = 'You are talking to the bot again.';

/** Says what it heard, behind the takeover; `fail` throws, `over` hands over, `bad` did not help, `later` speaks a minute later. */
function bot(rules: Partial<TakeoverRules>, told: string[] = []) {
  return (parts: BotParts) => {
    const takeover = new Takeover(parts, rules)
      .onHandedOver(async ({ reason, to }) => void told.push(`over ${reason} to ${to}`))
      .onPersonSpoke(async (_handover, _context, text) => void told.push(`person ${text}`))
      .onHandedBack(async ({ end }) => void told.push(`back ${end}`))
      .onHandoverDeclined(async ({ end }) => void told.push(`declined ${end}`));
    const answers = new FacebookActivityHandler()
      .onMessage(async (context, next) => {
        const { text } = context.activity;
        if (text === 'fail') throw new Error('The order service is down.');
        if (text === 'over') {
          const result = await takeover.handOver(context, { reason: 'refund', summary: 'Wants the money back.' });
          told.push(result);
        } else if (text === 'bad') {
          await context.sendActivity('I do not know.');
          await takeover.unhelpful(context);
        } else {
          if (text === 'later') await parts.timers.schedule(context, 'later', '1m');
          await context.sendActivity(`bot: ${text}`);
          await takeover.helped(context);
        }
        await next();
      })
      .onTimer('later', async (_timer, context, next) => {
        await context.sendActivity('It is later.');
        await next();
      });
    return takeover.before(answers);
  };
}

for (const endpoint of endpoints) {
  const play = (options: Omit<StageOptions, 'endpoint'>, scene: (stage: Stage) => Promise<void>) => () =>
    withStage({ ...options, endpoint }, async (stage) => {
      await scene(stage);
      expect(await stage.deadLetters()).to.deep.equal([]);
    });

  describe(`Scenes of a takeover, through ${endpoint}`, () => {
    for (const mode of ['classic', 'exclusive', 'routing'] as const) {
      const told: string[] = [];
      it(
        `in ${mode}: a person answers, is done, and the bot goes on`,
        play({ bot: bot({}, told), mode }, async (stage) => {
          await stage.customer.says('hi');
          await stage.customer.says('agent');
          await stage.inbox.says('I am Ana.');
          await stage.customer.says('where is my parcel');
          expect(stage.texts()).to.deep.equal(['bot: hi', handing]);
          expect(stage.owner()).to.equal('inbox');
          await stage.inbox.marksDone();
          await stage.customer.says('thanks');
          const said = stage.texts();
          expect(said.at(-1)).to.equal('bot: thanks');
          expect(told.slice(0, 2)).to.deep.equal(['over phrase to inbox', 'person I am Ana.']);
          expect(told.slice(2)).to.deep.equal(['back done']);
        }),
      );

      it(
        `in ${mode}: a word of the person brings the bot back`,
        play({ bot: bot({}), mode }, async (stage) => {
          await stage.customer.says('agent');
          await stage.inbox.says('I am Ana.');
          await stage.inbox.says('/bot');
          expect(stage.texts()).to.deep.equal([handing, back]);
          expect(stage.owner()).to.equal('primary');
        }),
      );

      it(
        `in ${mode}: a word of the customer brings the bot back`,
        play({ bot: bot({}), mode }, async (stage) => {
          await stage.customer.says('agent');
          await stage.customer.says('back to the bot!');
          expect(stage.texts()).to.deep.equal([handing, back]);
          expect(stage.owner()).to.equal('primary');
        }),
      );
    }

    it(
      'on a Page without routing: is silent over a person in every turn, and goes on by itself',
      play({ bot: bot({ silenceMs: 30 * minute }), mode: 'open' }, async (stage) => {
        await stage.customer.says('later');
        await stage.inbox.says('I am Ana.');
        await stage.clock.advance('2m');
        await stage.customer.says('hi Ana');
        expect(stage.texts()).to.deep.equal(['bot: later']);
        await stage.clock.advance('27m');
        await stage.customer.says('still there?');
        expect(stage.texts()).to.deep.equal([]);
        await stage.clock.advance('2m');
        await stage.customer.says('hello');
        expect(stage.texts()).to.deep.equal(['bot: hello']);
      }),
    );

    it(
      'on a Page without routing: passes nothing if that is set, tells when nobody answers, and comes back',
      play(
        { bot: bot({ receivers: ['pause'], noticeMs: 10 * minute, silenceMs: 30 * minute }), mode: 'open' },
        async (stage) => {
          await stage.customer.says('agent');
          await stage.customer.says('hello?');
          expect(stage.texts()).to.deep.equal([handing]);
          expect(stage.owner()).to.equal('nobody');
          await stage.clock.advance('11m');
          expect(stage.texts()).to.deep.equal(['I am sorry that it takes so long. A person will answer you here.']);
          await stage.inbox.says('I am Ana.');
          await stage.clock.advance('29m');
          await stage.customer.says('thanks');
          expect(stage.texts()).to.deep.equal([]);
          await stage.clock.advance('2m');
          const returned = 'Nobody from our team has written for a while. You are talking to the bot again.';
          expect(stage.texts()).to.deep.equal([returned]);
          await stage.customer.says('hi');
          expect(stage.texts()).to.deep.equal(['bot: hi']);
        },
      ),
    );

    it(
      'on a Page without routing: passes to the inbox once, learns that nobody can take there, and then only pauses',
      play({ bot: bot({ silenceMs: 30 * minute }), mode: 'open' }, async (stage) => {
        await stage.customer.says('agent');
        expect(stage.owner()).to.equal('inbox');
        await stage.clock.advance('31m');
        await stage.inbox.marksDone();
        await stage.customer.says('agent');
        expect(stage.owner()).to.equal('nobody');
        await stage.clock.advance('31m');
        await stage.customer.says('hi');
        expect(stage.texts().slice(-2)).to.deep.equal([
          'Nobody from our team has written for a while. You are talking to the bot again.',
          'bot: hi',
        ]);
      }),
    );

    it(
      "does not take Meta's AI for a person",
      play({ bot: bot({ silenceMs: 30 * minute }), metaAi: 'on', mode: 'open' }, async (stage) => {
        await stage.customer.says('hi');
        await stage.metaAi.takes();
        await stage.metaAi.says('I am an AI.');
        await stage.metaAi.handsBack();
        await stage.customer.says('and you?');
        expect(stage.texts().filter((text) => text.startsWith('bot'))).to.deep.equal(['bot: hi', 'bot: and you?']);
      }),
    );

    const byBot: string[] = [];
    it(
      'lets the bot hand over, with what it knows',
      play({ bot: bot({}, byBot) }, async (stage) => {
        await stage.customer.says('over');
        expect(stage.texts()).to.deep.equal([handing]);
        expect(byBot).to.deep.equal(['over bot to inbox', 'handedOver']);
        expect(JSON.stringify(stage.emulator.events())).to.contain('Wants the money back.');
      }),
    );

    const unhelpful: string[] = [];
    it(
      'calls a person after so many answers in a row that did not help',
      play({ bot: bot({ unhelpfulAnswers: 2 }, unhelpful) }, async (stage) => {
        for (const text of ['bad', 'good', 'bad', 'bad']) await stage.customer.says(text);
        expect(stage.texts()).to.deep.equal([
          'I do not know.',
          'bot: good',
          'I do not know.',
          'I do not know.',
          handing,
        ]);
        expect(unhelpful).to.deep.equal(['over unhelpful to inbox']);
      }),
    );

    it(
      'calls a person when the bot fails, and the log has the error',
      play({ bot: bot({ onException: 'handOver' }) }, async (stage) => {
        await stage.customer.says('fail');
        expect(stage.texts()).to.deep.equal([handing]);
        expect(stage.owner()).to.equal('inbox');
        expect(stage.log().filter(({ level }) => level === 'error')).to.have.length(1);
      }),
    );

    const second: string[] = [];
    it(
      'takes the second choice when the first refuses',
      play({ bot: bot({ receivers: ['Nobody', '4711', 'inbox'] }, second) }, async (stage) => {
        await stage.customer.says('agent');
        expect(stage.texts()).to.deep.equal([handing]);
        expect(stage.owner()).to.equal('inbox');
        expect(second).to.deep.equal(['over phrase to inbox']);
      }),
    );

    const refused: string[] = [];
    it(
      'says so when all refuse, and goes on',
      play({ bot: bot({ receivers: ['Nobody', '4711'] }, refused) }, async (stage) => {
        await stage.customer.says('agent');
        await stage.customer.says('hi');
        expect(stage.texts()).to.deep.equal([
          handing,
          'I am sorry, I cannot reach a person at the moment, so I go on helping you.',
          'bot: hi',
        ]);
        expect(refused).to.deep.equal(['declined declined']);
      }),
    );

    it(
      'comes back at the hard limit although the person goes on',
      play({ bot: bot({ silenceMs: 30 * minute, hardLimitMs: 60 * minute }) }, async (stage) => {
        await stage.customer.says('agent');
        for (let n = 0; n < 2; n += 1) {
          await stage.clock.advance('29m');
          await stage.inbox.says('wait');
        }
        await stage.customer.says('yes');
        expect(stage.texts()).to.deep.equal([handing]);
        await stage.clock.advance('2m');
        expect(stage.texts()).to.deep.equal([back]);
        expect(stage.owner()).to.equal('primary');
      }),
    );

    it(
      'stays silent when the thread cannot be taken, and says so in the log once',
      play({ bot: bot({ silenceMs: 30 * minute, hardLimitMs: 60 * minute }) }, async (stage) => {
        await stage.customer.says('agent');
        stage.graph.refuses('take_thread_control', { as: 'notThreadOwner', times: 5 });
        await stage.clock.advance('2h');
        expect(stage.texts()).to.deep.equal([handing]);
        const lines = stage.log().filter(({ message }) => message.startsWith('The bot stays silent'));
        expect(lines).to.have.length(1);
      }),
    );

    const settings = { TakeoverPhrases: 'standard', TakeoverSilenceMinutes: '30', TakeoverReturn: 'atOnce' };
    it(
      'is the primary bot too, by settings, which says the rest in its own words',
      play({ bot: samples, settings }, async (stage) => {
        await stage.customer.says('Can I talk to a human?');
        expect(stage.texts()).to.deep.equal([`Primary bot: ${handing}`]);
        await stage.inbox.marksDone();
        expect(stage.texts().at(-1)).to.equal('Primary bot: Write something or choose what should happen next.');
        await stage.customer.taps('Pass to page inbox');
        expect(stage.texts()).to.have.length(1);
        await stage.clock.advance('30m');
        expect(stage.texts()).to.deep.equal([
          'Primary bot: Nobody from our team has written for a while. You are talking to the bot again.',
        ]);
        expect(stage.owner()).to.equal('primary');
      }),
    );

    it(
      'says nothing about its own take, of which the classic protocol tells it as if the thread had been passed: a person has it again by then',
      play({ bot: samples, mode: 'classic', settings: { ...settings, TakeoverNoticeMinutes: '10' } }, async (stage) => {
        await stage.customer.says('Can I talk to a human?');
        expect(stage.texts()).to.deep.equal([`Primary bot: ${handing}`]);
        await stage.clock.advance('10m');
        expect(stage.texts()).to.deep.equal([
          'Primary bot: I am sorry that it takes so long. A person will answer you here.',
        ]);
        expect(stage.owner()).to.equal('inbox');
        await stage.clock.advance('20m');
        expect(stage.texts()).to.deep.equal([
          'Primary bot: Nobody from our team has written for a while. You are talking to the bot again.',
        ]);
        expect(stage.owner()).to.equal('primary');
      }),
    );

    it(
      'does not come back from the person who has the conversation now, because an earlier one is told late to be done',
      play({ bot: bot({}), mode: 'classic' }, async (stage) => {
        const { customer, inbox, emulator } = stage;
        await customer.says('agent');
        const appId = emulator.state().apps.find(({ name }) => name === 'primary')?.id ?? '';
        emulator.injectWebhookFault({ fault: 'hold', match: { appId, kind: 'pass_thread_control' } });
        await inbox.marksDone();
        await customer.says('hi');
        await customer.says('agent');
        expect(stage.texts()).to.have.length(3);
        expect(stage.owner()).to.equal('inbox');
        await inbox.says('I am Ben.');
        emulator.releaseWebhooks(appId);
        await stage.settled();
        await customer.says('hello?');
        expect(stage.texts()).to.deep.equal([]);
        await inbox.marksDone();
        expect(stage.texts()).to.have.length(1);
      }),
    );

    it(
      'leaves the primary bot as it was without these settings',
      play({ bot: samples }, async (stage) => {
        await stage.customer.says('Can I talk to a human?');
        expect(stage.texts()).to.deep.equal(['Primary bot: Write something or choose what should happen next.']);
        await stage.customer.taps('Pass to page inbox');
        await stage.inbox.says('/bot');
        await stage.clock.advance('23h');
        expect(stage.texts()).to.have.length(1);
        expect(stage.owner()).to.equal('inbox');
      }),
    );

    it(
      'keeps customers apart',
      play({ bot: bot({ silenceMs: 30 * minute }) }, async (stage) => {
        const other = stage.anotherCustomer('Otto');
        await stage.customer.says('agent');
        await other.customer.says('hi');
        await stage.clock.advance('31m');
        expect(stage.texts()).to.have.length(2);
        expect(other.texts()).to.deep.equal(['bot: hi']);
      }),
    );
  });
}
