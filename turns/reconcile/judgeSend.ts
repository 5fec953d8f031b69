import { isCorrelationId } from '../journal/effect.ts';
import type { ReadBack } from '../../helpers/graph/recentMessages.ts';
import { pairUp } from './bipartite.ts';
import { areWordsOf, type Rendering } from './renderedWords.ts';
import type { EchoNote, SentNote } from '../../store/store.ts';

/** The message in question. */
export interface MessageInQuestion {
  /** The words that it was given; empty when they are not known. */
  correlationId: string;
  text: string;
  rendering: Rendering;
  /** `several`: the platform may make more than one message of it. */
  parts: 'one' | 'several';
  /** When it was begun, by our clock, and by the platform's at the earliest. In milliseconds since 1970. */
  begunAt: number;
  earliest: number;
  /** By the platform's clock, when it can have taken effect at the latest. */
  latest: number;
  /** Whether the process ended in the middle of its call. */
  wasCutOff: boolean;
}

/** All that is known about a conversation. */
export interface SendEvidence {
  echoes: readonly EchoNote[];
  /** The other messages that were sent or begun; those that are being asked about now and have the same words left out. */
  sent: readonly SentNote[];
  /** What the conversation shows, and when it was asked by our clock; undefined when it was not read. */
  readBack?: (ReadBack & { askedAt: number }) | undefined;
  /** Whether echoes are heard on this page at all, and with the bot's own app id. */
  hears: { any: boolean; self: boolean };
}

export type SendVerdict =
  /** `isGuess`: it may also be that of another message with the same words. */
  | { state: 'done'; mid: string; by: 'mark' | 'echo' | 'reading'; isGuess: boolean }
  | { state: 'absent' }
  /** `missing`: an echo that is on its way could tell. */
  | { state: 'unknown'; missing: 'author' | 'more' };

/** A message of the Page that nothing is known about yet. Times are the platform's. */
interface Seen {
  mid: string;
  text: string;
  from: number;
  to: number;
  author: 'self' | 'unknown';
  /** Whether it is at least the Page's: reading back may leave open who wrote it. */
  isPages: boolean;
}

/** What an earlier version noted has one time, and the call had begun at most so long before. */
const oldNoteMs = 60_000;

const hourMs = 60 * 60 * 1000;

/**
 * What became of a message, from the evidence alone.
 *
 * Each message that was sent is one that was seen, or is out of sight. A verdict is what holds in every way to pair them: `done` when
 * messages of this app are seen that all the others together cannot account for; `absent` when all that may be it is accounted for by
 * others, and the sight reaches back to before it was begun. Whatever could be otherwise is `unknown`.
 */
export function judgeSend(question: MessageInQuestion, evidence: SendEvidence): SendVerdict {
  const { echoes, readBack, hears } = evidence;
  const marked = echoes.find(
    ({ correlationId }) =>
      correlationId !== undefined && question.correlationId !== '' && correlationId === question.correlationId,
  );
  if (marked !== undefined) return { state: 'done', mid: marked.mid, by: 'mark', isGuess: false };

  const { seen, sent } = withoutTheKnown(question, evidence);
  const isSaidBy = (note: SentNote, message: Seen) =>
    mayBeAtTimeOf(note, message) && areWordsOf(note.text, message.text, question.rendering);
  const isItsTime = (message: Seen) => message.to >= question.earliest && message.from <= question.latest;
  const isItsWords = ({ text }: Seen) => areWordsOf(question.text, text, question.rendering);
  const hasSomebodysWords = (message: Seen) => isItsWords(message) || sent.some((note) => isSaidBy(note, message));

  const alike = seen.filter((message) => isItsTime(message) && isItsWords(message));
  // What has words is never seen without any.
  const mayBeItsPart = ({ text }: Seen) => text !== '' || question.text === '' || question.parts === 'several';
  const strange = seen.filter((message) => mayBeItsPart(message) && !hasSomebodysWords(message));
  const speaksSomebodyElse =
    strange.some(({ author, from }) => author === 'unknown' && from >= question.earliest - hourMs) ||
    echoes.some(({ author }) => author === 'other');
  // Where echoes are heard, one that is missing leaves open who wrote it, unless the bot was down when it came: Azure is not known to come again.
  const mayHaveMissedEcho = question.wasCutOff && question.rendering === 'channel';
  const isWordEnough = !speaksSomebodyElse && (!hears.any || mayHaveMissedEcho);

  const claimsOn = (messages: readonly Seen[]) =>
    pairUp(messages.map((message) => indexesOf(sent, (note) => isSaidBy(note, message))));
  const own = alike.filter(({ author, isPages }) => author === 'self' || (isWordEnough && isPages));
  const unclaimed = claimsOn(own).leftOver.at(-1);
  const found = unclaimed === undefined ? undefined : own[unclaimed];
  if (found !== undefined) {
    const isGuess = own.length > 1 || sent.some((note) => isSaidBy(note, found));
    return { state: 'done', mid: found.mid, by: found.author === 'self' ? 'echo' : 'reading', isGuess };
  }

  const candidates = [...alike, ...strange.filter(isItsTime)];
  const isAuthorMissing = hears.any && candidates.some(({ author }) => author === 'unknown');
  const unknown = { state: 'unknown', missing: isAuthorMissing ? 'author' : 'more' } as const;
  if (readBack === undefined || !reachesBehind(question.begunAt, question.earliest, question, evidence)) return unknown;

  const mustBeInSight = (note: SentNote) =>
    (note.state ?? 'done') === 'done' &&
    note.text !== '' &&
    note.at <= readBack.askedAt &&
    reachesBehind(note.begunAt ?? -Infinity, earliestOf(note), question, evidence);
  const inSight = sent.filter(mustBeInSight);
  const isAccountedForWithout = (left?: Seen) =>
    pairUp(inSight.map((note) => indexesOf(seen, (message) => message !== left && isSaidBy(note, message)))).paired ===
    inSight.length;
  if (!isAccountedForWithout()) return unknown;
  return candidates.some((message) => isAccountedForWithout(message)) ? unknown : { state: 'absent' };
}

