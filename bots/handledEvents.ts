import type { EchoEvent, FacebookEvent, MessageEvent, NoticeEvent, ReferralEvent } from '../models/facebookEvent.ts';
import { present } from '../models/present.ts';

/** Something heard while another receiver owns the thread. The bot may act on it, but not answer. Never an echo or a notice. */
export type StandbyEvent = Exclude<FacebookEvent, EchoEvent | NoticeEvent> & { via: 'standby' };

/** A message of the customer that came from tapping a quick reply: `text` is the title that was tapped. */
export type QuickReplyEvent = MessageEvent & { quickReply: { payload: string } };

export function isEcho(event: FacebookEvent): event is EchoEvent {
  return event.kind === 'echo';
}

export function isNotice(event: FacebookEvent): event is NoticeEvent {
  return event.kind === 'notice';
}

export function isStandby(event: FacebookEvent): event is StandbyEvent {
  return event.via === 'standby' && !isEcho(event) && !isNotice(event);
}

/** The referral that Meta told of inside or beside another event, as an event of its own. */
export function referralWith(event: FacebookEvent): ReferralEvent[] {
  const { referral, via, pageId, psid, timestamp, hopContext, raw } = event;
  if (referral === undefined) return [];
  const common = { ...present('pageId', pageId), ...present('psid', psid), ...present('timestamp', timestamp) };
  // On standby only the event itself is told: it says that it was heard there.
  return via === 'standby'
    ? []
    : [{ kind: 'referral', via, ...common, ...present('hopContext', hopContext), ...referral, raw }];
}

export function isQuickReply(event: FacebookEvent): event is QuickReplyEvent {
  return event.kind === 'message' && event.quickReply !== undefined && !isStandby(event);
}

/** Events of one kind, told to this app as the one that may answer. */
export function ofKind<K extends FacebookEvent['kind']>(kind: K) {
  return (event: FacebookEvent): event is Extract<FacebookEvent, { kind: K }> =>
    event.kind === kind && !isStandby(event);
}
