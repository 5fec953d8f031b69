import type { Middleware, TurnContext } from 'botbuilder';
import { timerOf, type BotTimer, type BotTimers } from '../../helpers/botTimers.ts';
import type { DeskAnswer, TellDesk } from '../../helpers/handoff/deskClient.ts';
import type { Logger } from '../../helpers/logging/logger.ts';
import { handoffStatusOf, type HandoffStatus } from '../../models/handoffStatus.ts';
import { present } from '../../models/present.ts';
import { readInteger, readText } from '../../models/readJson.ts';
import { customerOf } from '../facebookTurn.ts';
import type { Thread } from '../threadNotes.ts';
import { ending, initiation, initiationId, type DeskEvent } from './deskMessages.ts';
import type { Handover, HandoverReason } from './record.ts';
import { deskReceiver } from './rules.ts';
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

/** What a timer of a handover is set with. */
interface Telling {
  readonly id: string;
  readonly attempt: number;
  /** What of the handover the desk is told. */
  readonly about: 'begin' | 'end';
}

/** Behind it stands the id of the handover. */
const deskTimer = 'messengerHandover/desk';

const minuteMs = 60_000;

/** How long to wait before the next attempt, in milliseconds; the last one repeats. */
const waitsMs = [2_000, 10_000, 30_000, 2 * minuteMs, 10 * minuteMs, 30 * minuteMs] as const;

/** How long the desk is tried with one message, in milliseconds. */
const longestMs = 24 * 60 * minuteMs;

/** The same while a customer waits for it and for nobody else. */
const longestAsReceiverMs = 5 * minuteMs;

/** A person who began by himself needs not be told. */
const askedFor: ReadonlySet<HandoverReason> = new Set(['phrase', 'button', 'unhelpful', 'bot', 'exception']);

/**
 * Tells a desk of each handover that was asked for, with Bot Framework's `handoff.initiate`, and of its end where the desk did not end it, with
 * `handoff.status`; takes what the desk says about it to the takeover.
 *
 * Each attempt is a turn of its own, so that the customer does not wait for the desk, and none is lost with the process. All attempts for one
 * message have the same id, by which the desk knows them.
 *
 * Source: https://learn.microsoft.com/azure/bot-service/bot-service-design-pattern-handoff-human
 */
export class Desk implements Middleware, TakeoverWatcher {
  readonly receiver = deskReceiver;
  readonly #options: DeskOptions;
  #takeover: WatchedTakeover | undefined;
  /** Turns in which the handover ends because of the desk. */
  readonly #ending = new WeakSet<TurnContext>();

  constructor(options: DeskOptions) {
    this.#options = options;
  }