/** Takes out what is certain: messages by their ids and marks, and those of others. */
function withoutTheKnown(
  question: MessageInQuestion,
  evidence: SendEvidence,
): { seen: readonly Seen[]; sent: readonly SentNote[] } {
  const messages = messagesOf(evidence);
  const isKnownId = (correlationId: string | undefined): correlationId is string =>
    correlationId !== undefined && isCorrelationId(correlationId);
  const known = new Set(evidence.sent.map(({ mid }) => mid));
  const marked = new Set(evidence.echoes.map(({ correlationId }) => correlationId).filter(isKnownId));
  const isOthers = ({ author, appId, text = '' }: EchoNote) => {
    if (author !== 'other') return false;
    // An app that is not this one may be this one, as long as this one was never heard under the id of the settings: its words tell then.
    return evidence.hears.self || appId === undefined || !areWordsOf(question.text, text, question.rendering);
  };
  const sure = new Set(
    evidence.echoes.filter((echo) => isKnownId(echo.correlationId) || isOthers(echo)).map(({ mid }) => mid),
  );
  return {
    seen: messages.filter(({ mid }) => !known.has(mid) && !sure.has(mid)),
    // An id that the answer named counts when the message is seen under it: Azure's channel may give one of its own.
    sent: evidence.sent.filter(
      ({ mid, correlationId }) =>
        !(mid !== undefined && messages.some((message) => message.mid === mid)) &&
        !(correlationId !== undefined && marked.has(correlationId)),
    ),
  };
}

function messagesOf({ echoes, readBack }: SendEvidence): readonly Seen[] {
  const seen = new Map<string, Seen>();
  for (const { mid, text = '', at, from } of readBack?.messages ?? []) {
    // Whole seconds are told.
    seen.set(mid, {
      mid,
      text,
      from: at,
      to: at + 999,
      author: 'unknown',
      isPages: from !== 'unknown',
    });
  }
  for (const { mid, text, at, author = 'self' } of echoes) {
    const read = seen.get(mid);
    seen.set(mid, {
      ...{ mid, text: text ?? read?.text ?? '', from: at, to: at, isPages: true },
      author: author === 'self' ? 'self' : 'unknown',
    });
  }
  return [...seen.values()].sort((one, other) => one.from - other.from);
}

function mayBeAtTimeOf(note: SentNote, { from, to }: Seen): boolean {
  const latest = (note.state ?? 'done') === 'done' ? (note.latest ?? note.at + unknownClockMs) : Infinity;
  return to >= earliestOf(note) && from <= latest;
}

/** An earlier version did not know the platform's clock. */
const unknownClockMs = 10 * 60 * 1000;

function earliestOf({ earliest, begunAt, at }: SentNote): number {
  return earliest ?? (begunAt ?? at - oldNoteMs) - unknownClockMs;
}

/** Whether what was read goes back to before a message was begun, by the platform's clock, or by a message that was answered before. */
function reachesBehind(
  begunAt: number,
  earliest: number,
  { wasCutOff }: MessageInQuestion,
  { readBack, sent }: SendEvidence,
): boolean {
  if (readBack === undefined) return false;
  if (readBack.completeSince <= earliest) return true;
  // Between two processes our own clock may have been set.
  if (wasCutOff) return false;
  const isOlder = ({ at, state = 'done' }: SentNote) => state === 'done' && at <= begunAt;
  const older = new Set(sent.filter(isOlder).map(({ mid }) => mid));
  return readBack.messages.some(({ mid }) => older.has(mid));
}

function indexesOf<T>(items: readonly T[], isMeant: (item: T) => boolean): number[] {
  return items.flatMap((item, index) => (isMeant(item) ? [index] : []));
}
