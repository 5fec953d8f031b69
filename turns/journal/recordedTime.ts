import { platformSpan, type PlatformClock, type PlatformSpan } from '../../helpers/graph/platformClock.ts';
import { readInteger } from '../../models/readJson.ts';
import type { EffectJournal } from './effect.ts';

/** What time it is for the platform. A turn that runs again gets the time that it got at first, when the calls were made whose results it gets. */
export function createRecordedTime(clock: PlatformClock, journal: EffectJournal): () => Promise<PlatformSpan> {
  const now = (): PlatformSpan => platformSpan(clock, clock.now());
  return () =>
    journal.perform<PlatformSpan>({
      kind: 'platform_time',
      role: 'question',
      args: [],
      perform: () => Promise.resolve(now()),
      read: (json) => {
        const [earliest, latest] = [readInteger(json, 'earliest'), readInteger(json, 'latest')];
        return earliest === undefined || latest === undefined ? now() : { earliest, latest };
      },
      failureOf: () => 'refused',
      repetition: 'safe',
      whenUnknown: 'tell',
    });
}
