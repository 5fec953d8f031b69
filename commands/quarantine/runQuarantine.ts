import { hasTurn } from '../../adapters/messenger/messengerTurn.ts';
import type { Quarantine, QuarantinedEvent } from '../../store/store.ts';
import { eventOptionsUsage, type EventRequest } from '../events/eventRequest.ts';
import { runEvents } from '../events/runEvents.ts';
import type { CommandEnd } from '../storeTool.ts';

export const quarantineUsage = `Usage: npm run quarantine -- list | show ID or MID | release ID… | drop ID… [--store FILE] [--bot FILE]

Release hands an event to the bot after all, for instance once a setting is corrected. Events that make no sense to any bot cannot be released.
${eventOptionsUsage}
Works beside a running bot, which notices released events within a second.
`;

/** Runs one command. Returns what to print and the process's exit code. */
export async function runQuarantine(quarantine: Quarantine, request: EventRequest | undefined): Promise<CommandEnd> {
  if (request === undefined) return { output: quarantineUsage, exitCode: 2 };
  return runEvents<QuarantinedEvent>(
    {
      name: 'quarantined event',
      usage: quarantineUsage,
      at: ({ acceptedAt }) => acceptedAt,
      note: () => '',
      list: (limit, filter) => quarantine.list(limit, filter),
      get: (id) => quarantine.get(id),
      actions: {
        release: {
          one: 'goes to the bot',
          many: 'go to the bot',
          refuse: ({ event }) => (hasTurn(event) ? undefined : 'makes no sense to any bot: show it, or drop it'),
          apply: ({ id }) => quarantine.release(id),
        },
        drop: { one: 'is dropped', many: 'are dropped', apply: ({ id }) => quarantine.drop(id) },
      },
    },
    request,
  );
}
