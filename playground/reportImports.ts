/** Loaded into a bot process with `--import`: tells the playground each file of the project that the bot loads, so that it can watch it. */
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';

registerHooks({
  load(url, context, nextLoad) {
    // Before it is read: one that cannot be is the one that is saved next.
    if (url.startsWith('file:') && !url.includes('/node_modules/')) process.send?.({ loaded: fileURLToPath(url) });
    return nextLoad(url, context);
  },
});
