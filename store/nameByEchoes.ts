import type { EchoNote, SentNote } from './store.ts';

/** An echo comes with the time at which the message was sent; that it was is known some time later: at most as long as a call may take. */
const knownWithinMs = 15_000;

/**
 * Gives messages that were sent without learning their ids the ids of echoes with the same words from about the same time, the first
 * the first one.
 *
 * @param clockSkewMs how far the platform's clock may be from ours
 */
export function nameByEchoes(
  sent: readonly SentNote[],
  echoes: readonly EchoNote[],
  clockSkewMs: number,
): readonly SentNote[] {
  const taken = new Set(sent.map(({ mid }) => mid));
  return sent.map((note) => {
    if (note.mid !== undefined || note.text === '') return note;
    const isIts = ({ mid, text, at }: EchoNote) =>
      text === note.text &&
      !taken.has(mid) &&
      at >= note.at - knownWithinMs - clockSkewMs &&
      at <= note.at + clockSkewMs;
    const mid = echoes.find(isIts)?.mid;
    if (mid === undefined) return note;
    taken.add(mid);
    return { ...note, mid };
  });
}
