import type { Emulator } from '../emulator/emulator.ts';
import { inTime } from './inTime.ts';
import type { StageBot } from './stageBot.ts';

export interface SettlingOptions {
  readonly emulator: Emulator;
  readonly bots: readonly StageBot[];
  readonly timeline: () => string;
  /** Milliseconds of real time. */
  readonly limitMs: number;
}

/**
 * Waits until neither Messenger nor Azure nor a bot has anything under way. Asking each once is not enough, since one may give another
 * something to do; whatever passes between them leaves an event.
 */
export function createSettling({ emulator, bots, timeline, limitMs }: SettlingOptions): () => Promise<void> {
  const lastEvent = (): number => emulator.events().at(-1)?.id ?? 0;
  return async () => {
    let waitingFor = 'Messenger has a webhook or a call under way';
    const rest = async (): Promise<void> => {
      for (let known = -1; known !== lastEvent();) {
        known = lastEvent();
        waitingFor = 'Messenger has a webhook or a call under way';
        await emulator.settled();
        for (const bot of bots) {
          waitingFor = `${bot.name} is in the middle of a turn`;
          await bot.drained();
        }
      }
    };
    await inTime(
      rest(),
      limitMs,
      () => `The stage has not come to rest within ${limitMs / 1000} s: ${waitingFor}.\n\n${timeline()}`,
    );
  };
}
