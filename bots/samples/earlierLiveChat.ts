import type { EarlierNote } from '../threadNotes.ts';
import type { Handover, ThreadRecord } from '../takeover/record.ts';

/**
 * What the live-chat bot noted before it was `Takeover`: when a person had last answered in a thread that nobody had passed, and when anybody else had
 * last done something in a thread. Its notes expire after 30 days.
 */
export const earlierLiveChat: readonly EarlierNote<ThreadRecord>[] = [
  {
    topic: 'person answered',
    read: (json) =>
      recordOf(json, (at) => ({ reason: 'personSpoke', how: 'paused', firstAnswerAt: at, lastAnswerAt: at })),
  },
  { topic: 'last spoken', read: (json) => recordOf(json, () => ({ reason: 'found', how: 'taken' })) },
];

function recordOf(
  at: unknown,
  make: (at: number) => Pick<Handover, 'reason' | 'how' | 'firstAnswerAt' | 'lastAnswerAt'>,
): ThreadRecord | undefined {
  if (typeof at !== 'number') return undefined;
  const about = make(at);
  const times = { askedAt: at, handedAt: at };
  return {
    open: { id: `${at}-${about.reason}`, state: 'person', language: 'en', ...times, refused: [], ...about },
    past: [],
  };
}
