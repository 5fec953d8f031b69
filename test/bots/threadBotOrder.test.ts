import type { Activity } from 'botbuilder';
import { expect } from 'chai';
import { ThreadBot } from '../../bots/threadBot.ts';
import type { EchoEvent, PassThreadControlEvent } from '../../models/facebookEvent.ts';
import { BotStage } from '../support/botStage.ts';
import { createRecordingLogger } from '../support/recordingLogger.ts';

/** A base bot with methods of its own, and a bot of a user on top that registers handlers. */
class BaseBot extends ThreadBot {
  readonly trace: string[] = [];

  constructor() {
    super('Base', { logger: createRecordingLogger(), appId: '1' });
    this.onFacebookPassThreadControl((_event, _context, next) => this.#note('registered by the base', next));
  }

  protected override threadPassed({ metadata = '' }: PassThreadControlEvent): Promise<void> {
    return this.#note(`threadPassed ${metadata}`);
  }

  protected override pageSpoke({ text = '' }: EchoEvent): Promise<void> {
    return this.#note(`pageSpoke ${text}`);
  }

  protected override threadTaken(): Promise<void> {
    return this.#note('threadTaken');
  }

  protected override threadRequested(): Promise<void> {
    return this.#note('threadRequested');
  }

  async #note(what: string, next?: () => Promise<void>): Promise<void> {
    this.trace.push(what);
    await next?.();
  }
}

const people = { sender: { id: '20' }, recipient: { id: '10' } };

describe('ThreadBot', () => {
  const cases: Readonly<Record<string, [object, string[]]>> = {
    pass: [
      { ...people, pass_thread_control: { new_owner_app_id: '1', metadata: 'm' } },
      ['threadPassed m', 'registered by the base', 'registered outside'],
    ],
    take: [{ ...people, take_thread_control: { previous_owner_app_id: '1' } }, ['threadTaken', 'registered outside']],
    request: [{ ...people, request_thread_control: {} }, ['threadRequested', 'registered outside']],
    echo: [
      { sender: { id: '10' }, recipient: { id: '20' }, message: { mid: 'm', text: 't', is_echo: true } },
      ['pageSpoke t', 'registered outside'],
    ],
  };
  for (const [name, [item, expected]] of Object.entries(cases)) {
    it(`runs the bot's own method for a ${name} event, then what was registered, in the order of registration`, async () => {
      const bot = new BaseBot();
      const registered = async (_event: unknown, _context: unknown, next: () => Promise<void>): Promise<void> => {
        bot.trace.push('registered outside');
        await next();
      };
      bot.onFacebookPassThreadControl(registered).onFacebookTakeThreadControl(registered);
      bot.onFacebookRequestThreadControl(registered).onFacebookEcho(registered);
      await new BotStage().play(bot, { type: 'event', channelId: 'facebook', value: item } as Activity);
      expect(bot.trace).to.deep.equal(expected);
    });
  }
});
