import { isCorrelationId } from '../journal/effect.ts';
import type { ReadBack } from '../../helpers/graph/recentMessages.ts';
import { pairUp } from './bipartite.ts';
import { areWordsOf, type Rendering } from './renderedWords.ts';
import { onlyWeCanHaveWritten } from './soleSpeaker.ts';
import type { EchoNote, SentNote, ThreadNote } from '../../store/store.ts';

/** The message in question. */
export interface MessageInQuestion {
  correlationId: string;
  /** Empty if unknown. */
  text: string;
  rendering: Rendering;
  /** `several`: the platform may make several messages of it. */
  parts: 'one' | 'several';
  /** When it was begun, by our clock, and the earliest time by the platform's. In milliseconds since 1970. */
  begunAt: number;
  earliest: number;
  /** The latest time at which it can have taken effect, by the platform's clock. */
  latest: number;
  /** Whether the process ended in the middle of its call. */
  wasCutOff: boolean;
}

/** Everything that is known about a conversation. */
export interface SendEvidence {
  echoes: readonly EchoNote[];
  /** Other messages that were sent or begun, in the store's order, without those of the same text that are being reconciled now. */
  sent: readonly SentNote[];
  /** Those of them that were begun before this one. */
  begunBefore: readonly SentNote[];
  /** The conversation as read back; undefined if it was not read. */
  readBack?: AskedReadBack | undefined;
  /** Changes of thread control that were accepted lately. */
  handovers: readonly ThreadNote[];
  /** Whether this page gets echoes at all, and with the bot's own app id. */
  hears: { any: boolean; self: boolean };
}

export type AskedReadBack = ReadBack & {
  /** When, by our clock. */
  askedAt: number;
  /** Set if afterwards nobody but this app could write to the customer, see `SoleSpeaker`. `at` is the latest time of that, by the platform's clock. */
  alone?: { appId: string; at: number } | undefined;
};

export type SendVerdict =
  /** `isGuess`: the id may belong to another message with the same text. */
  | { state: 'done'; mid: string; by: 'mark' | 'echo' | 'reading' | 'owner'; isGuess: boolean }
  | { state: 'absent' }
  /** `missing`: what an echo that is still on its way could tell. */
  | { state: 'unknown'; missing: 'author' | 'more' };

/** A message in the conversation that is not accounted for yet. Times are the platform's. */
interface Seen {
  mid: string;
  text: string;
  from: number;
  to: number;
  author: 'self' | 'unknown';
  /** Whether the Page sent it at all, which reading back may leave open. */
  isPages: boolean;
}

/** Notes of earlier versions have only one time. The call had begun at most this long before. */
const oldNoteMs = 60_000;

const hourMs = 60 * 60 * 1000;

