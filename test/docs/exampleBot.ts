import type { ThreadControl } from '../../helpers/facebookThreadControlHelper.ts';
import { FacebookActivityHandler } from '../../bots/facebookActivityHandler.ts';

/** Answers until the customer asks for a person, hands over to the Page Inbox, and is back when the person is done. */
export class HelpDeskBot extends FacebookActivityHandler {
  constructor(threadControl: ThreadControl | undefined) {
    super();
    this.onMessage(async (context, next) => {
      if (/person|human/i.test(context.activity.text)) {
        await context.sendActivity('A person will answer you here.'); // Speak first: after passing a bot may not.
        await threadControl?.passThreadControl(context.activity.from.id, '263902037430900', 'wants a person');
      } else {
        await context.sendActivity('I can tell you our opening hours. Or would you like to talk to a person?');
      }
      await next();
    });
    this.onFacebookPassThreadControl(async (event, context, next) => {
      await context.sendActivity(`I am back. The person left this note: ${event.metadata ?? 'none'}`);
      await next();
    });
  }
}
