import type { TurnContext } from 'botbuilder';
import type { HandoffStatus } from '../../models/handoffStatus.ts';
import type { Thread } from '../threadNotes.ts';
import type { PlannedStep } from './dueTimes.ts';
import type { Handover } from './record.ts';

type Handler = (handover: Handover, context: TurnContext) => Promise<void>;

/** A handover that has not ended, and what comes although nothing happens. */
export interface HandoverPlan {
  readonly handover: Handover;
  readonly next: readonly PlannedStep[];
}

/** What of a takeover is watched. */
export interface WatchedTakeover {
  onHandedOver(handler: Handler): unknown;
  onPersonSpoke(handler: Handler): unknown;
  onHandedBack(handler: Handler): unknown;
  onHandoverDeclined(handler: Handler): unknown;
  handoverOf(context: TurnContext): Promise<Handover | undefined>;
  planOf(thread: Thread, now: number): Promise<HandoverPlan | undefined>;
  pastOf(context: TurnContext): Promise<readonly Handover[]>;
  deskTold(context: TurnContext): Promise<void>;
  deskSaid(context: TurnContext, status: Pick<HandoffStatus, 'state'>): Promise<void>;
}

/** Something of the server that wants to know of each handover, such as the metrics. */
export interface TakeoverWatcher {
  /** The receiver of handovers that it is, as the rules name it. */
  readonly receiver?: string;
  /** Called once, when the bot makes its takeover. */
  watch(takeover: WatchedTakeover): void;
}
