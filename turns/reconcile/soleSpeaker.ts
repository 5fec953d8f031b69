import type { ReadBack } from '../../helpers/graph/recentMessages.ts';
import type { EchoNote, SentNote, ThreadNote } from '../../store/store.ts';

export interface SpeakerEvidence {
  /** This app, and the latest time at which nobody else could write, by the platform's clock. It was asked after the conversation had been read. */
  alone: { appId: string; at: number };
  readBack: ReadBack;
  /** When the message in question was begun, by our clock. */
  begunAt: number;
  sent: readonly SentNote[];
  echoes: readonly EchoNote[];
  /** Changes of thread control that were accepted lately. */
  handovers: readonly ThreadNote[];
  /** When something was said that nobody is known to have said, by the platform's clock. */
  strangeAt: readonly number[];
}

/** A person who takes a thread, writes something and gives it back needs longer than this, in milliseconds. */
const quickMs = 30_000;

/**
 * Tells of a message that was read whether only this app can have written it: shortly before it this app wrote, or was given the thread, and shortly
 * after it nobody else could write, so soon that nobody can have had the thread in between.
 *
 * After a longer time that is not certain: the events of a takeover may be lost while the bot is down. Nor is it where somebody was heard or seen
 * since, or where another app has spoken, which may be quick.
 */
export function onlyWeCanHaveWritten(evidence: SpeakerEvidence): (message: { mid: string; to: number }) => boolean {
  const { alone, readBack, begunAt, sent, echoes, handovers, strangeAt } = evidence;
  const others = echoes.filter(({ author }) => author === 'other');
  const hasMovedSince = handovers.some(({ notedAt = Infinity }) => notedAt >= begunAt);
  if (hasMovedSince || others.some((echo) => echo.appId !== undefined)) return () => false;

  const spokenAt = [...others.map(({ at }) => at), ...strangeAt];
  const areAloneSince = (time: number) => alone.at - time <= quickMs && !spokenAt.some((at) => at >= time);
  const moved = handovers.toSorted((one, other) => one.at - other.at).at(-1);
  const isGivenToUs = moved?.kind === 'pass_thread_control' && [alone.appId, undefined].includes(moved.newOwner);
  const givenAt = moved !== undefined && isGivenToUs && areAloneSince(moved.at) ? moved.at : Infinity;

  const ours = new Set<string | undefined>([
    ...sent.filter(({ state = 'done' }) => state === 'done').map(({ mid }) => mid),
    ...echoes.filter(({ author = 'self' }) => author === 'self').map(({ mid }) => mid),
  ]);
  // The newest are first, so what is before this place was written later.
  const place = readBack.messages.findLastIndex(
    ({ mid, at }) => ours.has(mid) && at >= (moved?.at ?? -Infinity) && areAloneSince(at),
  );
  const isAfterOurs = (mid: string) => readBack.messages.slice(0, Math.max(0, place)).some((one) => one.mid === mid);
  return ({ mid, to }) => to >= givenAt || isAfterOurs(mid);
}
