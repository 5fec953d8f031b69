import { setTimeout as delay } from 'node:timers/promises';
import type { BegunEffect, Reconciliation } from '../journal/effect.ts';
import type { SoleSpeaker } from '../../helpers/soleSpeaker.ts';
import { createPlatformClock, type PlatformClock } from '../../helpers/graph/platformClock.ts';
import type { SentResult } from '../journal/outgoingMessage.ts';
import type { RecentMessages } from '../../helpers/graph/recentMessages.ts';
import { conservativeNow, anyClockMs, createGrace, type Grace, type GraceOptions } from './grace.ts';
import { judgeSend, type AskedReadBack, type MessageInQuestion, type SendVerdict } from './judgeSend.ts';
import { createAskPlatform, type AskPlatform } from './askPlatform.ts';
import { pageOf } from '../../models/conversationKey.ts';
import type { JournalTable, SentNote } from '../../store/store.ts';

export interface ReconcileSendOptions extends Omit<GraceOptions, 'lateMs'> {
  table: Omit<JournalTable, 'begin' | 'note' | 'end'>;
  /** Reads the conversation back; undefined without a page token. */
  sentMessages?: RecentMessages | undefined;
  /** Tells whether others can have written what was read. Default: they can. */
  soleSpeaker?: SoleSpeaker | undefined;
  /** How long to wait for an echo before the conversation is read, in milliseconds. Default: 5 seconds. */
  echoWaitMs?: number;
  /** How long to wait after that for the echo of a message that was read back and may be another's, in milliseconds. Default: 30 seconds. */
  authorWaitMs?: number;
  clock?: PlatformClock;
  ask?: AskPlatform;
  sleep?: (ms: number) => Promise<unknown>;
}

/** The message in question. */
export interface SentQuestion
  extends BegunEffect, Pick<MessageInQuestion, 'text'>, Partial<Pick<MessageInQuestion, 'rendering' | 'parts'>> {
  conversation: string;
  /** The customer's PSID; undefined outside Facebook. */
  userId: string | undefined;
  /** The earliest time at which it was begun, by the platform's clock, if an earlier run recorded that. */
  earliest?: number | undefined;
}

/** Finds out whether a message whose answer never came has arrived. */
export type ReconcileSend = (question: SentQuestion) => Promise<Reconciliation<SentResult>>;

/** A verdict, and whether waiting may bring a better one. */
type Look = SendVerdict & { mayBeTold?: boolean };

/** Whether one may claim what is found before others with the same text that are being reconciled. */
type Twins = 'wait' | 'mayTake';

const pollMs = 250;

/** How far back to look for this bot's own messages: what is read back may be old in a quiet conversation. */
const ownMessagesMs = 24 * 60 * 60 * 1000;

/** How many messages found to be sent are remembered until that is recorded. */
const maxFound = 1000;

export function createReconcileSend(options: ReconcileSendOptions): ReconcileSend {
  const reconciler = new SendReconciler(options);
  return (question) => reconciler.reconcile(question);
}

/**
 * By the echo that carries the message's correlation id or, because not every way brings the correlation id back, by an echo with its words; then by reading
 * the conversation. What the evidence says is decided by {@link judgeSend}; here it is gathered and waited for.
 *
 * Source: https://developers.facebook.com/docs/messenger-platform/reference/webhook-events/message-echoes
 */
class SendReconciler {
  readonly #table: ReconcileSendOptions['table'];
  readonly #sentMessages: RecentMessages | undefined;
  readonly #soleSpeaker: SoleSpeaker | undefined;
  readonly #echoWaitMs: number;
  readonly #authorWaitMs: number;
  readonly #now: () => number;
  readonly #sleep: (ms: number) => Promise<unknown>;
  readonly #clock: PlatformClock;
  readonly #ask: AskPlatform;
  readonly #grace: Grace;
  /** Messages being reconciled. Of those with the same text, the first one gets what is found. */
  readonly #asking = new Map<string, SentQuestion>();
  /** Messages found to be sent: what accounts for one accounts for no other. */
  readonly #found = new Set<string>();

