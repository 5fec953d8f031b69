/**
 * Loaded into a bot process with `--import`: ends it when the playground is gone, also after a SIGKILL, when the playground
 * itself cannot end it any more. The channel between the two closes then, which is the only sign there is.
 */
const patienceMs = 10_000;

if (process.connected) {
  process.once('disconnect', () => {
    setTimeout(() => process.exit(1), patienceMs).unref();
    // As if somebody stopped the bot: what it has accepted is finished first.
    process.kill(process.pid, 'SIGTERM');
  });
  // The channel alone must not keep a bot alive that has closed.
  process.channel?.unref();
}
