/** `npm run store`: backs up, restores, checks and compacts a store, and forgets a customer. */
import { parseArgs } from 'node:util';
import { runStore, storeUsage } from './store/runStore.ts';
import { runStoreTool, storePathOf, withStore } from './storeTool.ts';

await runStoreTool(storeUsage, async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      store: { type: 'string' },
      bot: { type: 'string' },
      page: { type: 'string' },
      open: { type: 'string', default: 'ask' },
      json: { type: 'boolean', default: false },
    },
  });
  const open = (['ask', 'run', 'drop'] as const).find((choice) => choice === values.open);
  if (open === undefined || positionals[0] === undefined) return { output: storeUsage, exitCode: 2 };
  const path = await storePathOf(values.store, values.bot);
  const format = values.json ? 'json' : 'text';
  return withStore(path, () => runStore({ path, args: positionals, open, page: values.page, format, now: Date.now() }));
});