  constructor(options: ReconcileSendOptions) {
    const { table, sentMessages, soleSpeaker, echoWaitMs = 5_000, authorWaitMs = 30_000, sleep = delay } = options;
    const { now = () => conservativeNow(), clock = createPlatformClock(now), ask = createAskPlatform() } = options;
    this.#table = table;
    this.#sentMessages = sentMessages;
    this.#soleSpeaker = soleSpeaker;
    this.#echoWaitMs = echoWaitMs;
    this.#authorWaitMs = authorWaitMs;
    this.#now = now;
    this.#sleep = sleep;
    this.#clock = clock;
    this.#ask = ask;
    this.#grace = createGrace({ ...options, lateMs: echoWaitMs });
  }

  async reconcile(question: SentQuestion): Promise<Reconciliation<SentResult>> {
    const { correlationId } = question;
    this.#asking.set(correlationId, question);
    try {
      const verdict = await this.#find(question);
      if (verdict.state === 'done') {
        const { mid: id, by, isGuess } = verdict;
        return { state: 'done', result: isGuess ? { id, isGuess } : { id }, by };
      }
      const { latest } = this.#inQuestion(question);
      if (correlationId !== '') await this.#table.reconcileSent(correlationId, verdict.state, latest);
      return verdict.state === 'absent' ? { state: 'absent', by: 'reading' } : { state: 'unknown' };
    } finally {
      this.#asking.delete(correlationId);
    }
  }

  async #find(question: SentQuestion): Promise<Look> {
    const early = await this.#lookEarly(question);
    if (early !== undefined) return early;
    const heard = await this.#listen(question);
    if (heard.state !== 'unknown') return heard;
    for (let leftMs = this.#authorWaitMs; ;) {
      const { look: first, readBack } = await this.#read(question, 'mayTake');
      for (let look = first; ; look = await this.#judge(question, 'mayTake', readBack)) {
        if (look.state !== 'unknown' || look.mayBeTold !== true || leftMs <= 0) return look;
        await this.#sleep(pollMs);
        leftMs -= pollMs;
        if (leftMs === this.#authorWaitMs / 2) break;
      }
    }
  }

  /**
   * Of a message that was cut off on Azure's channel nobody may have heard the echo, and where others have spoken, its words alone do not count. Whether
   * somebody else can have written them has to be asked soon, before the process is ended again.
   */
  async #lookEarly(question: SentQuestion): Promise<Look | undefined> {
    const { conversation, at, rendering } = question;
    if (this.#grace.knowsEndOf(question) || rendering !== 'channel') return undefined;
    const others = await this.#table.othersSince(conversation, at - ownMessagesMs);
    if (others.length === 0) return undefined;
    const known = await this.#judge(question, 'wait');
    if (known.state === 'done') return known;
    const { look } = await this.#read(question, 'wait');
    return look.state === 'done' ? look : undefined;
  }

