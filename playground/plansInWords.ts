import type { BotHandover, BotReport } from '../emulator/botReports.ts';
import { isJsonObject, type JsonObject } from '../emulator/json.ts';
import { at, listAt, textAt } from '../emulator/narration/json.js';

type Plans = Pick<Extract<BotReport, { readonly type: 'botPlans' }>, 'timers' | 'handover'>;

/** Why a person has the conversation, by the bot's name of it. */
const reasons: ReadonlyMap<string, string> = new Map([
  ['phrase', 'the customer asked for a person'],
  ['button', 'the customer tapped the button for a person'],
  ['unhelpful', 'several answers in a row did not help'],
  ['bot', 'the bot wanted a person'],
  ['exception', 'the bot failed'],
  ['requested', 'a person asked for it with Move to Main'],
  ['personSpoke', 'a person wrote'],
  ['personTook', 'a person took it'],
  ['found', 'somebody else had it already'],
]);

const steps: ReadonlyMap<string, string> = new Map([
  ['opening', 'people are there, and it goes to them'],
  ['notice', 'the customer is told that nobody has answered'],
  ['silence', 'the bot comes back, unless a person writes'],
  ['nextWord', 'from here on the customer’s next message brings the bot back'],
  ['hardLimit', 'the bot comes back, whatever happens'],
]);

/** What a bot answers that was asked for its plans, for people. */
export function plansInWords(answer: JsonObject, nameOf: (appId: string) => string): Plans {
  const handover = handoverInWords(answer['handover'], nameOf);
  return {
    timers: listAt(answer, 'timers').map((timer) => ({
      name: textAt(timer, 'name') ?? '',
      dueAt: timeAt(timer, 'dueAt'),
    })),
    ...(handover === undefined ? {} : { handover }),
  };
}

function handoverInWords(plan: unknown, nameOf: (appId: string) => string): BotHandover | undefined {
  const handover = at(plan, 'handover');
  if (!isJsonObject(handover)) return undefined;
  const reason = textAt(handover, 'reason') ?? '';
  const appId = textAt(handover, 'toAppId');
  const to = appId === undefined ? textAt(handover, 'to') : nameOf(appId);
  const firstAnswerAt = timeAt(handover, 'firstAnswerAt');
  return {
    reason: textAt(handover, 'reasonText') ?? reasons.get(reason) ?? reason,
    ...(to === undefined || textAt(handover, 'state') === 'waiting' ? {} : { to }),
    since: timeAt(handover, 'handedAt') || timeAt(handover, 'askedAt'),
    ...(firstAnswerAt === 0 ? {} : { firstAnswerAt }),
    next: listAt(plan, 'next').map((step) => {
      const what = textAt(step, 'what') ?? '';
      return { what: steps.get(what) ?? what, at: timeAt(step, 'at') };
    }),
  };
}

/** 0 where there is none. */
function timeAt(value: unknown, name: string): number {
  const time = at(value, name);
  return typeof time === 'number' ? time : 0;
}
