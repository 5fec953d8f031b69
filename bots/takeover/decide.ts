import { present } from '../../models/present.ts';
import { comeBack, comeBackIfOwner, comeBackUnlessSpoken, isBack, takeRefused, taken } from './comingBack.ts';
import type { CustomerSaid, Decision, TakeoverAction, TakeoverEvent } from './decision.ts';
import { hardLimitAt, nextDueAt, noticeDueAt, silenceDueAt } from './dueTimes.ts';
import {
  ask,
  begin,
  continued,
  deskFailed,
  grant,
  passAtOpening,
  passed,
  passRefused,
  suppressed,
  withPerson,
} from './handingOver.ts';
import { isOpen } from './hours.ts';
import { personSaid } from './personSaid.ts';
import { findPhrase } from './phrases.ts';
import type { Handover, ThreadRecord } from './record.ts';
import { deskReceiver, type TakeoverRules } from './rules.ts';
import type { ReturnName } from './texts.ts';
import { ended, movedBy, runs, say, silent, silently, andThen } from './steps.ts';

/**
 * What becomes of a handover: from the rules, what is remembered of the conversation, and what has happened, the new record and what is to be
 * done. It knows no clock, no store and no platform.
 *
 * @param now milliseconds since 1970
 */
export function decide(rules: TakeoverRules, record: ThreadRecord, event: TakeoverEvent, now: number): Decision {
  const decision = stepOf(rules, record, event, now);
  const { record: next, actions } = decision;
  // What comes of these is decided about, too.
  if (actions.some((action) => unfinished.has(action.do))) return decision;
  const dueAt = nextDueAt(rules, next.open, now);
  const { wakeAt, ...rest } = next;
  // A turn that was given up has set no timer.
  const isLost = wakeAt !== undefined && wakeAt < now && event.kind !== 'due';
  if (dueAt === wakeAt && !isLost) return decision;
  const wake: TakeoverAction = { do: 'wake', at: dueAt };
  return { ...decision, record: { ...rest, ...present('wakeAt', dueAt) }, actions: [...actions, wake] };
}

const unfinished: ReadonlySet<TakeoverAction['do']> = new Set(['pass', 'take', 'askOwner', 'askLastWord', 'again']);

function stepOf(rules: TakeoverRules, record: ThreadRecord, event: TakeoverEvent, now: number): Decision {
  const { open } = record;
  switch (event.kind) {
    case 'customerSaid':
      return customerSaid(rules, record, event, now);
    case 'personSaid':
      return personSaid(rules, record, event, now);
    case 'asked':
      return open?.state === 'person' ? silent(record) : ask(rules, record, event, now);
    case 'answered':
      return answered(rules, record, event, now);
    case 'handedOver':
      return passedByBot(rules, record, event);
    case 'requested':
      return grant(rules, record, event.at, now);
    case 'threadLost':
      return threadLost(rules, record, event);
    case 'threadGained':
      return threadGained(rules, record, event, now);
    case 'handBack':
      return open?.state === 'person' ? silently(comeBack(record, open, event.end, now)) : silent(record);
    case 'desk':
      return open?.state === 'person' ? deskSaid(rules, record, open, event, now) : silent(record);
    case 'deskTold':
      return open?.state === 'person' ? silent({ ...record, open: { toldAt: event.at, ...open } }) : silent(record);
    case 'due':
      return due(rules, record, now);
    default:
      return open === undefined ? andThen(record) : resultOf(rules, record, open, event, now);
  }
}

type Result = Extract<
  TakeoverEvent,
  { kind: 'suppressed' | 'passed' | 'passRefused' | 'taken' | 'takeRefused' | 'owner' | 'lastWord' }
>;

function resultOf(rules: TakeoverRules, record: ThreadRecord, open: Handover, event: Result, now: number): Decision {
  switch (event.kind) {
    case 'suppressed':
      return suppressed(record, open, now);
    case 'passed':
      return passed(record, open, event, now);
    case 'passRefused':
      return passRefused(rules, record, open, event, now);
    case 'taken':
      return taken(record, open, now);
    case 'takeRefused':
      return takeRefused(rules, record, open, event, now);
    case 'owner':
      return comeBackIfOwner(record, open, event, now);
    case 'lastWord':
      return comeBackUnlessSpoken(rules, record, open, event, now);
  }
}