  /** Reads the conversation and judges by it; if somebody else may have written what was read, asks whether anybody can have. */
  async #read(question: SentQuestion, twins: Twins): Promise<{ look: Look; readBack: AskedReadBack | undefined }> {
    const { correlationId, userId } = question;
    const askedAt = this.#now();
    const read =
      userId === undefined ? undefined : await this.#ask(correlationId, async () => this.#sentMessages?.recent(userId));
    const readBack = read && { ...read, askedAt };
    const look = await this.#judge(question, twins, readBack);
    if (look.state !== 'unknown' || look.missing !== 'author' || readBack === undefined || userId === undefined) {
      return { look, readBack };
    }
    const speaker = this.#soleSpeaker;
    const isAlone = await this.#ask(correlationId, async () => speaker?.isAlone(userId));
    if (speaker === undefined || isAlone !== true) return { look, readBack };
    const alone = { appId: speaker.appId, at: this.#now() + this.#clock.offset().max };
    const known = { ...readBack, alone };
    return { look: await this.#judge(question, twins, known), readBack: known };
  }

  /** Waits until neither this message nor any that it may be mistaken for can still take effect. */
  async #listen(question: SentQuestion): Promise<Look> {
    const ends = new Map<string, number>();
    for (let waitedMs = 0; ; waitedMs += pollMs) {
      const look = await this.#judge(question, 'wait');
      if (look.state === 'done') return look;
      for (const one of [question, ...this.#twinsOf(question)]) {
        if (!ends.has(one.correlationId)) ends.set(one.correlationId, waitedMs + this.#grace.msLeft(one));
      }
      const leftMs = Math.max(...ends.values()) - waitedMs;
      if (leftMs <= 0) return look;
      await this.#sleep(Math.min(pollMs, leftMs));
    }
  }

  async #judge(question: SentQuestion, twins: Twins, readBack?: AskedReadBack): Promise<Look> {
    const { conversation, correlationId, at, text } = question;
    const marked = correlationId === '' ? undefined : await this.#table.echoOf(correlationId);
    if (marked !== undefined) return { state: 'done', mid: marked.mid, by: 'mark', isGuess: false };
    const [echoes, notes, handovers, hears] = await Promise.all([
      this.#table.echoesSince(conversation, at - ownMessagesMs),
      this.#table.sentSince(conversation, at - ownMessagesMs),
      readBack?.alone === undefined ? [] : this.#table.threadSince(conversation, at - anyClockMs),
      this.#table.echoesOf(pageOf(conversation)),
    ]);
    const beside = new Set(this.#twinsOf(question).map((twin) => twin.correlationId));
    // That only this app can have written something does not tell which of its messages it is: all that may be counts.
    const mayTake = twins === 'mayTake' && readBack?.alone === undefined;
    const isIt = (note: SentNote) => note.correlationId !== undefined && note.correlationId === correlationId;
    const known = notes
      .filter((note) => !mayTake || !beside.has(note.correlationId ?? '') || this.#found.has(note.correlationId ?? ''))
      // What is found is known to be sent since it was begun, whether or not that is noted by now.
      .map((note) =>
        this.#found.has(note.correlationId ?? '')
          ? { ...note, state: 'done' as const, at: note.begunAt ?? note.at }
          : note,
      );
    const sent = known.filter((note) => !isIt(note));
    const inQuestion = this.#inQuestion(question);
    const place = known.findIndex(isIt);
    // Messages of earlier versions have no note until they are known to be sent.
    const begunBefore = place !== -1 ? known.slice(0, place) : inQuestion.wasCutOff ? [] : sent;
    const verdict = judgeSend(inQuestion, { echoes, sent, begunBefore, handovers, readBack, hears });
    // At once, so that others being reconciled see it from here on.
    if (verdict.state === 'done') {
      this.#rememberFound(correlationId);
      return { ...verdict, isGuess: verdict.isGuess || beside.size > 0 };
    }
    if (verdict.state === 'absent') return verdict;
    const isTwinUnderWay = sent.some(
      (note) => note.state === 'open' && note.text === text && !beside.has(note.correlationId ?? ''),
    );
    return { ...verdict, mayBeTold: verdict.missing === 'author' || isTwinUnderWay };
  }

  #rememberFound(correlationId: string): void {
    this.#found.add(correlationId);
    const [oldest] = this.#found;
    if (this.#found.size > maxFound && oldest !== undefined) this.#found.delete(oldest);
  }

  #inQuestion(question: SentQuestion): MessageInQuestion {
    const { correlationId, text, rendering = 'exact', parts = 'one', at, earliest } = question;
    const wasCutOff = !this.#grace.knowsEndOf(question);
    const { min, max } = this.#clock.offset(at);
    // If another process began it, its clock may have differed from the platform's by another offset than ours.
    const atEarliest = wasCutOff ? (earliest ?? at - anyClockMs) : Math.max(earliest ?? -Infinity, at + min);
    return {
      ...{ correlationId, text, rendering, parts, begunAt: at, wasCutOff },
      earliest: atEarliest,
      latest: this.#grace.endOf(question) + this.#echoWaitMs + max,
    };
  }

  #twinsOf(question: SentQuestion): SentQuestion[] {
    return [...this.#asking.values()].filter((other) => areTwins(question, other));
  }
}

function areTwins(one: SentQuestion, other: SentQuestion): boolean {
  return (
    one.correlationId !== other.correlationId && one.conversation === other.conversation && one.text === other.text
  );
}
