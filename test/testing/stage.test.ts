import { setImmediate as nextTask } from 'node:timers/promises';
import { expect } from 'chai';
import type { TurnContext } from 'botbuilder';
import { createBot } from '../../bots/samples/createBot.ts';
import { FacebookActivityHandler } from '../../bots/facebookActivityHandler.ts';
import { maySpeak } from '../../bots/ownershipGuard.ts';
import { PAGE_INBOX_APP_ID } from '../../models/facebookEvent.ts';
import type { BotParts } from '../../server.ts';
import { endpoints, openStage, type CreateBot, type Stage, type StageOptions } from '../../testing/openStage.ts';
import { useFolder } from '../support/brokenDisk.ts';

/** A bot that says what the function answers. */
const answering = (answer: (context: TurnContext) => Promise<string | undefined> | string | undefined) => () => {
  const bot = new FacebookActivityHandler();
  bot.onMessage(async (context, next) => {
    const text = await answer(context);
    if (text !== undefined) await context.sendActivity(text);
    await next();
  });
  return bot;
};

const handsOver = ({ threadControl }: BotParts) => {
  const bot = new FacebookActivityHandler();
  bot.onMessage(async (context, next) => {
    const { text, from } = context.activity;
    await context.sendActivity(text === 'agent' ? 'A person will answer.' : `You said ${text}.`);
    if (text === 'agent') await threadControl.passThreadControl(from.id, PAGE_INBOX_APP_ID);
    await next();
  });
  return bot;
};

