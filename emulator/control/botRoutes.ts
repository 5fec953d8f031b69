import { botStates, exceptionOutcomes, logLevels, type BotHandover } from '../botReports.ts';
import type { JsonObject } from '../json.ts';
import { EmulatorUsageError } from '../usageError.ts';
import type { ControlRoute } from './controlRoute.ts';
import {
  objects,
  oneOf,
  optionalObject,
  optionalText,
  optionalTextsOf,
  optionalWholeNumber,
  text,
  wholeNumber,
} from './readBody.ts';

const nothing = {};

/** By these who runs a bot tells what happens inside it. */
export const botRoutes: readonly ControlRoute[] = [
  {
    method: 'POST',
    path: 'apps/:appId/bot-log',
    body: 'level, message, psid?, suppressed?',
    does: `Tells what an app's bot logged: ${logLevels.join(', ')}; suppressed is true where the bot was kept from saying something.`,
    handle: ({ emulator, id, body }) => {
      const { suppressed } = body;
      if (suppressed !== undefined && suppressed !== true) throw new EmulatorUsageError('suppressed has to be true.');
      emulator.report(id, {
        type: 'botLog',
        level: oneOf(optionalText(body, 'level'), logLevels, 'level'),
        message: text(body, 'message'),
        ...optionalTextsOf(body, ['psid']),
        ...(suppressed === undefined ? {} : { suppressed }),
      });
      return nothing;
    },
  },
  {
    method: 'POST',
    path: 'apps/:appId/bot-exceptions',
    body: 'message, stack?, psid?, attempt?, outcome?',
    does: `Tells what an app's bot threw, and what became of the turn: ${exceptionOutcomes.join(', ')}.`,
    handle: ({ emulator, id, body }) => {
      const attempt = optionalWholeNumber(body, 'attempt');
      const outcome = optionalText(body, 'outcome');
      emulator.report(id, {
        type: 'botException',
        message: text(body, 'message'),
        ...optionalTextsOf(body, ['stack', 'psid']),
        ...(attempt === undefined ? {} : { attempt }),
        ...(outcome === undefined ? {} : { outcome: oneOf(outcome, exceptionOutcomes, 'outcome') }),
      });
      return nothing;
    },
  },
  {
    method: 'POST',
    path: 'apps/:appId/bot-plans',
    body: 'psid, timers?, handover?',
    does: "Tells all that an app's bot is going to do in a conversation: timers, and the handover to people that has not ended.",
    handle: ({ emulator, id, body }) => {
      const handover = optionalObject(body, 'handover');
      emulator.report(id, {
        type: 'botPlans',
        psid: text(body, 'psid'),
        timers: objects(body, 'timers').map((timer) => ({
          name: text(timer, 'name'),
          dueAt: wholeNumber(timer, 'dueAt'),
        })),
        ...(handover === undefined ? {} : { handover: handoverIn(handover) }),
      });
      return nothing;
    },
  },
  {
    method: 'POST',
    path: 'apps/:appId/bot-state',
    body: 'state, because?',
    does: `Tells whether an app's bot runs: ${botStates.join(', ')}.`,
    handle: ({ emulator, id, body }) => {
      const state = oneOf(optionalText(body, 'state'), botStates, 'state');
      emulator.report(id, { type: 'botState', state, ...optionalTextsOf(body, ['because']) });
      return nothing;
    },
  },
];

function handoverIn(body: JsonObject): BotHandover {
  const firstAnswerAt = optionalWholeNumber(body, 'firstAnswerAt');
  return {
    reason: text(body, 'reason'),
    ...optionalTextsOf(body, ['to']),
    since: wholeNumber(body, 'since'),
    ...(firstAnswerAt === undefined ? {} : { firstAnswerAt }),
    next: objects(body, 'next').map((step) => ({ what: text(step, 'what'), at: wholeNumber(step, 'at') })),
  };
}
