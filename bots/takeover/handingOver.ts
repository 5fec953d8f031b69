import { present } from '../../models/present.ts';
import { comeBack } from './comingBack.ts';
import type { Asked, Cause, Decision, TakeoverAction, TakeoverEvent } from './decision.ts';
import { isOpen, nextOpening } from './hours.ts';
import type { Handover, HandoverWay, ThreadRecord } from './record.ts';
import { deskReceiver, languageOf, type TakeoverRules } from './rules.ts';
import { ended, runs, say, silent, silently, andThen } from './steps.ts';

type Passed = Extract<TakeoverEvent, { kind: 'passed' }>;
type Refused = Extract<TakeoverEvent, { kind: 'passRefused' }>;
type Names = Extract<TakeoverAction, { do: 'say' }>['names'];

/** A handover that begins now. */
export function begin(
  rules: TakeoverRules,
  { at, locale, ...cause }: Cause & { at: number; locale?: string | undefined },
  language = languageOf(rules, locale),
): Handover {
  const { reason, reasonText, intent, summary } = cause;
  return {
    ...{ id: `${at}-${reason}`, state: 'passing', reason, askedAt: at, language, refused: [] },
    ...{ ...present('reasonText', reasonText), ...present('intent', intent), ...present('summary', summary) },
  };
}

/** Who has waited for a person, and asks again or gets one some other way, has one wish. */
export function continued({ open }: ThreadRecord, handover: Handover): Handover {
  if (open?.state !== 'waiting') return handover;
  const { id, askedAt, reason } = open;
  return { ...open, ...handover, id, askedAt, reason };
}

/** Somebody wants a person: hands over now, or says why not. */
export function ask(
  rules: TakeoverRules,
  record: ThreadRecord,
  asked: Asked,
  now: number,
  language?: string,
): Decision {
  const { at, to, reason, reasonText, intent, summary, locale } = asked;
  const known = language !== undefined && Object.hasOwn(rules.texts, language) ? language : undefined;
  const handover = continued(record, {
    ...begin(rules, { at, reason, reasonText, intent, summary, locale }, known),
    ...present('to', to),
    lastCustomerAt: at,
  });
  const { hours, outsideHours } = rules;
  if (hours !== undefined && outsideHours !== 'pass' && !isOpen(hours, now)) {
    const isKept = outsideHours === 'keep' && nextOpening(hours, now) !== undefined;
    return isKept ? wait(record, handover, now) : refuse(record, handover, now);
  }
  return passToFirst(rules, record, handover, now, asked.say === 'nothing' ? [] : ['handingOver']);
}

/** Keeps the wish until people are there. */
function wait(record: ThreadRecord, handover: Handover, now: number): Decision {
  const open: Handover = { ...handover, state: 'waiting' };
  return silent({ ...record, open }, ...say(open, now, ['kept', 'closed']));
}

function refuse(record: ThreadRecord, handover: Handover, now: number): Decision {
  const past = ended(record, handover, 'closed', now);
  return silent(past.record, ...say(handover, now, ['closed']), {
    ...{ do: 'tell', hook: 'declined', handover: past.handover },
  });
}

/** The time has come for which a wish was kept. */
export function passAtOpening(rules: TakeoverRules, record: ThreadRecord, open: Handover, now: number): Decision {
  return passToFirst(rules, record, open, now, ['opened', 'handingOver']);
}

/** A person wants the conversation. */
export function grant(rules: TakeoverRules, record: ThreadRecord, at: number, now: number): Decision {
  const { open } = record;
  if (rules.moveToMain === 'leave' || open?.state === 'person') return runs(record);
  const handover = continued(record, { ...begin(rules, { at, reason: 'requested' }), to: 'inbox', lastCustomerAt: at });
  return passToFirst({ ...rules, receivers: [] }, record, handover, now, ['requested', 'handingOver']);
}

function passToFirst(
  rules: TakeoverRules,
  record: ThreadRecord,
  handover: Handover,
  now: number,
  names: Names,
): Decision {
  const [to] = receiversFor(rules, handover);
  if (to === undefined)
    return silently(decline(record, handover, now, 'because the bot has no receiver to pass it to'));
  const open: Handover = { ...handover, state: 'passing', to };
  const words = names.length === 0 ? [] : say(open, now, names, { how: 'mustBeHeard' });
  return silent({ ...record, open }, ...words, { do: 'pass', to, handover: open });
}

