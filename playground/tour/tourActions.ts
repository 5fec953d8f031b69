import type { Emulator } from '../../emulator/emulator.ts';
import { msUntilTimeOfDay } from '../../emulator/narration/time.js';
import type { TourAction } from '../../emulator/startPlatform.ts';

/** Does what a step of the tour says, for the first customer. Throws an `EmulatorUsageError` when it cannot be done. */
export function performAction(emulator: Emulator, action: TourAction): void {
  if ('afterMs' in action && action.afterMs !== undefined) emulator.advanceClock(action.afterMs);
  if ('at' in action && action.at !== undefined)
    emulator.advanceClock(msUntilTimeOfDay(action.at, emulator.clock()) ?? 0);
  switch (action.does) {
    case 'say':
      emulator.customer().say(action.text);
      return;
    case 'tap':
      emulator.customer().tap(action.text);
      return;
    case 'reply':
      emulator.inbox().reply(action.text);
      return;
    case 'markAsDone':
      emulator.inbox().markAsDone();
      return;
    case 'moveToMain':
      emulator.inbox().moveToMain();
      return;
    case 'aiTake':
      emulator.metaAi().take();
      return;
    case 'aiAnswer':
      emulator.metaAi().answer(action.text);
      return;
    case 'aiHandBack': {
      const { event, note } = action;
      emulator.metaAi().handBack({ event, ...(note === undefined ? {} : { note }) });
      return;
    }
    case 'wait':
      if ('ms' in action) emulator.advanceClock(action.ms);
      return;
  }
}
