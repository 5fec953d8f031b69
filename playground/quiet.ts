import type { BotWork } from './botProcess.ts';

export interface QuietParts {
  /** Resolves when neither Messenger nor Azure has anything under way. */
  readonly settled: () => Promise<void>;
  readonly bots: readonly { readonly name: string; work(): Promise<BotWork> }[];
  /** The id of the last event of the stream. */
  readonly lastEventId: () => number;
  readonly now?: () => number;
  readonly limitMs?: number;
}

/**
 * Resolves when nothing happens any more, here or in the bots.
 *
 * One look is not enough: a bot can begin to work because of another one after it was asked. Everything that passes between
 * them leaves an event, so the end is a whole round over everybody in which nobody was busy and no event came.
 */
export async function untilQuiet(parts: QuietParts): Promise<void> {
  const { settled, bots, lastEventId, now = Date.now, limitMs = 30_000 } = parts;
  const end = now() + limitMs;
  for (;;) {
    const before = lastEventId();
    await settled();
    const busy: string[] = [];
    for (const bot of bots) {
      const { waiting, running } = await bot.work();
      if (waiting + running > 0) busy.push(bot.name);
    }
    if (busy.length === 0 && lastEventId() === before) return;
    if (now() > end) {
      const who = busy.length === 0 ? 'Messages keep going round' : `Still at work: ${busy.join(' and ')}`;
      throw new Error(`${who}, ${limitMs / 1000} s after the last step.`);
    }
  }
}
