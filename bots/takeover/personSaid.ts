import { present } from '../../models/present.ts';
import { durationOf } from '../../helpers/duration.ts';
import type { Decision, PersonSaid } from './decision.ts';
import { comeBack } from './comingBack.ts';
import { unheard } from './dueTimes.ts';
import { begin, withPerson } from './handingOver.ts';
import type { Handover, ThreadRecord } from './record.ts';
import type { TakeoverRules } from './rules.ts';
import { movedBy, runs, silently } from './steps.ts';

/** Nobody means longer. */
const longestPauseMs = 366 * 86_400_000;

/** A person wrote to the customer, or wrote one of the words that are meant for the bot. */
export function personSaid(rules: TakeoverRules, record: ThreadRecord, event: PersonSaid, now: number): Decision {
  const { at, via, text = '' } = event;
  const { open, past } = record;
  // An echo may come late.
  if (open?.state !== 'person' && at <= (past.at(-1)?.endedAt ?? -Infinity)) return runs(record);
  const isBack = startsWith(rules.personWords.back, text) !== undefined;
  const pause = startsWith(rules.personWords.pause, text);
  if (open?.state !== 'person' && isBack) return runs(record);
  const known: Handover =
    open?.state === 'person' ? open : { ...(open ?? begin(rules, { at, reason: 'personSpoke' })), to: 'inbox' };
  const isFirst = known.state !== 'person';
  const spoken = withWord(movedBy(known, via), at, pause);
  if (isBack) return silently(comeBack(record, spoken, 'person', now));
  const told = { do: 'tell', hook: 'personSpoke', handover: spoken, text } as const;
  if (!isFirst) return runs({ ...record, open: spoken }, told);
  const begun = withPerson(record, spoken, at, via === 'messaging' ? 'paused' : 'taken');
  return runs(begun.record, ...begun.actions, told);
}

function withWord(handover: Handover, at: number, pause: string | undefined): Handover {
  const { firstAnswerAt, lastAnswerAt, takeRefused, ...rest } = handover;
  const spoken: Handover = {
    ...rest,
    // After all, people are heard.
    ...present('takeRefused', takeRefused === unheard ? undefined : takeRefused),
    firstAnswerAt: Math.min(firstAnswerAt ?? at, at),
    lastAnswerAt: Math.max(lastAnswerAt ?? at, at),
  };
  const pauseMs = durationOf(pause ?? '');
  return pauseMs > 0 ? { ...spoken, pausedUntil: at + Math.min(pauseMs, longestPauseMs) } : spoken;
}

/** What stands behind the word that a text begins with; undefined if it begins with none of them. */
function startsWith(words: readonly string[], text: string): string | undefined {
  const said = text.trim().toLowerCase();
  const word = words.find((one) => said === one.toLowerCase() || said.startsWith(`${one.toLowerCase()} `));
  return word === undefined ? undefined : said.slice(word.length).trim();
}
