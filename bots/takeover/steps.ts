import type { Via } from '../../models/facebookEvent.ts';
import type { Decision, TakeoverAction } from './decision.ts';
import { mostPast, type Handover, type HandoverEnd, type ThreadRecord } from './record.ts';

/** The bot gets the event of the turn. */
export function runs(record: ThreadRecord, ...actions: readonly TakeoverAction[]): Decision {
  return { record, actions, bot: 'runs' };
}

/** The event of the turn ends here. */
export function silent(record: ThreadRecord, ...actions: readonly TakeoverAction[]): Decision {
  return { record, actions, bot: 'silent' };
}

/** After the result of an action nothing changes about that. */
export function andThen(record: ThreadRecord, ...actions: readonly TakeoverAction[]): Decision {
  return { record, actions };
}

/** What was said was for this part alone. */
export function silently(decision: Decision): Decision {
  return { ...decision, bot: 'silent' };
}

/** What is heard on standby tells that the thread was moved, where it was not at first. */
export function movedBy(handover: Handover, via: Via): Handover {
  return handover.how === 'paused' && via === 'standby' ? { ...handover, how: 'taken' } : handover;
}

/** A handover as it ended, and the record in which it is a past one. */
export function ended(
  record: ThreadRecord,
  { returning: _returning, ...handover }: Handover,
  end: HandoverEnd,
  now: number,
): { handover: Handover; record: ThreadRecord } {
  const past: Handover = { ...handover, state: 'ended', endedAt: now, end };
  const { open: _open, unhelpful: _unhelpful, ...rest } = record;
  return { handover: past, record: { ...rest, past: [...record.past, past].slice(-mostPast) } };
}

/**
 * How long after the customer's last word a bot may write, less a minute: later Messenger refuses it.
 *
 * Source: https://developers.facebook.com/docs/messenger-platform/policy/policy-overview
 */
const windowMs = 24 * 3_600_000 - 60_000;

/** Says something to the customer, as long as Messenger lets a bot write. */
export function say(
  { language, lastCustomerAt }: Handover,
  now: number,
  names: Extract<TakeoverAction, { do: 'say' }>['names'],
  more: { because?: string | undefined; how?: 'mustBeHeard' | 'ifAllowed' } = {},
): TakeoverAction[] {
  if (lastCustomerAt === undefined || now - lastCustomerAt > windowMs) return [];
  return [{ do: 'say', names, language, how: 'asOwner', ...more }];
}
