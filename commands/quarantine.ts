/** `npm run quarantine`: lists, releases and drops events that were kept from the bot. */
import { parseArgs } from 'node:util';
import { openDeadLetters } from '../store/sqlite/deadLetterFile.ts';
import { eventOptions, readEventRequest } from './events/eventRequest.ts';
import { quarantineUsage, runQuarantine } from './quarantine/runQuarantine.ts';
import { runStoreTool, storePathOf, withStore } from './storeTool.ts';

await runStoreTool(quarantineUsage, async () => {
  const options = { ...eventOptions, store: { type: 'string' }, bot: { type: 'string' } } as const;
  const { values, positionals } = parseArgs({ allowPositionals: true, options });
  const request = readEventRequest(positionals, values, Date.now());
  if (request === undefined) return { output: quarantineUsage, exitCode: 2 };
  const path = await storePathOf(values.store, values.bot);
  return withStore(path, async () => {
    const file = openDeadLetters(path);
    try {
      return await runQuarantine(file.quarantine, request);
    } finally {
      await file.close();
    }
  });
});
