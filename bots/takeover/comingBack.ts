import { present } from '../../models/present.ts';
import type { Decision, TakeoverAction, TakeoverEvent } from './decision.ts';
import { retryAt, silenceDueAt, unheard } from './dueTimes.ts';
import type { Handover, HandoverEnd, ThreadRecord } from './record.ts';
import type { TakeoverRules } from './rules.ts';
import { ended, say, andThen } from './steps.ts';

type TakeRefused = Extract<TakeoverEvent, { kind: 'takeRefused' }>;
type Owner = Extract<TakeoverEvent, { kind: 'owner' }>;
type LastWord = Extract<TakeoverEvent, { kind: 'lastWord' }>;

/** Ends in which the bot, after a pause that nobody told the customer about, simply goes on. */
const quietEnds: ReadonlySet<HandoverEnd> = new Set(['silence', 'hardLimit']);

/** The bot is to come back: it takes first and then speaks. Where nothing was moved there is nothing to take. */
export function comeBack(record: ThreadRecord, open: Handover, end: HandoverEnd, now: number): Decision {
  if (open.how !== 'paused') {
    return andThen({ ...record, open: { ...open, state: 'returning', returning: end } }, { do: 'take' });
  }
  const isQuiet = open.reason === 'personSpoke' && quietEnds.has(end);
  const back = isBack(record, open, end, now, [{ do: 'resume' }, ...(isQuiet ? [] : backWords(open, now, end))]);
  // Who did not ask for the bot has said something that is to be answered.
  return isQuiet ? { ...back, actions: [...back.actions, { do: 'again' }] } : back;
}

/** What the customer is told. A desk that failed has not had the conversation. */
function backWords(open: Handover, now: number, end: HandoverEnd): TakeoverAction[] {
  if (end !== 'declined') return say(open, now, [`returned.${end}`]);
  return say(open, now, ['returned.declined', 'declined'], { because: 'because nobody could take it' });
}

/** The bot has the conversation again. */
export function isBack(
  record: ThreadRecord,
  open: Handover,
  end: HandoverEnd,
  now: number,
  actions: readonly TakeoverAction[],
): Decision {
  const past = ended(record, open, end, now);
  return andThen(past.record, ...actions, { do: 'tell', hook: 'handedBack', handover: past.handover });
}

/** The take worked. */
export function taken(record: ThreadRecord, open: Handover, now: number): Decision {
  if (open.state === 'noticing') {
    const { to = 'inbox' } = open;
    return andThen(record, ...say(open, now, ['notice']), { do: 'pass', to, handover: open });
  }
  const { returning = 'silence' } = open;
  return isBack(record, open, returning, now, backWords(open, now, returning));
}

/** Why a take may be refused although the bot may speak. */
const nobodyTakes = 'noDefaultApp';
const isOurs = 'alreadyThreadOwner';
/** The person may have the thread still. */
const noAnswer = 'noAnswer';

/** Without the thread the bot stays silent, and the log says so once. */
export function takeRefused(
  rules: TakeoverRules,
  record: ThreadRecord,
  open: Handover,
  { reason, because, fields }: TakeRefused,
  now: number,
): Decision {
  if (reason === isOurs) return taken(record, open, now);
  const { returning, takeRefused: before, ...rest } = open;
  const person: Handover = { ...rest, state: 'person' };
  if (open.state === 'noticing') {
    const told = { ...record, open: { ...person, noticedAt: now } };
    return reason === nobodyTakes
      ? andThen(told, { do: 'resume' }, ...say(open, now, ['notice'], { how: 'ifAllowed' }), { do: 'leave' })
      : andThen(told, notTaken('The customer is not told that nobody has answered', { reason, ...fields }));
  }
  if (reason === nobodyTakes && returning !== undefined) {
    // Nobody owns threads of such a Page for good: who may speak, speaks.
    const free: TakeoverAction[] = [{ do: 'noteNoTakes' }, { do: 'resume' }];
    return isBack(record, open, returning, now, [...free, ...backWords(open, now, returning)]);
  }
  if (reason === noAnswer) {
    const open = { ...person, ...present('takeRefused', before), retryAt: retryAt(rules, person, now) };
    const log = rest.retryAt === undefined ? [notTaken('The bot stays silent', { reason, ...fields })] : [];
    return andThen({ ...record, open }, ...log);
  }
  const words = returning === 'customer' ? say(open, now, ['couldNotReturn'], { because, how: 'ifAllowed' }) : [];
  const isNew = before === undefined || returning === 'customer';
  const log = isNew ? [notTaken('The bot stays silent', { reason, ...fields })] : [];
  return andThen({ ...record, open: { ...person, takeRefused: reason } }, ...log, ...words);
}

function notTaken(what: string, fields: object): TakeoverAction {
  const sentence = `${what}, because the thread could not be taken from the person.`;
  return { do: 'log', level: 'warn', fields, sentence };
}

/** It was found out when people last spoke: comes back, unless it was not long enough ago, or nobody can tell. */
export function comeBackUnlessSpoken(
  rules: TakeoverRules,
  record: ThreadRecord,
  open: Handover,
  { at }: LastWord,
  now: number,
): Decision {
  if (at === unheard) {
    const log = open.takeRefused === undefined ? [cannotTell] : [];
    return andThen({ ...record, open: { ...open, takeRefused: unheard } }, ...log);
  }
  const { lastAnswerAt, firstAnswerAt } = open;
  const counted = lastAnswerAt ?? open.handedAt ?? open.askedAt;
  if (at === 'never' || at <= counted) return comeBack(record, open, 'silence', now);
  const heard: Handover = { ...open, firstAnswerAt: firstAnswerAt ?? at, lastAnswerAt: at };
  const isLater = now < (silenceDueAt(rules, heard) ?? 0);
  return isLater ? andThen({ ...record, open: heard }) : comeBack(record, heard, 'silence', now);
}

const cannotTell: TakeoverAction = {
  do: 'log',
  level: 'warn',
  sentence: 'The bot stays silent, because it cannot tell whether a person has answered in the meantime.',
};

/** Who owns the thread was asked, since the customer's message came to this bot. */
export function comeBackIfOwner(record: ThreadRecord, open: Handover, { isBot, wanted }: Owner, now: number): Decision {
  if (!isBot) return wanted === undefined ? andThen(record) : comeBack(record, open, wanted, now);
  const back = isBack(record, open, 'expired', now, []);
  return { ...back, actions: [...back.actions, { do: 'again' }] };
}
