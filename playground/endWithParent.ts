/**
 * Loaded into a bot process with `--import`: ends it when the playground is gone, also after a SIGKILL, when the playground
 * itself cannot end it any more. The channel between the two closes then, which is the only sign there is.
 */
import { rmdirSync } from 'node:fs';

const patienceMs = 10_000;

if (process.connected) {
  process.once('disconnect', () => {
    setTimeout(() => process.exit(1), patienceMs).unref();
    process.once('exit', () => removeFolder(process.cwd()));
    // As if somebody stopped the bot: what it has accepted is finished first.
    process.kill(process.pid, 'SIGTERM');
  });
  // The channel alone must not keep a bot alive that has closed.
  process.channel?.unref();
}

/** The empty folder that the playground made for its bots. Only an empty one goes, and the other bot may have been first. */
function removeFolder(path: string): void {
  try {
    rmdirSync(path);
  } catch {
    // Nothing depends on it.
  }
}
