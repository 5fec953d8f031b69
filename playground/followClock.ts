/**
 * Loaded into a bot process with `--import`: its wall clock follows the emulator's, which people put forward. What is due by the time of day happens
 * then, such as the bot's timers. Durations (`performance.now`, `setTimeout`) stay as they are. Only the process that started the bot can move
 * its clock, over the channel between the two; the bot itself knows nothing of it.
 */
const machine = Date;
let aheadMs = 0;
const now = (): number => machine.now() + aheadMs;

globalThis.Date = new Proxy(machine, {
  construct: (date, args, made) => Reflect.construct(date, args.length === 0 ? [now()] : args, made) as object,
  apply: () => new machine(now()).toString(),
  get: (date, name) => (name === 'now' ? now : (Reflect.get(date, name) as unknown)),
});

const told = Promise.withResolvers<'told'>();
process.on('message', (message: unknown) => {
  if (typeof message !== 'object' || message === null || !('clockAheadMs' in message)) return;
  if (typeof message.clockAheadMs === 'number') aheadMs = message.clockAheadMs;
  told.resolve('told');
  process.send?.({ clockAheadMs: aheadMs });
});
// A bot that is started again must not begin at another time.
await told.promise;
