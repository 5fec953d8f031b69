import type { DeadLetter, DeadLetters, UnknownEffects } from '../../store/store.ts';
import { eventOptionsUsage, readEventRequest, type EventRequest } from '../events/eventRequest.ts';
import { runEvents } from '../events/runEvents.ts';
import type { CommandEnd } from '../storeTool.ts';

export const deadLettersUsage = `Usage: npm run dead-letters -- <command> [options]

  list                     one line for each turn that was given up: its id, when that was, which turn it was, how often it ran, and its last error
  show <id or mid>         everything about one, with what it did outside
  replay <id>…             lets the bot run it again; --unknown says what to do about a message of which nobody knows whether it was sent:
                           keep it unknown, send it again, or assumeDone
  drop <id>…               forgets it
  --store <file>           the store's file; without it, that of the settings
  --bot <file>             the module of your bot, as npm start takes it; without it, the setting Bot

Instead of ids you can choose by common properties, for instance: replay --reason restored --since 2h --dry-run
${eventOptionsUsage}
Works beside a running bot, which notices replayed turns within a second.
`;

/**
 * Runs one command. Returns what to print and the process's exit code.
 *
 * @param by the user, if known
 */
export async function runDeadLetters(
  letters: DeadLetters,
  args: readonly string[],
  unknown: UnknownEffects,
  request: EventRequest | undefined = readEventRequest(args, {}, Date.now()),
  by?: string,
): Promise<CommandEnd> {
  if (request === undefined) return { output: deadLettersUsage, exitCode: 2 };
  return runEvents<DeadLetter>(
    {
      name: 'dead letter',
      usage: deadLettersUsage,
      at: ({ diedAt }) => diedAt,
      note: ({ attempts }) => `after ${attempts + 1} runs: `,
      list: (limit, filter) => letters.list(limit, filter),
      get: (id) => letters.get(id),
      actions: {
        replay: { one: 'runs again', many: 'run again', apply: ({ id }) => letters.replay(id, unknown, by) },
        drop: { one: 'is dropped', many: 'are dropped', apply: ({ id }) => letters.drop(id) },
      },
    },
    request,
  );
}