for (const endpoint of endpoints) {
  describe(`A stage, ${endpoint}`, () => {
    const folder = useFolder();
    let stage: Stage;
    const open = async (options: Omit<StageOptions, 'endpoint'>) => (stage = await openStage({ ...options, endpoint }));
    afterEach(() => stage.close());

    it('tells what the bot said since the last time, and who owns the conversation', async () => {
      await open({ bot: handsOver });
      expect(stage.owner()).to.equal('nobody');
      await stage.customer.says('hi');
      expect(stage.texts()).to.deep.equal(['You said hi.']);
      expect(stage.owner()).to.equal('primary');
      await stage.customer.says('agent');
      expect(stage.texts()).to.deep.equal(['A person will answer.']);
      expect(stage.texts()).to.deep.equal([]);
      expect(stage.owner()).to.equal('inbox');
      await stage.inbox.says('Hello, how can I help?');
      expect(stage.texts(), 'words of people').to.deep.equal([]);
      await stage.inbox.marksDone();
      expect(stage.owner()).to.equal('primary');
    });

    it('sends messages that are written quickly all at once, and keeps their order', async () => {
      await open({ bot: answering(({ activity }) => activity.text) });
      await stage.customer.says('one', 'two', 'three');
      expect(stage.texts()).to.deep.equal(['one', 'two', 'three']);
    });

    it('taps what the shipped bots offer', async () => {
      await open({ bot: createBot, otherBot: createBot, mode: 'classic' });
      await stage.customer.says('hi');
      const [reply] = stage.replies();
      expect(reply).to.deep.include({ from: 'primary', buttons: [], cards: [], attachments: [] });
      expect(reply?.quickReplies).to.include('Pass to secondary');
      await stage.customer.taps('Pass to secondary');
      expect(stage.owner()).to.equal('secondary');
      expect(stage.replies().map(({ from }) => from)).to.deep.equal(['primary', 'secondary', 'secondary']);
    });

    it('refuses to tap what nobody offers, and says what is offered', async () => {
      await open({ bot: createBot });
      await stage.customer.says('hi');
      const problem = await stage.customer.taps('Buy').then(String, String);
      expect(problem).to.match(/Pass to page inbox/);
    });

    it('keeps the conversations of two customers apart', async () => {
      await open({ bot: answering(({ activity }) => activity.text) });
      const ben = stage.anotherCustomer('Ben');
      await stage.customer.says('from Carla');
      await ben.customer.says('from Ben');
      expect(stage.texts()).to.deep.equal(['from Carla']);
      expect(ben.texts()).to.deep.equal(['from Ben']);
      expect(stage.owner()).to.equal(ben.owner());
    });

    it('runs a turn that failed again at once, and tells what was thrown', async () => {
      let failures = 1;
      await open({
        bot: answering(() => {
          if (failures-- > 0) throw new Error('The service is away.');
          return 'Here it is.';
        }),
      });
      await stage.customer.says('order 7');
      expect(stage.texts()).to.deep.equal(['Here it is.']);
      expect(stage.failures()).to.have.length(1);
      expect(stage.failures()[0]).to.deep.include({ bot: 'primary', text: 'order 7' });
      expect(String(stage.failures()[0]?.error)).to.equal('Error: The service is away.');
      expect(await stage.deadLetters()).to.deep.equal([]);
    });

    it('is not opened by a bot that is never made, or that is none, and says so', async () => {
      const opened = (bot: () => unknown) =>
        openStage({ bot: bot as CreateBot, endpoint, settleMs: 20 }).then(String, String);
      expect(await opened(() => new Promise(() => undefined))).to.match(
        /^Error: createBot of the primary bot has not returned within 0\.02 s: look for/,
      );
      expect(await opened(() => Promise.reject(new Error('no database')))).to.equal('Error: no database');
      expect(await opened(() => ({}))).to.match(/createBot of the primary bot returned an object without run/);
      expect(await opened(() => undefined)).to.match(/createBot of the primary bot returned undefined/);
    });

    it('gives a turn up that always fails, and goes on with the next', async () => {
      await open({
        bot: answering(({ activity }) => {
          if (activity.text === 'broken') throw new Error('It breaks.');
          return 'fine';
        }),
      });
      await stage.customer.says('broken', 'whole');
      expect(stage.texts()).to.deep.equal(['fine']);
      expect(stage.failures()).to.have.length(5);
      const [letter, ...more] = await stage.deadLetters();
      expect(more).to.deep.equal([]);
      expect(letter).to.deep.include({ reason: 'failed', sentence: 'Error: It breaks.' });
      expect(stage.timeline()).to.match(/primary has a turn that failed, and gives it up: Error: It breaks\./);
    });

    it('tells of no trouble with the other app of the Page, which has no bot here', async () => {
      await open({ bot: answering(() => 'fine') });
      await stage.customer.says('hi');
      expect(stage.timeline())
        .to.contain('to primary on messaging')
        .and.not.to.match(/lost|unreachable|no address|Why/);
    });

    it('keeps the store over a restart, and not the memory of the bot', async () => {
      let made = 0;
      await open({
        bot: ({ storage }: BotParts) => {
          made += 1;
          return answering(async () => {
            const { count } = await storage.read(['count']);
            const next = { total: ((count as { total?: number } | undefined)?.total ?? 0) + 1 };
            await storage.write({ count: next });
            return `${next.total} by bot ${made}`;
          })();
        },
      });
      await stage.customer.says('a');
      await stage.restart();
      await stage.customer.says('b');
      expect(stage.texts()).to.deep.equal(['1 by bot 1', '2 by bot 2']);
    });

    for (const kept of ['in memory', 'in a file'] as const) {
      /** Says two sentences, and is killed between them the first time. */
      const twoSentences = () => {
        let runs = 0;
        const bot = answering(async (context) => {
          runs += 1;
          await context.sendActivity(`one by run ${runs}`);
          if (runs === 1) stage.kill();
          return `two by run ${runs}`;
        });
        return { bot, settings: { StorePath: kept === 'in memory' ? ':memory:' : folder.path('killed.db') } };
      };

      it(`kills the bot in the middle of a turn, which the next one ends, with a store ${kept}`, async () => {
        await open(twoSentences());
        await stage.customer.says('hi');
        expect(stage.texts()).to.deep.equal(['one by run 1']);
        await stage.restart();
        expect(stage.texts()).to.deep.equal(['two by run 2']);
        await stage.customer.says('and again');
        expect(stage.texts()).to.deep.equal(['one by run 3', 'two by run 3']);
        expect([stage.failures(), await stage.deadLetters()]).to.deep.equal([[], []]);
      });

      it(`kills the bot before it learns that its message was taken, with a store ${kept}`, async () => {
        await open({ ...twoSentences(), bot: answering(() => 'hello') });
        const stop = stage.emulator.on((event) => {
          if (event.type !== 'pageMessage') return;
          stop();
          stage.kill();
        });
        await stage.customer.says('hi');
        await stage.restart();
        await stage.clock.advance('1h');
        expect(stage.texts()).to.deep.equal(['hello']);
        expect(await stage.deadLetters()).to.deep.equal([]);
      });
    }

    it('leaves nobody there who could hear when the bot was killed', async () => {
      await open({ bot: answering(({ activity }) => activity.text) });
      stage.kill();
      stage.kill();
      expect(await stage.plans().then(String, String)).to.match(/The bot was killed\. Restart it/);
      expect(await stage.deadLetters()).to.deep.equal([]);
      await stage.customer.says('is anybody there?');
      expect(stage.texts()).to.deep.equal([]);
      await stage.restart();
      await stage.clock.advance('1h');
      // Messenger tries again. Azure does not, as far as is known.
      expect(stage.texts()).to.deep.equal(endpoint === 'direct' ? ['is anybody there?'] : []);
      await stage.customer.says('hi');
      expect(stage.texts()).to.deep.equal(['hi']);
    });

    it('says once what Messenger took although its answer was lost', async () => {
      await open({ bot: handsOver });
      stage.graph.losesAnswer('messages');
      await stage.customer.says('hi');
      expect(stage.texts()).to.deep.equal(['You said hi.']);
      stage.graph.losesRequest('pass_thread_control');
      await stage.customer.says('agent');
      expect(stage.texts()).to.deep.equal(['A person will answer.']);
      expect(stage.owner()).to.equal('inbox');
      expect(await stage.deadLetters()).to.deep.equal([]);
    });

    it('says later what Messenger refused for a while', async () => {
      await open({ bot: handsOver });
      stage.graph.refuses('messages', { times: 3 });
      await stage.customer.says('hi');
      expect(stage.texts()).to.deep.equal(['You said hi.']);
    });

    it('refuses to let a time go by that is none', async () => {
      await open({ bot: handsOver });
      for (const wrong of [-1, 0.5, '20', '20minutes', '-1m']) {
        const error = await stage.clock.advance(wrong).catch((err: unknown) => err);
        expect(error, String(wrong)).to.be.instanceOf(RangeError).with.property('message').that.contains("'20m'");
      }
    });

    it("fires the bot's timers at their times, those that a timer sets too", async () => {
      const times: number[] = [];
      const reminds = ({ timers }: BotParts) => {
        const bot = new FacebookActivityHandler();
        bot.onMessage(async (context, next) => {
          await timers.schedule(context, 'first', '10m');
          await next();
        });
        bot.onTimer('first', async ({ dueAt }, context) => {
          times.push(dueAt - begun);
          await context.sendActivity('first');
          await timers.schedule(context, 'second', '5m');
        });
        bot.onTimer('second', async ({ dueAt }, context) => {
          times.push(dueAt - begun);
          await context.sendActivity('second');
        });
        return bot;
      };
      await open({ bot: reminds });
      const begun = stage.clock.now();
      await stage.customer.says('hi');
      await stage.clock.advance('9m');
      expect(stage.texts()).to.deep.equal([]);
      await stage.clock.advance('2m');
      expect(stage.texts()).to.deep.equal(['first']);
      await stage.restart();
      await stage.customer.says('hi');
      await stage.clock.advance('30m');
      expect(stage.texts()).to.deep.equal(['second', 'first', 'second']);
      // Of two timers that are passed in one advance, each is due at its own time.
      const minutes = times.map((ms) => Math.floor(ms / 60_000));
      expect(minutes).to.deep.equal([10, 15, 21, 26]);
    });

    it('keeps quiet, by timer and by itself, while a person has the thread, and speaks afterwards', async () => {
      let parts: BotParts | undefined;
      const patient = (made: BotParts) => {
        parts = made;
        const bot = handsOver(made);
        bot.onMessage(async (context, next) => {
          await made.timers.schedule(context, 'blunt', '10m');
          await made.timers.schedule(context, 'polite', '20m');
          await next();
        });
        bot.onTimer('blunt', (_timer, context) => context.sendActivity('Still there?').then(() => undefined));
        bot.onTimer('polite', async (_timer, context) => {
          if (await maySpeak(context)) await context.sendActivity('Was that helpful?');
          else await made.timers.schedule(context, 'polite', '1h');
        });
        return bot;
      };
      await open({ bot: patient });
      await stage.customer.says('agent');
      await stage.inbox.says('Hello, how can I help?');
      stage.texts();
      await stage.clock.advance('30m');
      const news = (context: TurnContext) => context.sendActivity('News!');
      const psid = stage.customer.psid;
      expect(await parts?.conversations.run(psid, news)).to.deep.equal({ id: '' });
      expect(stage.texts()).to.deep.equal([]);
      const suppressed = stage.log().filter(({ fields }) => fields['suppressed'] === true);
      expect(suppressed, 'both timers and the run are told of').to.have.length(3);
      await stage.inbox.marksDone();
      await stage.clock.advance('1h');
      expect(stage.texts()).to.deep.equal(['Was that helpful?']);
      await parts?.conversations.run(psid, news);
      expect(stage.texts()).to.deep.equal(['News!']);
      expect(await stage.deadLetters()).to.deep.equal([]);
    });

    it('leaves trouble that goes on to the clock', async () => {
      await open({ bot: handsOver });
      stage.graph.refuses('messages', { times: 12 });
      await stage.customer.says('hi');
      expect(stage.texts()).to.deep.equal([]);
      await stage.clock.advance('1h');
      expect(stage.texts()).to.deep.equal(['You said hi.']);
      expect(await stage.deadLetters()).to.deep.equal([]);
    });

    it('lets time go by for Messenger', async () => {
      await open({ bot: handsOver });
      await stage.customer.says('hi');
      const before = stage.clock.now();
      await stage.clock.advance('25h');
      expect(stage.clock.now() - before).to.be.at.least(25 * 3_600_000);
      expect(stage.owner()).to.equal('nobody');
    });

    it("knows Meta's AI", async () => {
      await open({ bot: handsOver, metaAi: 'on' });
      await stage.metaAi.takes();
      await stage.metaAi.says('I am the AI.');
      expect([stage.owner(), stage.texts()]).to.deep.equal(['metaAi', []]);
      await stage.metaAi.handsBack();
      expect(stage.owner()).to.equal('primary');
    });
  });
}

