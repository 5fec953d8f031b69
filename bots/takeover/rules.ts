import type { OpeningHours } from './hours.ts';
import type { Phrases } from './phrases.ts';
import type { Handover } from './record.ts';
import { takeoverTexts, type TakeoverTexts } from './texts.ts';
import { botWishes, personWishes } from './wishes.ts';

/** When a person takes over, who that is, and when the bot comes back. Everything has a default, see {@link takeoverRules}. */
export interface TakeoverRules {
  /** In which words customers ask for a person. See `findPhrase`. */
  readonly phrases: Phrases;
  /** Payloads of buttons and quick replies that do the same. */
  readonly payloads: readonly string[];
  /** After how many answers in a row that did not help a person is called. Absent: never. */
  readonly unhelpfulAnswers?: number | undefined;
  /** What if the bot throws an error of its own. `throw`: the turn fails, as it would without this part. */
  readonly onException: 'handOver' | 'throw';
  /** What if a person clicks *Move to Main* under the classic protocol. `leave` leaves the request to the bot. */
  readonly moveToMain: 'grant' | 'leave';
  /**
   * To whom, the first that takes it: `inbox` for the Page Inbox, an app id, or the name of another receiver of the Page. No thread is passed, and the bot
   * is silent, for `desk` (the desk that is told of handovers, as long as it does not say that it failed) and for `pause`.
   */
  readonly receivers: readonly string[];
  /** When people are there. Absent: always. */
  readonly hours?: OpeningHours | undefined;
  /** What outside of these hours: say so (`refuse`), say so and hand over when they begin (`keep`), or hand over all the same (`pass`). */
  readonly outsideHours: 'refuse' | 'keep' | 'pass';
  /** How long after the last word of the people the bot comes back, in milliseconds. Absent: never. */
  readonly silenceMs?: number | undefined;
  /** Then: at once, or only when the customer says something. */
  readonly onSilence: 'atOnce' | 'withNextWord';
  /** How long after the handover the bot comes back in any case, in milliseconds. Absent: never. */
  readonly hardLimitMs?: number | undefined;
  /** After how many milliseconds without any answer the customer is told so, once. Absent: never. */
  readonly noticeMs?: number | undefined;
  /** What people write in the inbox to give the conversation back to the bot, and to have it silent for a time: `/pause 2h`. The customer sees it. */
  readonly personWords: { readonly back: readonly string[]; readonly pause: readonly string[] };
  /** How customers say that they want the bot back. */
  readonly botPhrases: Phrases;
  readonly botPayloads: readonly string[];
  /**
   * Threads that went to another receiver without this part, such as another bot. `watch` counts whoever has them as a person, so that the bot
   * comes back there too.
   */
  readonly strangers: 'ignore' | 'watch';
  /** What the receiver gets as metadata. Default: the context of the handover as JSON. */
  readonly metadata?: ((handover: Handover) => string) | undefined;
  /** Goes along with the bot's own takes: the classic protocol tells the one who takes a thread that it was passed. */
  readonly takeMetadata: string;
  /** The language of a customer of whom no other is known. */
  readonly language: string;
  readonly texts: Readonly<Record<string, TakeoverTexts>>;
}

/** Receivers who are passed no thread: the bot is silent, and people answer from where they are. */
export const deskReceiver = 'desk';
const pauseReceiver = 'pause';

export function isPassed(to: string): boolean {
  return to !== deskReceiver && to !== pauseReceiver;
}

/** Timers are set for the next five years. */
const longestMs = 2 * 366 * 86_400_000;

const defaults: TakeoverRules = {
  phrases: personWishes,
  payloads: [],
  onException: 'throw',
  moveToMain: 'leave',
  receivers: ['inbox'],
  outsideHours: 'refuse',
  onSilence: 'atOnce',
  personWords: { back: ['/bot'], pause: ['/pause'] },
  botPhrases: botWishes,
  botPayloads: [],
  strangers: 'ignore',
  takeMetadata: 'taken back by the bot',
  language: 'en',
  texts: takeoverTexts,
};

/**
 * Rules with their defaults: a person is called by words alone, in the Page Inbox, at any time, and the bot comes back when the people are
 * done or when one of them or the customer wants it.
 *
 * @throws RangeError for a number that makes no sense, such as `Infinity`, or texts without the language
 */
export function takeoverRules(rules: Partial<TakeoverRules> = {}): TakeoverRules {
  const all = { ...defaults, ...rules };
  for (const name of ['unhelpfulAnswers', 'silenceMs', 'hardLimitMs', 'noticeMs'] as const) {
    const value = all[name];
    if (value === undefined || (value > 0 && value <= longestMs)) continue;
    throw new RangeError(`${name} must be greater than 0 and mean at most two years, or be left out.`);
  }
  if (all.texts[all.language] === undefined)
    throw new RangeError(`There are no texts in the language ${all.language}.`);
  return all;
}

/** The language of these that is meant by a locale such as `de-AT` or `de_AT`. */
export function languageOf(rules: TakeoverRules, locale: string | undefined): string {
  const [language = ''] = (locale ?? '').toLowerCase().split(/[-_]/, 1);
  return Object.hasOwn(rules.texts, language) ? language : rules.language;
}
