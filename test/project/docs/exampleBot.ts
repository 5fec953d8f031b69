import type { BotParts } from '../../../bots/botParts.ts';
import { FacebookActivityHandler } from '../../../bots/facebookActivityHandler.ts';

export class HelpDeskBot extends FacebookActivityHandler {
  constructor({ threadControl, appId }: Pick<BotParts, 'threadControl' | 'appId'>) {
    super();
    this.onMessage(async (context, next) => {
      const toPerson = threadControl.isAvailable && /person|human/i.test(context.activity.text);
      // Speak first: after passing, a bot may not.
      await context.sendActivity(toPerson ? 'A person will answer you here.' : 'Shall I get you a person?');
      if (toPerson) await threadControl.pass(context.activity.from.id, { to: 'inbox' });
      await next();
    });
    this.onFacebookPassThreadControl(async (event, context, next) => {
      if (event.newOwnerAppId === appId) await context.sendActivity('I am back.'); // Other apps are told of a pass too.
      await next();
    });
  }
}

export const createBot = (parts: BotParts): HelpDeskBot => new HelpDeskBot(parts);
