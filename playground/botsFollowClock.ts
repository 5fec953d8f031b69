import { setTimeout as wait } from 'node:timers/promises';
import type { Emulator } from '../emulator/emulator.ts';
import type { SupervisedBot } from './supervisedBot.ts';

type FollowingBot = Pick<SupervisedBot, 'followClock' | 'work'>;

const lookAgainMs = 50;
/** Longer than a bot takes to look at its timers; somebody may be debugging it. */
const patienceMs = 10_000;

/**
 * Tells the bots whenever the emulator's clock is put forward, or goes on from a state of another time. The emulator counts as busy until what was due by then has been done: the bots' timers
 * leave no trace in it before they speak.
 */
export function letBotsFollowClock(
  emulator: Pick<Emulator, 'on' | 'addBusySource'>,
  bots: readonly FollowingBot[],
): void {
  let following: Promise<void> | undefined;
  emulator.addBusySource({ busy: () => following !== undefined, idle: () => following ?? Promise.resolve() });
  emulator.on(({ type }) => {
    if (type !== 'clockAdvanced' && type !== 'stateImported') return;
    const all = Promise.all(bots.map(follow)).then(() => {
      if (following === all) following = undefined;
    });
    following = all;
  });
}

async function follow(bot: FollowingBot): Promise<void> {
  await bot.followClock();
  const end = performance.now() + patienceMs;
  while (performance.now() < end) {
    // One that has ended does nothing any more.
    const work = await bot.work().catch(() => ({ waiting: 0, running: 0 }));
    if (work.waiting + work.running === 0) return;
    await wait(lookAgainMs, undefined, { ref: false });
  }
}
