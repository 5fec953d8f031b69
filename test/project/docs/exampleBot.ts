import type { ThreadControl } from '../../../helpers/facebookThreadControlHelper.ts';
import { PAGE_INBOX_APP_ID } from '../../../models/facebookEvent.ts';
import { FacebookActivityHandler } from '../../../bots/facebookActivityHandler.ts';

export class HelpDeskBot extends FacebookActivityHandler {
  constructor({ threadControl, appId }: { threadControl: ThreadControl | undefined; appId: string | undefined }) {
    super();
    this.onMessage(async (context, next) => {
      const toPerson = threadControl !== undefined && /person|human/i.test(context.activity.text);
      // Speak first: after passing, a bot may not.
      await context.sendActivity(toPerson ? 'A person will answer you here.' : 'Shall I get you a person?');
      if (toPerson) await threadControl.passThreadControl(context.activity.from.id, PAGE_INBOX_APP_ID);
      await next();
    });
    this.onFacebookPassThreadControl(async (event, context, next) => {
      if (event.newOwnerAppId === appId) await context.sendActivity('I am back.'); // Other apps are told of a pass too.
      await next();
    });
  }
}
