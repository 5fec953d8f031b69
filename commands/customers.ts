/** `npm run customers`: shows what is kept of a customer, and forgets it. */
import { parseArgs } from 'node:util';
import { customersUsage, runCustomers } from './customers/runCustomers.ts';
import { runStoreTool, storePathOf, withStore } from './storeTool.ts';

await runStoreTool(customersUsage, async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      store: { type: 'string' },
      bot: { type: 'string' },
      text: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  const [command, id, ...more] = positionals;
  const { text, json } = values;
  const isUsable = command === 'show' || (command === 'forget' && !text);
  if (!isUsable || id === undefined || more.length > 0) return { output: customersUsage, exitCode: 2 };
  const path = await storePathOf(values.store, values.bot);
  const show = text ? 'everything' : 'counts';
  return withStore(path, () =>
    runCustomers({ path, command, id, show, format: json ? 'json' : 'text', now: Date.now() }),
  );
});