function deskSaid(
  rules: TakeoverRules,
  record: ThreadRecord,
  open: Handover,
  { state, at }: Extract<TakeoverEvent, { kind: 'desk' }>,
  now: number,
): Decision {
  switch (state) {
    case 'accepted':
      return silent({ ...record, open: { ...open, acceptedAt: open.acceptedAt ?? at } });
    case 'completed':
      return silently(comeBack(record, open, 'done', now));
    case 'failed':
      return silently(
        open.to === deskReceiver ? deskFailed(rules, record, open, now) : comeBack(record, open, 'declined', now),
      );
  }
}

function customerSaid(rules: TakeoverRules, record: ThreadRecord, event: CustomerSaid, now: number): Decision {
  const { at, via, text, payload, locale } = event;
  const wantsBot = isChosen(rules.botPayloads, rules.botPhrases, event);
  if (record.open?.state === 'person') {
    const open: Handover = {
      ...movedBy(record.open, via),
      lastCustomerAt: Math.max(at, record.open.lastCustomerAt ?? at),
    };
    return toPerson(rules, { ...record, open }, open, { ...event, wantsBot }, now);
  }
  if (via === 'standby') {
    if (rules.strangers === 'ignore') return runs(record);
    const found = begin(rules, { at, reason: 'found', locale });
    const has = { state: 'person', handedAt: at, how: 'taken', lastCustomerAt: at } as const;
    const open = continued(record, { ...found, ...has });
    return wantsBot === undefined ? runs({ ...record, open }) : silently(comeBack(record, open, 'customer', now));
  }
  if (record.open?.state === 'waiting' && wantsBot !== undefined) {
    const past = ended(record, record.open, 'withdrawn', now);
    return silent(
      past.record,
      ...say({ ...record.open, lastCustomerAt: at }, now, ['returned.withdrawn', 'returned.customer']),
      { do: 'tell', hook: 'declined', handover: past.handover },
    );
  }
  const wish = isChosen(rules.payloads, rules.phrases, { text, payload });
  if (wish !== undefined) {
    return ask(rules, record, { kind: 'asked', at, reason: wish.reason, locale }, now, wish.language);
  }
  return record.open === undefined ? runs(record) : runs({ ...record, open: { ...record.open, lastCustomerAt: at } });
}

/** While a person has the conversation. */
function toPerson(
  rules: TakeoverRules,
  record: ThreadRecord,
  open: Handover,
  { via, wantsBot }: CustomerSaid & { wantsBot: object | undefined },
  now: number,
): Decision {
  const isHere = via === 'messaging';
  const wanted = wantsBot && 'customer';
  if (isHere && open.how !== 'paused') return silent(record, { do: 'askOwner', wanted });
  if (wanted !== undefined) return silently(comeBack(record, open, wanted, now));
  const isSilent = now > (silenceDueAt(rules, open) ?? Infinity);
  const actions: TakeoverAction[] = isSilent ? [{ do: 'askLastWord' }] : [];
  return isHere ? silent(record, ...actions) : runs(record, ...actions);
}

/** Azure's channel, and other channels, may bring the payload as text. */
function isChosen(
  payloads: readonly string[],
  phrases: TakeoverRules['phrases'],
  { text, payload }: Pick<CustomerSaid, 'text' | 'payload'>,
): { reason: 'button' | 'phrase'; language?: string } | undefined {
  const said = [payload, text].filter((one) => one !== undefined);
  if (said.some((one) => payloads.includes(one.trim()))) return { reason: 'button' };
  const [found] = said.flatMap((one) => findPhrase(one, phrases) ?? []);
  return found && { reason: payload === undefined ? 'phrase' : 'button', ...found };
}

