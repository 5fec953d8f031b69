import { isSaid } from '../../models/facebookActivity.ts';
import type {
  EchoEvent,
  FacebookEvent,
  PassThreadControlEvent,
  TakeThreadControlEvent,
} from '../../models/facebookEvent.ts';
import { isInbox, isMetaAi } from '../../models/metaReceivers.ts';
import { isAnotherReceiver } from '../threadOwnership.ts';
import type { TakeoverEvent } from './decision.ts';
import type { Handover } from './record.ts';
import { deskReceiver, type TakeoverRules } from './rules.ts';

/** What is known of who is who. */
export interface Parties {
  readonly rules: TakeoverRules;
  readonly open: Handover | undefined;
  readonly appId: string | undefined;
  readonly locale: string | undefined;
}

/** What an event of Messenger's means for a takeover; undefined if nothing. */
export function takeoverEventOf(event: FacebookEvent, at: number, parties: Parties): TakeoverEvent | undefined {
  const { via } = event;
  if (isSaid(event)) return { kind: 'customerSaid', at, via, locale: parties.locale, ...wordsOf(event) };
  switch (event.kind) {
    case 'echo':
      return isPersons(event, parties) ? { kind: 'personSaid', at, via, text: event.text } : undefined;
    case 'pass_thread_control':
      return passedEvent(event, at, parties);
    case 'take_thread_control':
      return takenEvent(event, at, parties);
    case 'request_thread_control':
      return event.requestedOwnerAppId !== undefined && isInbox(event.requestedOwnerAppId)
        ? { kind: 'requested', at }
        : undefined;
    default:
      return undefined;
  }
}

function wordsOf(event: FacebookEvent): { text?: string | undefined; payload?: string | undefined } {
  if (event.kind === 'message') return { text: event.text, payload: event.quickReply?.payload };
  return event.kind === 'postback' ? { text: event.title, payload: event.payload } : {};
}

/** Whether people speak through a receiver: the inbox, or one that conversations are handed over to. */
function isPeoples(appId: string, { rules, open }: Parties): boolean {
  return isInbox(appId) || appId === open?.toAppId || rules.receivers.includes(appId);
}

/** The bot's own words, Meta's AI and other apps are no people, unless the conversation was handed over to that app. */
function isPersons({ author, appId, via }: EchoEvent, parties: Parties): boolean {
  if (author !== 'app') return author === 'person';
  if (appId === undefined || !isAnotherReceiver(appId, parties.appId)) return false;
  // The app of the desk's people is not known.
  const isDesks = parties.open?.state === 'person' && parties.open.to === deskReceiver;
  return isDesks || isPeoples(appId, parties) || (parties.rules.strangers === 'watch' && via === 'standby');
}

function passedEvent(event: PassThreadControlEvent, at: number, parties: Parties): TakeoverEvent | undefined {
  const { newOwnerAppId, previousOwnerAppId: previous, metadata } = event;
  if (newOwnerAppId !== undefined && isAnotherReceiver(newOwnerAppId, parties.appId)) {
    return lost(newOwnerAppId, at, parties);
  }
  if (metadata === parties.rules.takeMetadata) return { kind: 'threadGained', at, from: 'own' };
  if (previous === undefined || isPeoples(previous, parties)) return { kind: 'threadGained', at, from: 'people' };
  return { kind: 'threadGained', at, from: isMetaAi(previous) ? 'metaAi' : 'others' };
}

function takenEvent(event: TakeThreadControlEvent, at: number, parties: Parties): TakeoverEvent | undefined {
  const { newOwnerAppId, previousOwnerAppId } = event;
  if (newOwnerAppId !== undefined) {
    return isAnotherReceiver(newOwnerAppId, parties.appId) ? lost(newOwnerAppId, at, parties) : undefined;
  }
  // It may name only who lost the thread. Whoever took it from another one is not known.
  const isUnclear = isAnotherReceiver(previousOwnerAppId, parties.appId);
  return isUnclear ? undefined : { kind: 'threadLost', at, to: 'people' };
}

function lost(appId: string, at: number, parties: Parties): TakeoverEvent | undefined {
  if (isMetaAi(appId)) return undefined;
  return { kind: 'threadLost', at, to: isPeoples(appId, parties) ? 'people' : 'others' };
}
