import type { EchoNote, SentNote } from './store.ts';

/** An echo comes with the time at which the message was sent; that it was is known some time later: at most as long as a call may take. */
export const knownWithinMs = 15_000;

export interface NamingEvidence {
  echoes: readonly EchoNote[];
  /** The ids of messages that were read back. */
  readBack: readonly string[];
  /** How far the platform's clock may be from ours, in milliseconds. */
  clockSkewMs: number;
}

/**
 * Messages that were sent, with the platform's ids where these are known for sure. What the answer to a message named counts only
 * when the message was seen under that id: Azure's channel gives ids of its own when it does not know Messenger's. The others get the
 * ids of echoes with the same words from about the same time, the first one the first; what is left has none.
 */
export function nameByEchoes(sent: readonly SentNote[], evidence: NamingEvidence): readonly SentNote[] {
  const { echoes, readBack, clockSkewMs } = evidence;
  const seen = new Set([...readBack, ...echoes.map(({ mid }) => mid)]);
  const taken = new Set(sent.map(({ mid }) => mid));
  return sent.map((note) => {
    if (note.mid !== undefined && seen.has(note.mid)) return note;
    const { mid: _notSeen, ...nameless } = note;
    const isIts = ({ mid, text, at }: EchoNote) =>
      text !== '' &&
      text === note.text &&
      !taken.has(mid) &&
      at >= note.at - knownWithinMs - clockSkewMs &&
      at <= note.at + clockSkewMs;
    const mid = echoes.find(isIts)?.mid;
    if (mid === undefined) return nameless;
    taken.add(mid);
    return { ...nameless, mid };
  });
}
