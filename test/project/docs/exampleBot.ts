import type { ThreadControl } from '../../../helpers/facebookThreadControlHelper.ts';
import { PAGE_INBOX_APP_ID } from '../../../models/facebookEvent.ts';
import { FacebookActivityHandler } from '../../../bots/facebookActivityHandler.ts';

/** Answers until the customer asks for a person, hands over to the Page Inbox, and is back when it gets control again. */
export class HelpDeskBot extends FacebookActivityHandler {
  constructor({ threadControl, appId }: { threadControl: ThreadControl | undefined; appId: string | undefined }) {
    super();
    this.onMessage(async (context, next) => {
      if (!/person|human/i.test(context.activity.text)) {
        await context.sendActivity('We are open from 9 to 5. Or would you like to talk to a person?');
      } else if (threadControl === undefined) {
        await context.sendActivity('Nobody can be reached from here: this bot has no page token.');
      } else {
        await context.sendActivity('A person will answer you here.'); // Speak first: after passing a bot may not.
        await threadControl.passThreadControl(context.activity.from.id, PAGE_INBOX_APP_ID, 'wants a person');
      }
      await next();
    });
    this.onFacebookPassThreadControl(async (event, context, next) => {
      if (event.newOwnerAppId === appId) await context.sendActivity('I am back.'); // Other apps may be told of a pass too.
      await next();
    });
  }
}