  watch(takeover: WatchedTakeover): void {
    this.#takeover = takeover;
    takeover.onHandedOver(async (handover, context) => {
      const thread = customerOf(context);
      const isWanted = askedFor.has(handover.reason) && !hasFailed(handover);
      if (thread !== undefined && isWanted)
        await this.#schedule(thread, { id: handover.id, attempt: 0, about: 'begin' }, 0);
    });
    takeover.onHandedBack(async ({ id, toldAt }, context) => {
      const thread = customerOf(context);
      if (thread === undefined || toldAt === undefined || this.#ending.has(context)) return;
      // It takes the place of an attempt that waits.
      await this.#schedule(thread, { id, attempt: 0, about: 'end' }, 0);
    });
  }

  async onTurn(context: TurnContext, next: () => Promise<void>): Promise<void> {
    const [takeover, thread] = [this.#takeover, customerOf(context)];
    const telling = tellingOf(timerOf(context));
    const status = handoffStatusOf(context);
    if ((telling ?? status) === undefined || takeover === undefined || thread === undefined) return next();
    if (telling?.about === 'end') {
      // A customer who comes and goes all the time does not fill a day with attempts: only the last handovers are remembered.
      const past = (await takeover.pastOf(context)).find(({ id }) => id === telling.id);
      const until = (past?.endedAt ?? 0) + longestMs;
      if (past !== undefined) await this.#attempt(thread, ending(context, thread, past), telling, until);
      return;
    }
    const open = await takeover.handoverOf(context);
    if (status !== undefined) return this.#hear(context, status, open);
    // Nobody needs to know of a handover that has ended meanwhile.
    if (open?.state !== 'person' || open.id !== telling?.id) return;
    await this.#tellBegin(context, thread, open, telling);
  }

  async #tellBegin(context: TurnContext, thread: Thread, handover: Handover, telling: Telling): Promise<void> {
    const event = initiation(context, thread, handover, await this.#options.transcripts?.of(thread));
    const { handedAt = handover.askedAt, to } = handover;
    const until = handedAt + (to === deskReceiver ? longestAsReceiverMs : longestMs);
    const became = await this.#attempt(thread, event, telling, until);
    // Without an answer it may have arrived.
    if (became !== 'refused') await this.#takeover?.deskTold(context);
    if (became === 'delivered' || became === 'later') return;
    this.#ending.add(context);
    await this.#takeover?.deskSaid(context, { state: 'failed' });
  }

  /** @param until when the desk is tried no more, in milliseconds since 1970 */
  async #attempt(
    thread: Thread,
    event: DeskEvent,
    telling: Telling,
    until: number,
  ): Promise<'delivered' | 'later' | 'refused' | 'never'> {
    const { tell, logger, now, observe } = this.#options;
    const answer = await tell({ id: event.id, body: JSON.stringify(event) });
    observe?.(answer.state);
    const { id, attempt, about } = telling;
    const fields = { handover: id, ...('status' in answer && { status: answer.status }) };
    const what = about === 'begin' ? 'of a handover' : 'of the end of a handover';
    if (answer.state === 'delivered') {
      logger.info(fields, `The desk was told ${what}.`);
      return 'delivered';
    }
    const waitMs = waitsMs[Math.min(attempt, waitsMs.length - 1)] ?? minuteMs;
    if (answer.state === 'unavailable' && now() + waitMs <= until) {
      const level = attempt === 0 ? 'warn' : 'debug';
      logger[level](fields, `The desk could not be told ${what} yet.`);
      await this.#schedule(thread, { ...telling, attempt: attempt + 1 }, waitMs);
      return 'later';
    }
    // The bot has the conversation already, so nobody waits because of that.
    logger[about === 'begin' ? 'error' : 'warn'](fields, `The desk was not told ${what}, and will not be.`);
    return answer.state === 'refused' ? 'refused' : 'never';
  }

  async #hear(context: TurnContext, status: HandoffStatus, open: Handover | undefined): Promise<void> {
    const { logger, observe } = this.#options;
    const { state, message, replyToId } = status;
    const thread = customerOf(context);
    const isMeant =
      open !== undefined &&
      thread &&
      !hasFailed(open) &&
      (replyToId === undefined || replyToId === initiationId(thread, open.id));
    const fields = { state, ...present('message', message), ...present('handover', open?.id) };
    if (isMeant !== true) {
      logger.info(fields, 'The desk spoke of a handover that is not open.');
      return;
    }
    observe?.(state);
    logger.info(fields, 'The desk spoke of a handover.');
    this.#ending.add(context);
    await this.#takeover?.deskSaid(context, status);
  }

  async #schedule(thread: Thread, telling: Telling, waitMs: number): Promise<void> {
    await this.#options.timers.schedule(thread, `${deskTimer}/${telling.id}`, waitMs, telling);
  }
}

/** The desk was the receiver, and another one has it since. */
function hasFailed({ refused }: Handover): boolean {
  return refused.some(({ to }) => to === deskReceiver);
}

/** What a timer is for; undefined if it is another one. Earlier versions had one of them in each conversation. */
function tellingOf(timer: BotTimer | undefined): Telling | undefined {
  if (timer === undefined || (timer.name !== deskTimer && !timer.name.startsWith(`${deskTimer}/`))) return undefined;
  const { data } = timer;
  const about = readText(data, 'about') === 'end' ? 'end' : 'begin';
  return { id: readText(data, 'id') ?? '', attempt: readInteger(data, 'attempt') ?? 0, about };
}