describe('A stage', () => {
  it('plays the secondary bot, with the primary beside it', async () => {
    await using stage = await openStage({ bot: createBot, role: 'secondary', otherBot: createBot, mode: 'classic' });
    await stage.customer.says('hi');
    await stage.customer.taps('Pass to secondary');
    expect(stage.owner()).to.equal('secondary');
  });

  it('shows cards, buttons and pictures', async () => {
    const button = { type: 'postback', title: 'Details', payload: 'details' };
    const elements = [{ title: 'A lamp', subtitle: 'It shines.', buttons: [button] }, { title: 'A chair' }];
    const facebook = { attachment: { type: 'template', payload: { template_type: 'generic', elements } } };
    await using stage = await openStage({
      bot: () => ({
        run: async (context) => {
          const postback = (context.activity.channelData as { postback?: { payload?: string } }).postback;
          if (postback !== undefined) await context.sendActivity(`postback ${postback.payload}`);
          else if (context.activity.text === 'show')
            await context.sendActivity({ type: 'message', channelData: facebook });
          else if (context.activity.text === 'picture')
            await context.sendActivity({
              attachments: [{ contentType: 'image/png', contentUrl: 'https://example.com/a.png' }],
            });
        },
      }),
    });
    await stage.customer.says('show');
    const [reply] = stage.replies();
    expect(reply?.cards).to.deep.equal([
      { title: 'A lamp', subtitle: 'It shines.' },
      { title: 'A chair', subtitle: '' },
    ]);
    expect(reply?.buttons).to.deep.equal(['Details']);
    await stage.customer.taps('Details');
    expect(stage.texts()).to.deep.equal(['postback details']);
    await stage.customer.says('picture');
    expect(stage.replies()[0]?.attachments).to.deep.equal([{ type: 'image', url: 'https://example.com/a.png' }]);
    await stage.customer.says('show', 'picture');
    expect(stage.texts()).to.deep.equal(['A lamp | A chair', '[image]']);
  });

  it('takes settings, and none from the environment', async () => {
    const tellsSettings = ({ settings }: BotParts) =>
      answering(() => `${settings.turnTimeoutMs} ${settings.primary.notOwnerRequest}`)();
    process.env['NotOwnerRequest'] = 'takeThenPass';
    try {
      await using stage = await openStage({ bot: tellsSettings, settings: { TurnTimeoutSeconds: '7' } });
      await stage.customer.says('hi');
      expect(stage.texts()).to.deep.equal(['7000 decline']);
    } finally {
      delete process.env['NotOwnerRequest'];
    }
  });

  it('leaves nothing open when the bot cannot be made', async () => {
    const servers = () => process.getActiveResourcesInfo().filter((name) => name === 'TCPServerWrap').length;
    const before = servers();
    const problem = await openStage({
      bot: () => {
        throw new Error('No bot today.');
      },
    }).then(String, String);
    expect(problem).to.equal('Error: No bot today.');
    // Node takes a closed server from its list a moment later.
    for (let tasks = 0; tasks < 10; tasks += 1) await nextTask();
    expect(servers()).to.equal(before);
  });

  it('refuses to be used when it is closed, also when nobody waited for what was done on it', async () => {
    const stage = await openStage({ bot: answering(() => 'hello') });
    const said = stage.customer.says('hi').then(String, String);
    await Promise.all([stage.close(), stage.close()]);
    await stage.close();
    const uses = [stage.customer.says('hi'), stage.clock.advance('1m'), stage.restart(), stage.settled(), said];
    const problems = await Promise.all(uses.map((use) => use.then(String, String)));
    for (const problem of problems) expect(problem).to.match(/^Error: This stage is closed/);
  });

  it('takes a module with settings of its own', async () => {
    const bot = {
      ownSettings: { MyGreeting: { required: true }, MyLimit: { type: 'number', default: 3 } },
      createBot: ({ own }: BotParts) => answering(() => `${String(own['MyGreeting'])} ${String(own['MyLimit'])}`)(),
    };
    await using stage = await openStage({ bot, settings: { MyGreeting: 'Good day' } });
    await stage.customer.says('hi');
    expect(stage.texts()).to.deep.equal(['Good day 3']);
    expect(await openStage({ bot }).then(String, String)).to.match(/MyGreeting is missing/);
  });

  it('names a setting that is wrong', async () => {
    const problem = await openStage({ bot: createBot, settings: { TurnTimeoutSeconds: 'long' } }).then(String, String);
    expect(problem).to.match(/TurnTimeoutSeconds/);
  });

  it('says who is busy, and what happened, when it does not come to rest', async () => {
    const hold = Promise.withResolvers<undefined>();
    await using stage = await openStage({ bot: answering(() => hold.promise), settleMs: 500 });
    const problem = await stage.customer.says('hi').then(String, String);
    hold.resolve(undefined);
    expect(problem).to.match(/not come to rest within 0.5 s: primary is in the middle of a turn/);
    expect(problem).to.match(/Carla Customer says "hi"/);
  });
});
