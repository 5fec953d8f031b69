import { createHash } from 'node:crypto';
import { EventFactory, type Activity, type Middleware, type TurnContext } from 'botbuilder';
import { timerOf, type BotTimers } from '../../helpers/botTimers.ts';
import type { DeskAnswer, TellDesk } from '../../helpers/handoff/deskClient.ts';
import type { Logger } from '../../helpers/logging/logger.ts';
import { handoffStatusOf, type HandoffStatus } from '../../models/handoffStatus.ts';
import { present } from '../../models/present.ts';
import { readInteger, readText } from '../../models/readJson.ts';
import { customerOf } from '../facebookTurn.ts';
import type { Thread } from '../threadNotes.ts';
import type { Handover, HandoverReason } from './record.ts';
import type { TakeoverWatcher, WatchedTakeover } from './takeoverWatcher.ts';
import type { Transcripts } from './transcripts.ts';

export interface DeskOptions {
  /** One attempt, through the journal of the turn. */
  tell: TellDesk;
  timers: BotTimers;
  /** Absent: the desk is not told what was said. */
  transcripts: Pick<Transcripts, 'of'> | undefined;
  logger: Logger;
  /** Milliseconds since 1970. */
  now: () => number;
  /** Called after each attempt, and for each status of the desk. */
  observe?: (what: DeskAnswer['state'] | HandoffStatus['state']) => void;
}

const deskTimer = 'messengerHandover/desk';

const minuteMs = 60_000;

/** How long to wait before the next attempt, in milliseconds; the last one repeats. */
const waitsMs = [2_000, 10_000, 30_000, 2 * minuteMs, 10 * minuteMs, 30 * minuteMs] as const;

/** How long the desk is tried, in milliseconds. */
const longestMs = 24 * 60 * minuteMs;

/** A person who began by himself needs not be told. */
const askedFor: ReadonlySet<HandoverReason> = new Set(['phrase', 'button', 'unhelpful', 'bot', 'exception']);

/** Less than what is common as the limit of a request. */
const mostTranscriptBytes = 256 * 1024;

/**
 * Tells a desk of each handover that was asked for, with Bot Framework's `handoff.initiate`, and takes what the desk says about it to the takeover.
 *
 * Each attempt is a turn of its own, so that the customer does not wait for the desk, and none is lost with the process. All attempts for one
 * handover have the same id, by which the desk knows them.
 *
 * Source: https://learn.microsoft.com/azure/bot-service/bot-service-design-pattern-handoff-human
 */
export class Desk implements Middleware, TakeoverWatcher {
  readonly #options: DeskOptions;
  #takeover: WatchedTakeover | undefined;

  constructor(options: DeskOptions) {
    this.#options = options;
  }

  watch(takeover: WatchedTakeover): void {
    this.#takeover = takeover;
    takeover.onHandedOver(async ({ id, reason }, context) => {
      const thread = customerOf(context);
      if (thread !== undefined && askedFor.has(reason)) await this.#schedule(thread, { id, attempt: 0 }, 0);
    });
  }

  async onTurn(context: TurnContext, next: () => Promise<void>): Promise<void> {
    const [takeover, thread] = [this.#takeover, customerOf(context)];
    const timer = timerOf(context);
    const status = handoffStatusOf(context);
    const isOurs = timer?.name === deskTimer || status !== undefined;
    if (!isOurs || takeover === undefined || thread === undefined) return next();
    const open = await takeover.handoverOf(context);
    if (status !== undefined) return this.#hear(context, status, open);
    const id = readText(timer?.data, 'id');
    // Nobody needs to know of a handover that has ended meanwhile.
    if (open?.state !== 'person' || open.id !== id) return;
    await this.#attempt(context, thread, open, readInteger(timer?.data, 'attempt') ?? 0);
  }

  async #attempt(context: TurnContext, thread: Thread, handover: Handover, attempt: number): Promise<void> {
    const { tell, logger, now, observe } = this.#options;
    const event = await this.#initiation(context, thread, handover);
    const answer = await tell({ id: event.id, body: JSON.stringify(event) });
    observe?.(answer.state);
    const { handedAt = handover.askedAt } = handover;
    const fields = { handover: handover.id, ...('status' in answer && { status: answer.status }) };
    if (answer.state === 'delivered') {
      logger.info(fields, 'The desk was told of a handover.');
    } else if (answer.state === 'unavailable' && now() - handedAt < longestMs) {
      const level = attempt === 0 ? 'warn' : 'debug';
      logger[level](fields, 'The desk could not be told of a handover yet.');
      const waitMs = waitsMs[Math.min(attempt, waitsMs.length - 1)] ?? minuteMs;
      await this.#schedule(thread, { id: handover.id, attempt: attempt + 1 }, waitMs);
    } else {
      logger.error(fields, 'The desk was not told of a handover, and will not be.');
      await this.#takeover?.deskSaid(context, { state: 'failed' });
    }
  }

  async #hear(context: TurnContext, status: HandoffStatus, open: Handover | undefined): Promise<void> {
    const { logger, observe } = this.#options;
    const { state, message, replyToId } = status;
    const thread = customerOf(context);
    const isMeant =
      open !== undefined && thread && (replyToId === undefined || replyToId === initiationId(thread, open.id));
    const fields = { state, ...present('message', message), ...present('handover', open?.id) };
    if (isMeant !== true) {
      logger.info(fields, 'The desk spoke of a handover that is not open.');
      return;
    }
    observe?.(state);
    logger.info(fields, 'The desk spoke of a handover.');
    await this.#takeover?.deskSaid(context, status);
  }

  /** The same in each attempt, but for what is no longer kept of what was said. */
  async #initiation(
    context: TurnContext,
    thread: Thread,
    handover: Handover,
  ): Promise<Readonly<Record<string, unknown>> & { id: string }> {
    const { transcripts } = this.#options;
    const { reason, reasonText, intent, summary, language, to, askedAt, handedAt = askedAt } = handover;
    const transcript = await transcripts?.of(thread);
    const told = {
      ...{ reason: reasonText ?? reason, ...present('intent', intent), ...present('summary', summary), language },
      ...{ ...present('to', to), askedAt: new Date(askedAt), handedAt: new Date(handedAt), ...thread },
    };
    const kept = transcript && { activities: newestOf(transcript.activities) };
    const {
      replyToId: _timer,
      localTimezone: _zone,
      ...event
    } = EventFactory.createHandoffInitiation(context, told, kept);
    const { activityId: _turn, ...relatesTo } = event.relatesTo ?? {};
    return { ...event, id: initiationId(thread, handover.id), timestamp: new Date(handedAt), relatesTo };
  }

  async #schedule(thread: Thread, data: { id: string; attempt: number }, waitMs: number): Promise<void> {
    await this.#options.timers.schedule(thread, deskTimer, waitMs, data);
  }
}

/** Names the message and the handover, and nobody else can guess whose it is. */
function initiationId({ pageId, psid }: Thread, handover: string): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([pageId, psid, handover]))
    .digest('base64url');
  return `handoff-${hash}`;
}

/** The newest that are small enough together, the oldest first. */
function newestOf(activities: readonly Activity[]): Activity[] {
  let bytes = 0;
  const first = activities.findLastIndex((activity) => {
    bytes += Buffer.byteLength(JSON.stringify(activity));
    return bytes > mostTranscriptBytes;
  });
  return activities.slice(first + 1);
}
