import type { Via } from '../../models/facebookEvent.ts';
import type { HandoffState } from '../../models/handoffStatus.ts';
import type { Handover, HandoverEnd, HandoverReason, ThreadRecord } from './record.ts';
import type { ReturnName, SentenceName } from './texts.ts';

/** What the bot knows of why it hands over. All of it goes into the record and to the receiver. */
export interface Cause {
  readonly reason: HandoverReason;
  readonly reasonText?: string | undefined;
  readonly intent?: string | undefined;
  readonly summary?: string | undefined;
}

interface Timed {
  /** When it happened, in milliseconds since 1970, by Messenger's clock. */
  readonly at: number;
}

export interface CustomerSaid extends Timed {
  readonly kind: 'customerSaid';
  /** `standby`: another receiver owned the thread. */
  readonly via: Via;
  readonly text?: string | undefined;
  readonly payload?: string | undefined;
  readonly locale?: string | undefined;
}

export interface PersonSaid extends Timed {
  readonly kind: 'personSaid';
  readonly via: Via;
  readonly text?: string | undefined;
}

export interface Asked extends Timed, Cause {
  readonly kind: 'asked';
  readonly locale?: string | undefined;
  /** To whom, before those of the rules. */
  readonly to?: string | undefined;
  /** `nothing`: the bot has told the customer already. */
  readonly say?: 'nothing' | undefined;
}

/** What has happened in a conversation. The second half are the results of actions. */
export type TakeoverEvent =
  | CustomerSaid
  | PersonSaid
  | Asked
  /** The thread went to another receiver: to one where people answer, or to some other app. */
  | (Timed & { readonly kind: 'threadLost'; readonly to: 'people' | 'others' })
  /** The thread came to this bot. `own`: by its own call. */
  | (Timed & { readonly kind: 'threadGained'; readonly from: 'own' | 'people' | 'metaAi' | 'others' })
  /** A person clicked *Move to Main*. */
  | (Timed & { readonly kind: 'requested' })
  | (Timed & { readonly kind: 'answered'; readonly helped: boolean; readonly locale?: string | undefined })
  /** The bot passed the thread by itself. */
  | (Timed & Cause & { readonly kind: 'handedOver'; readonly to: string; readonly locale?: string | undefined })
  /** The bot, or a desk, ends the handover. */
  | { readonly kind: 'handBack'; readonly end: HandoverEnd }
  /** The desk was told of the handover. */
  | (Timed & { readonly kind: 'deskTold' })
  /** The desk said something about the handover. */
  | (Timed & { readonly kind: 'desk'; readonly state: HandoffState })
  | { readonly kind: 'due' }
  | { readonly kind: 'suppressed' }
  /** `paused`: the receiver has the conversation, and the thread was not moved. */
  | { readonly kind: 'passed'; readonly appId?: string | undefined; readonly how?: 'paused' | undefined }
  | { readonly kind: 'passRefused'; readonly reason: string; readonly because: string; readonly fields?: object }
  | { readonly kind: 'taken' }
  | { readonly kind: 'takeRefused'; readonly reason: string; readonly because: string; readonly fields?: object }
  | { readonly kind: 'owner'; readonly isBot: boolean; readonly wanted: HandoverEnd | undefined }
  /** When people last spoke; `unheard` where nobody can tell. */
  | { readonly kind: 'lastWord'; readonly at: number | 'never' | 'unheard' };

export type HookName = 'handedOver' | 'personSpoke' | 'handedBack' | 'declined';

/** What is to be done, in this order. What an action brings about comes back as an event. */
export type TakeoverAction =
  | {
      readonly do: 'say';
      /** The first of these that the rules have. */
      readonly names: readonly (SentenceName | ReturnName)[];
      readonly language: string;
      readonly because?: string | undefined;
      /** `mustBeHeard`: if another receiver owns the thread nothing follows. `ifAllowed`: Meta decides. */
      readonly how: 'asOwner' | 'mustBeHeard' | 'ifAllowed';
    }
  | { readonly do: 'pass'; readonly to: string; readonly handover: Handover }
  | { readonly do: 'take' }
  /** `wanted`: the end of the handover if another receiver owns the thread. */
  | { readonly do: 'askOwner'; readonly wanted: HandoverEnd | undefined }
  | { readonly do: 'askLastWord' }
  /** The bot is back, so the event of the turn is decided about anew. */
  | { readonly do: 'again' }
  /** Nothing may be said in this thread although nobody else owns it, until `resume`. */
  | { readonly do: 'pause' }
  | { readonly do: 'resume' }
  /** What `resume` allowed is over: another receiver has the thread. */
  | { readonly do: 'leave' }
  /** Nobody can take a thread of this Page. */
  | { readonly do: 'noteNoTakes' }
  | { readonly do: 'tell'; readonly hook: HookName; readonly handover: Handover; readonly text?: string | undefined }
  | { readonly do: 'log'; readonly level: 'info' | 'warn'; readonly fields?: object; readonly sentence: string }
  /** Sets the one timer of the conversation to this time, or cancels it. */
  | { readonly do: 'wake'; readonly at: number | undefined };

export interface Decision {
  readonly record: ThreadRecord;
  readonly actions: readonly TakeoverAction[];
  /** Whether the bot gets the event that the turn is about. Absent: as was decided before, when this is about the result of an action. */
  readonly bot?: 'runs' | 'silent';
}