/**
 * What became of a message, from the evidence alone.
 *
 * Each message that was sent is either one of those seen, or out of sight. A verdict must hold for every way of pairing them: `done` if this app's
 * messages are seen that the others together cannot account for; `absent` if the others account for all that might be it, and we see back to
 * before it was begun. Everything else is `unknown`.
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
  const isSince = ({ to }: Seen) => to >= question.earliest;
  const isItsTime = (message: Seen) => isSince(message) && message.from <= question.latest;
  const isItsWords = ({ text }: Seen) => areWordsOf(question.text, text, question.rendering);
  const hasSomebodysWords = (message: Seen) => isItsWords(message) || sent.some((note) => isSaidBy(note, message));

  // Also when they came later than any call should take, as on a machine that stood still: where they are, it is not absent.
  const alike = seen.filter((message) => isSince(message) && isItsWords(message));
  // A message with text is never seen without any.
  const mayBeItsPart = ({ text }: Seen) => text !== '' || question.text === '' || question.parts === 'several';
  const strange = seen.filter((message) => mayBeItsPart(message) && !hasSomebodysWords(message));
  const speaksSomebodyElse =
    strange.some(({ author, from }) => author === 'unknown' && from >= question.earliest - hourMs) ||
    echoes.some(({ author }) => author === 'other');
  // Where echoes are heard, a missing one leaves open who wrote the message, unless the bot was down then: Azure is not known to redeliver.
  const mayHaveMissedEcho = question.wasCutOff && question.rendering === 'channel';
  const isWordEnough = !speaksSomebodyElse && (!hears.any || mayHaveMissedEcho);
  const isByUsAlone = judgeSpeaker(question, evidence, strange);
  const isOurs = (message: Seen) =>
    message.author === 'self' || (message.isPages && ((isWordEnough && isItsTime(message)) || isByUsAlone(message)));

  const claimsOn = (messages: readonly Seen[]) =>
    pairUp(messages.map((message) => indexesOf(sent, (note) => isSaidBy(note, message))));
  const own = alike.filter(isOurs);
  const unclaimed = claimsOn(own).leftOver.at(-1);
  const found = unclaimed === undefined ? undefined : own[unclaimed];
  if (found !== undefined) {
    const isGuess = own.length > 1 || sent.some((note) => isSaidBy(note, found));
    const by = found.author === 'self' ? 'echo' : isWordEnough ? 'reading' : 'owner';
    return { state: 'done', mid: found.mid, by, isGuess };
  }

  const candidates = [...alike, ...strange.filter(isItsTime)];
  const isAuthorMissing = hears.any && candidates.some(({ author }) => author === 'unknown');
  const unknown = { state: 'unknown', missing: isAuthorMissing ? 'author' : 'more' } as const;
  if (readBack === undefined || !reachesBehind(question, evidence.begunBefore, readBack)) return unknown;

  const mustBeInSight = (note: SentNote) =>
    (note.state ?? 'done') === 'done' &&
    note.text !== '' &&
    note.at <= readBack.askedAt &&
    reachesBehind(
      { begunAt: note.begunAt ?? -Infinity, earliest: earliestOf(note) },
      evidence.sent.slice(0, evidence.sent.indexOf(note)),
      readBack,
    );
  const inSight = sent.filter(mustBeInSight);
  const isAccountedForWithout = (left?: Seen) =>
    pairUp(inSight.map((note) => indexesOf(seen, (message) => message !== left && isSaidBy(note, message)))).paired ===
    inSight.length;
  if (!isAccountedForWithout()) return unknown;
  return candidates.some((message) => isAccountedForWithout(message)) ? unknown : { state: 'absent' };
}

function judgeSpeaker(
  { begunAt }: MessageInQuestion,
  { readBack, sent, echoes, handovers }: SendEvidence,
  strange: readonly Seen[],
): (message: Seen) => boolean {
  if (readBack?.alone === undefined) return () => false;
  const { alone } = readBack;
  const strangeAt = strange.map(({ to }) => to);
  return onlyWeCanHaveWritten({ alone, readBack, begunAt, sent, echoes, handovers, strangeAt });
}

/** Leaves out what is certain: messages known by id or correlation id, and those of others. */
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
    // Another app may be this one, as long as no echo was heard with the app id in the settings. Then the text tells.
    return evidence.hears.self || appId === undefined || !areWordsOf(question.text, text, question.rendering);
  };
  const sure = new Set(
    evidence.echoes.filter((echo) => isKnownId(echo.correlationId) || isOthers(echo)).map(({ mid }) => mid),
  );
  return {
    seen: messages.filter(({ mid }) => !known.has(mid) && !sure.has(mid)),
    // The id in an answer counts only if a message is seen with it, since Azure's channel may make up its own.
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
    // Graph tells whole seconds.
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
  return to >= earliestOf(note) && from <= latestOf(note);
}

/** Earlier versions did not know the platform's clock. */
const unknownClockMs = 10 * 60 * 1000;

/** One that is open may take effect at any time; one that nothing could be found out about only as long as an abandoned call may. */
function latestOf({ state = 'done', at, latest }: SentNote): number {
  if (state === 'open') return Infinity;
  return latest ?? (state === 'done' ? at + unknownClockMs : Infinity);
}

function earliestOf({ earliest, begunAt, at }: SentNote): number {
  return earliest ?? (begunAt ?? at - oldNoteMs) - unknownClockMs;
}

/**
 * Whether what was read back goes back to before a message was begun: by the platform's clock, or because it includes one that was known to be sent
 * by then. Our own clock may have been set between two processes, so that one must also have been begun before, in the store's order.
 */
function reachesBehind(
  { begunAt, earliest }: Pick<MessageInQuestion, 'begunAt' | 'earliest'>,
  begunBefore: readonly SentNote[],
  readBack: ReadBack,
): boolean {
  if (readBack.completeSince <= earliest) return true;
  const isOlder = ({ at, state = 'done' }: SentNote) => state === 'done' && at <= begunAt;
  const older = new Set(begunBefore.filter(isOlder).map(({ mid }) => mid));
  return readBack.messages.some(({ mid }) => older.has(mid));
}

function indexesOf<T>(items: readonly T[], isMeant: (item: T) => boolean): number[] {
  return items.flatMap((item, index) => (isMeant(item) ? [index] : []));
}
