import { botStates, exceptionOutcomes, logLevels } from '../botReports.ts';
import { EmulatorUsageError } from '../usageError.ts';
import type { ControlRoute } from './controlRoute.ts';
import { oneOf, optionalText, optionalTextsOf, optionalWholeNumber, text } from './readBody.ts';

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
