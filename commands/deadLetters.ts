/** `npm run dead-letters`: lists, replays and drops turns that were given up. */
import { userInfo } from 'node:os';
import { parseArgs } from 'node:util';
import { openDeadLetters } from '../store/sqlite/deadLetterFile.ts';
import type { UnknownEffects } from '../store/store.ts';
import { deadLettersUsage, runDeadLetters } from './deadLetters/runDeadLetters.ts';
import { eventOptions, readEventRequest } from './events/eventRequest.ts';
import { runStoreTool, storePathOf, withStore } from './storeTool.ts';

const choices: readonly UnknownEffects[] = ['keep', 'again', 'assumeDone'];

await runStoreTool(deadLettersUsage, async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      ...eventOptions,
      unknown: { type: 'string', default: 'keep' },
      store: { type: 'string' },
      bot: { type: 'string' },
    },
  });
  const unknown = choices.find((choice) => choice === values.unknown);
  const request = readEventRequest(positionals, values, Date.now());
  if (unknown === undefined || request === undefined) return { output: deadLettersUsage, exitCode: 2 };
  const path = await storePathOf(values.store, values.bot);
  return withStore(path, async () => {
    const file = openDeadLetters(path);
    try {
      return await runDeadLetters(file.letters, positionals, unknown, request, userName());
    } finally {
      await file.close();
    }
  });
});

/** A container's user may have no name. */
function userName(): string | undefined {
  try {
    return userInfo().username;
  } catch {
    return undefined;
  }
}