/** Those that were not asked yet, the one that the bot wanted first. */
function receiversFor({ receivers }: TakeoverRules, { to, refused }: Handover): string[] {
  const wanted = to === undefined ? receivers : [to, ...receivers.filter((receiver) => receiver !== to)];
  return wanted.filter((receiver) => !refused.some((one) => one.to === receiver));
}

/** A receiver got the thread. */
export function passed(record: ThreadRecord, open: Handover, { appId, how }: Passed, now: number): Decision {
  if (open.state === 'noticing') return andThen({ ...record, open: { ...open, state: 'person', noticedAt: now } });
  return withPerson(record, { ...open, ...present('toAppId', appId) }, now, how ?? 'passed');
}

/** The desk that had it does not any more, so the next receiver is asked. If a person has taken the thread meanwhile, it is that person's. */
export function deskFailed(rules: TakeoverRules, record: ThreadRecord, open: Handover, now: number): Decision {
  const { toldAt: _told, acceptedAt: _accepted, ...rest } = open;
  const handover: Handover = { ...rest, refused: [...open.refused, { to: deskReceiver, reason: 'failed' }] };
  if (open.how !== 'paused') return andThen({ ...record, open: handover });
  const [to] = receiversFor(rules, handover);
  if (to === undefined) return comeBack(record, { ...open, refused: handover.refused }, 'declined', now);
  const next: Handover = { ...handover, state: 'passing', to };
  return andThen({ ...record, open: next }, { do: 'resume' }, { do: 'pass', to, handover: next });
}

/** From now on the conversation is somebody else's. */
export function withPerson(record: ThreadRecord, handover: Handover, at: number, how: HandoverWay): Decision {
  const open: Handover = { ...handover, state: 'person', handedAt: at, how };
  const pause: TakeoverAction[] = how === 'paused' ? [{ do: 'pause' }] : [];
  return andThen({ ...record, open }, ...pause, { do: 'tell', hook: 'handedOver', handover: open });
}

/** A receiver did not get it, so the next one is asked. When all have refused, the bot goes on. */
export function passRefused(
  rules: TakeoverRules,
  record: ThreadRecord,
  open: Handover,
  { reason, because, fields }: Refused,
  now: number,
): Decision {
  // A person has written while the customer was told that nobody has.
  if (open.state === 'noticing' && reason === 'notThreadOwner') return suppressed(record, open, now);
  const handover: Handover = { ...open, refused: [...open.refused, { to: open.to ?? '', reason }] };
  const [to] = open.reason === 'requested' ? [] : receiversFor(rules, handover);
  const log: TakeoverAction = {
    ...{ do: 'log', level: 'warn', fields: { reason, to: open.to, ...fields } },
    sentence: 'A receiver did not get the conversation.',
  };
  const next: Handover = { ...handover, ...present('to', to) };
  const step =
    to === undefined
      ? decline(record, handover, now, because)
      : andThen({ ...record, open: next }, { do: 'pass', to, handover: next });
  return { ...step, actions: [log, ...step.actions] };
}

function decline(record: ThreadRecord, handover: Handover, now: number, because: string): Decision {
  const past = ended(record, handover, 'declined', now);
  const words = say(handover, now, ['declined'], { because, how: 'ifAllowed' });
  return andThen(past.record, ...words, { do: 'tell', hook: 'declined', handover: past.handover });
}

/** Another receiver owns the thread, so the customer did not read why it was to be passed, and it cannot be. */
export function suppressed(record: ThreadRecord, open: Handover, now: number): Decision {
  if (open.state === 'noticing') return andThen({ ...record, open: { ...open, state: 'person', noticedAt: now } });
  const past = ended(record, open, 'elsewhere', now);
  const log: TakeoverAction = {
    ...{ do: 'log', level: 'info' },
    sentence: 'Nothing is handed over, because another receiver owns the thread.',
  };
  return andThen(past.record, log, { do: 'tell', hook: 'declined', handover: past.handover });
}
