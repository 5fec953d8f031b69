import { readdir, readFile } from 'node:fs/promises';
import type { Activity } from 'botbuilder';
import { expect } from 'chai';
import type { HandoverBotOptions } from '../../bots/samples/handoverBot.ts';
import { PrimaryBot } from '../../bots/samples/primaryBot.ts';
import { SecondaryBot } from '../../bots/samples/secondaryBot.ts';
import { GraphApiError } from '../../helpers/graph/graphErrors.ts';
import { BotStage, connectorRefusal } from '../support/botStage.ts';
import { eventActivity, item, messageActivity, pageInboxAppId, psid } from '../support/facebookActivities.ts';

const fixtures = new URL('../fixtures/', import.meta.url);

async function fixture(path: string): Promise<Activity> {
  const { payload } = JSON.parse(await readFile(new URL(path, fixtures), 'utf8')) as { payload: Activity };
  return payload;
}

const bots = {
  'Primary bot': {
    create: (options: HandoverBotOptions) => new PrimaryBot({ startedAt: 0, ...options }),
    titles: ['Pass to page inbox', 'Pass to secondary', 'Receive request', 'Receive nice request'],
    pass: ['Pass to page inbox', `pass ${psid} to ${pageInboxAppId} "Pass to page inbox"`],
  },
  'Secondary bot': {
    create: (options: HandoverBotOptions) => new SecondaryBot({ startedAt: 0, ...options }),
    titles: ['Pass to primary', 'Have control taken'],
    pass: ['Pass to primary', `pass ${psid} to nobody named "Pass to primary"`],
  },
} as const;

for (const [name, { create, titles, pass }] of Object.entries(bots)) {
  const setUp = () => {
    const stage = new BotStage();
    return { stage, bot: create({ threadControl: stage.threadControl, logger: stage.logger, appId: '1' }) };
  };
  const choices = `say ${name}: Write something or choose what should happen next. [${titles.join(' | ')}]`;
  const greeting = choices.replace('Write', 'Hello! Write');

  describe(`${name} in Bot Framework Emulator`, () => {
    it('greets a new member once, when bot and user are added together', async () => {
      const { stage, bot } = setUp();
      const update = await fixture('botFrameworkEmulator/conversationUpdate.json');
      expect(await stage.play(bot, update)).to.deep.equal([greeting]);
    });

    it('does not greet itself', async () => {
      const { stage, bot } = setUp();
      const update = await fixture('botFrameworkEmulator/conversationUpdateBotOnly.json');
      expect(await stage.play(bot, update)).to.deep.equal([]);
    });

    it('answers text with its choices', async () => {
      const { stage, bot } = setUp();
      expect(await stage.play(bot, await fixture('botFrameworkEmulator/message.json'))).to.deep.equal([choices]);
    });

    it('does not answer typing', async () => {
      const { stage, bot } = setUp();
      expect(await stage.play(bot, await fixture('botFrameworkEmulator/typing.json'))).to.deep.equal([]);
    });

    for (const title of titles) {
      it(`says in one sentence that thread control exists only on Facebook, for "${title}", and calls nothing`, async () => {
        const { stage, bot } = setUp();
        const message = { ...(await fixture('botFrameworkEmulator/message.json')), text: title };
        expect(await stage.play(bot, message)).to.deep.equal([
          `say ${name}: Thread control exists only on Facebook Messenger, so nothing happens here.`,
        ]);
      });
    }

    it('behaves the same without a page token', async () => {
      const stage = new BotStage();
      const bot = create({ logger: stage.logger });
      const message = { ...(await fixture('botFrameworkEmulator/message.json')), text: titles[0] };
      expect(await stage.play(bot, message)).to.deep.equal([
        `say ${name}: Thread control exists only on Facebook Messenger, so nothing happens here.`,
      ]);
    });
  });

  for (const channelId of ['webchat', 'directline']) {
    describe(`${name} on ${channelId}`, () => {
      it('greets, answers and makes no call, as in Bot Framework Emulator', async () => {
        const { stage, bot } = setUp();
        const update = await fixture('botFrameworkEmulator/conversationUpdate.json');
        const message = await fixture('botFrameworkEmulator/message.json');
        expect(await stage.play(bot, { ...update, channelId })).to.deep.equal([greeting]);
        expect(await stage.play(bot, { ...message, channelId })).to.deep.equal([choices]);
        expect(await stage.play(bot, { ...message, channelId, text: titles[0] })).to.have.lengthOf(1);
      });
    });
  }

  describe(`${name} on Facebook`, () => {
    it('does not greet a new member, who cannot be written to before writing', async () => {
      const { stage, bot } = setUp();
      expect(await stage.play(bot, await fixture('azureFacebookChannel/memberAdded.json'))).to.deep.equal([]);
    });

    it('answers a tapped button once, by its title, as a message and as an event', async () => {
      const { stage, bot } = setUp();
      const started = { postback: { title: 'Get started', payload: 'start' } };
      expect(await stage.play(bot, messageActivity(item(started), 'start'))).to.deep.equal([choices]);
      expect(await stage.play(bot, eventActivity(started))).to.deep.equal([choices]);
      const chosen = { postback: { title: pass[0], payload: 'start' } };
      expect((await stage.play(bot, messageActivity(item(chosen), 'start'))).at(-1)).to.equal(pass[1]);
    });

    it('warns, and does not fail, when its answer is refused because another receiver owns the thread', async () => {
      // Meta sends a tapped button to the app that made it, also when that app does not own the thread any more.
      const { stage, bot } = setUp();
      stage.failures.say = new GraphApiError({ status: 400, reason: 'notThreadOwner' });
      await stage.play(bot, eventActivity({ postback: { title: 'Get started', payload: 'start' } }));
      expect(stage.levelsOfLog()).to.deep.equal(['warn']);
    });

    it('neither passes nor speaks again after its sentence was refused', async () => {
      const { stage, bot } = setUp();
      stage.failures.say = new GraphApiError({ status: 400, reason: 'notThreadOwner' });
      const done = await stage.play(bot, messageActivity(item({ message: { mid: 'm_1', text: pass[0] } }), pass[0]));
      expect(done).to.have.length(1);
      expect(done[0]).to.match(/^say /);
      expect(stage.levelsOfLog()).to.deep.equal(['warn']);
    });

    it('fails when its answer is not delivered for any other reason', async () => {
      const { stage, bot } = setUp();
      stage.failures.say = connectorRefusal(503);
      const answer = messageActivity(item({ message: { mid: 'm_1', text: 'hi' } }), 'hi');
      expect(await stage.play(bot, answer).catch((error: unknown) => error)).to.equal(stage.failures.say);
    });

    it('answers a message without text with its choices', async () => {
      const { stage, bot } = setUp();
      const sticker = messageActivity(item({ message: { mid: 'm_1', attachments: [{ type: 'sticker' }] } }));
      expect(await stage.play(bot, sticker)).to.deep.equal([choices]);
    });

    it('survives every activity that the channel is known to send, and answers neither standby, echoes nor receipts', async () => {
      const { stage, bot } = setUp();
      for (const file of await readdir(new URL('azureFacebookChannel/', fixtures))) {
        const did = await stage.play(bot, await fixture(`azureFacebookChannel/${file}`));
        const said = did.filter((line) => line.startsWith('say '));
        if (/^(standby|echo|read|reaction|delivery)/.test(file)) expect(said, file).to.deep.equal([]);
      }
    });
  });
}