function answered(
  rules: TakeoverRules,
  record: ThreadRecord,
  { at, helped, locale }: Extract<TakeoverEvent, { kind: 'answered' }>,
  now: number,
): Decision {
  const { unhelpful = 0, ...rest } = record;
  if (helped || record.open !== undefined) return runs(helped ? rest : record);
  const count = unhelpful + 1;
  if (rules.unhelpfulAnswers === undefined || count < rules.unhelpfulAnswers) {
    return runs({ ...rest, unhelpful: count });
  }
  return ask(rules, rest, { kind: 'asked', at, reason: 'unhelpful', locale }, now);
}

/** If it could, an earlier handover had come to its end. */
function passedByBot(
  rules: TakeoverRules,
  record: ThreadRecord,
  event: Extract<TakeoverEvent, { kind: 'handedOver' }>,
): Decision {
  const { at, to } = event;
  const handover = continued(record, { ...begin(rules, event), to, lastCustomerAt: at });
  if (record.open?.state !== 'person') return withPerson(record, handover, at, 'passed');
  const past = ended(record, record.open, 'expired', at);
  const next = withPerson(past.record, handover, at, 'passed');
  return { ...next, actions: [{ do: 'tell', hook: 'handedBack', handover: past.handover }, ...next.actions] };
}

function threadLost(
  rules: TakeoverRules,
  record: ThreadRecord,
  { at, to }: Extract<TakeoverEvent, { kind: 'threadLost' }>,
): Decision {
  const { open } = record;
  if (open?.state === 'person')
    return runs({ ...record, open: { ...open, how: open.how === 'passed' ? 'passed' : 'taken' } });
  if (to === 'others' && rules.strangers === 'ignore') return runs(record);
  const handover = open ?? begin(rules, { at, reason: 'personTook' });
  return { ...withPerson(record, handover, at, 'taken'), bot: 'runs' };
}

function threadGained(
  rules: TakeoverRules,
  record: ThreadRecord,
  { at, from }: Extract<TakeoverEvent, { kind: 'threadGained' }>,
  now: number,
): Decision {
  const { open } = record;
  // The bot knows that it took the thread, and has passed it on again by now if that was for the notice.
  if (from === 'own') return silent(record);
  if (open?.state === 'person') {
    const back = isBack(record, open, 'done', now, [{ do: 'resume' }, ...say(open, now, [endWord(from)])]);
    return { ...back, bot: 'runs' };
  }
  if (from !== 'people' && rules.strangers === 'ignore') return runs(record);
  // Messenger passes a thread on when its customer has just been talking to a person.
  const stranger: Handover = { ...begin(rules, { at, reason: 'found' }), lastCustomerAt: at };
  return runs(record, ...say(stranger, now, [endWord(from)]));
}

/** Meta's AI is no person. */
function endWord(from: 'people' | 'metaAi' | 'others'): ReturnName {
  return from === 'metaAi' ? 'returned.customer' : 'returned.done';
}

function due(rules: TakeoverRules, record: ThreadRecord, now: number): Decision {
  const { open } = record;
  if (open?.state === 'waiting') {
    return rules.hours === undefined || isOpen(rules.hours, now)
      ? passAtOpening(rules, record, open, now)
      : silent(record);
  }
  const dueAt = nextDueAt(rules, open, now);
  if (open?.state !== 'person' || dueAt === undefined || dueAt > now) return silent(record);
  const isDue = (at: number | undefined) => at !== undefined && at <= now;
  if (isDue(hardLimitAt(rules, open))) return comeBack(record, open, 'hardLimit', now);
  if (rules.onSilence === 'atOnce' && isDue(silenceDueAt(rules, open))) return silent(record, { do: 'askLastWord' });
  if (!isDue(noticeDueAt(rules, open))) return silent(record);
  if (open.how !== 'paused') return silent({ ...record, open: { ...open, state: 'noticing' } }, { do: 'take' });
  const told: ThreadRecord = { ...record, open: { ...open, noticedAt: now } };
  return silent(told, { do: 'resume' }, ...say(open, now, ['notice']), { do: 'pause' });
}
