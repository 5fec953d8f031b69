/** `npm run handovers`: lists the handovers to people, and shows those of one customer. */
import { parseArgs } from 'node:util';
import { handoversUsage, runHandovers } from './handovers/runHandovers.ts';
import { runStoreTool, storePathOf, withStore } from './storeTool.ts';

await runStoreTool(handoversUsage, async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      store: { type: 'string' },
      bot: { type: 'string' },
      limit: { type: 'string', default: '50' },
      open: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  const [command, psid, ...more] = positionals;
  const isUsable = (command === 'list' && psid === undefined) || (command === 'show' && psid !== undefined);
  if (!isUsable || more.length > 0 || !/^[1-9]\d{0,4}$/.test(values.limit)) {
    return { output: handoversUsage, exitCode: 2 };
  }
  const path = await storePathOf(values.store, values.bot);
  const which = values.open ? 'open' : 'all';
  return withStore(path, () =>
    runHandovers({ path, psid, which, limit: Number(values.limit), format: values.json ? 'json' : 'text' }),
  );
});
