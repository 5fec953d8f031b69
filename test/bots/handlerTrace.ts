import { type Activity } from 'botbuilder';
import { FacebookActivityHandler } from '../../bots/facebookActivityHandler.ts';
import { BotStage } from '../support/botStage.ts';

const facebookRegistrations = [
  'onFacebookPassThreadControl',
  'onFacebookTakeThreadControl',
  'onFacebookRequestThreadControl',
  'onFacebookStandby',
  'onFacebookPostback',
  'onFacebookQuickReply',
  'onFacebookOptin',
  'onFacebookEcho',
  'onFacebookNotice',
  'onFacebookReferral',
  'onFacebookReaction',
  'onFacebookRead',
  'onFacebookDelivery',
  'onFacebookAppRoles',
  'onFacebookPolicyEnforcement',
] as const;

const generalRegistrations = [
  'onTurn',
  'onMessage',
  'onConversationUpdate',
  'onMembersAdded',
  'onEvent',
  'onMessageReaction',
  'onUnrecognizedActivityType',
  'onDialog',
] as const;

/** A handler with everything registered, each writing its name down; `stopAt` does not call `next()`. */
export function tracingHandler(stopAt?: string): { handler: FacebookActivityHandler; trace: string[] } {
  const handler = new FacebookActivityHandler();
  const trace: string[] = [];
  for (const name of facebookRegistrations) {
    handler[name](async (_event, _context, next) => {
      trace.push(name);
      if (name !== stopAt) await next();
    });
  }
  for (const name of generalRegistrations) {
    handler[name](async (_context, next) => {
      trace.push(name);
      if (name !== stopAt) await next();
    });
  }
  return { handler, trace };
}

export async function traceOf(activity: Activity, stopAt?: string): Promise<string[]> {
  const { handler, trace } = tracingHandler(stopAt);
  await new BotStage().play(handler, activity);
  return trace;
}
