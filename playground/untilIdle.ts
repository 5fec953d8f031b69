import type { BotWork } from './botProcess.ts';

export interface IdleParts {
  /** Resolves when neither Messenger nor Azure has work in flight. */
  readonly settled: () => Promise<void>;
  readonly bots: readonly { readonly name: string; work(): Promise<BotWork> }[];
  /** The id of the last event of the stream. */
  readonly lastEventId: () => number;
  readonly now?: () => number;
  readonly limitMs?: number;
}

/**
 * Resolves when Messenger, Azure and all bots are idle. Rejects with an error that names the busy bots after `limitMs`.
 *
 * Asking each of them once is not enough: a bot that was idle may get work from another one a moment later. Whatever passes
 * between them leaves an event, so they are idle after a full round in which nobody was busy and no event was recorded.
 */
export async function untilIdle(parts: IdleParts): Promise<void> {
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
      const who = busy.length === 0 ? 'The bots keep sending each other messages' : `Still busy: ${busy.join(' and ')}`;
      throw new Error(`${who}, ${limitMs / 1000} s after the last step.`);
    }
  }
}
