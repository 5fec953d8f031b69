import { setTimeout as delay } from 'node:timers/promises';
import type { BegunEffect, Reconciliation } from '../journal/effect.ts';
import { createPlatformClock, type PlatformClock } from '../../helpers/graph/platformClock.ts';
import type { SentResult } from '../journal/outgoingMessage.ts';
import type { ReadBack, RecentMessages } from '../../helpers/graph/recentMessages.ts';
import { conservativeNow, anyClockMs, createGrace, type GraceOptions } from './grace.ts';
import { judgeSend, type MessageInQuestion, type SendVerdict } from './judgeSend.ts';
import { createAskPlatform, type AskPlatform } from './askPlatform.ts';
import { pageOf } from '../../models/conversationKey.ts';
import type { JournalTable } from '../../store/store.ts';

export interface ReconcileSendOptions extends Omit<GraceOptions, 'lateMs'> {
  table: Pick<JournalTable, 'echoOf' | 'echoesSince' | 'echoesOf' | 'sentSince' | 'reconcileSent'>;
  /** Reads the conversation back; undefined without a page token. */
  sentMessages?: RecentMessages | undefined;
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

type AskedReadBack = ReadBack & { askedAt: number };

/** A verdict, and whether waiting may bring a better one. */
type Look = SendVerdict & { mayBeTold?: boolean };

const pollMs = 250;

/** How far back to look for this bot's own messages: what is read back may be old in a quiet conversation. */
const ownMessagesMs = 24 * 60 * 60 * 1000;

/** How many messages found to be sent are remembered until that is recorded. */
const maxFound = 1000;

/**
 * By the echo that carries the message's correlation id or, because not every way brings the correlation id back, by an echo with its words; then by reading
 * the conversation. What the evidence says is decided by {@link judgeSend}; here it is gathered and waited for.
 *
 * Source: https://developers.facebook.com/docs/messenger-platform/reference/webhook-events/message-echoes
 */
export function createReconcileSend(options: ReconcileSendOptions): ReconcileSend {
  const { table, sentMessages, echoWaitMs = 5_000, authorWaitMs = 30_000, sleep = delay } = options;
  const { now = () => conservativeNow(), clock = createPlatformClock(now), ask = createAskPlatform() } = options;
  const grace = createGrace({ ...options, lateMs: echoWaitMs });
  /** Messages being reconciled. Of those with the same text, the first one gets what is found. */
  const asking = new Map<string, SentQuestion>();
  /** Messages found to be sent: what accounts for one accounts for no other. */
  const found = new Set<string>();

  function inQuestion(question: SentQuestion): MessageInQuestion {
    const { correlationId, text, rendering = 'exact', parts = 'one', at, earliest } = question;
    const wasCutOff = !grace.knowsEndOf(question);
    const { min, max } = clock.offset(at);
    // If another process began it, its clock may have differed from the platform's by another offset than ours.
    const atEarliest = wasCutOff ? (earliest ?? at - anyClockMs) : Math.max(earliest ?? -Infinity, at + min);
    return {
      ...{ correlationId, text, rendering, parts, begunAt: at, wasCutOff },
      earliest: atEarliest,
      latest: grace.endOf(question) + echoWaitMs + max,
    };
  }

  const areTwins = (one: SentQuestion, other: SentQuestion) =>
    one.correlationId !== other.correlationId && one.conversation === other.conversation && one.text === other.text;
  const twinsOf = (question: SentQuestion) => [...asking.values()].filter((other) => areTwins(question, other));

  /** @param twins whether this one may claim what is found before others with the same text that are being reconciled */
  async function judge(question: SentQuestion, twins: 'wait' | 'mayTake', readBack?: AskedReadBack): Promise<Look> {
    const { conversation, correlationId, at, text } = question;
    const marked = correlationId === '' ? undefined : await table.echoOf(correlationId);
    if (marked !== undefined) return { state: 'done', mid: marked.mid, by: 'mark', isGuess: false };
    const [echoes, notes, hears] = await Promise.all([
      table.echoesSince(conversation, at - ownMessagesMs),
      table.sentSince(conversation, at - ownMessagesMs),
      table.echoesOf(pageOf(conversation)),
    ]);
    const beside = new Set(twinsOf(question).map((twin) => twin.correlationId));
    const sent = notes
      .filter((note) => note.correlationId === undefined || note.correlationId !== correlationId)
      .filter(
        (note) => twins === 'wait' || !beside.has(note.correlationId ?? '') || found.has(note.correlationId ?? ''),
      )
      .map((note) => (found.has(note.correlationId ?? '') ? { ...note, state: 'done' as const } : note));
    const verdict = judgeSend(inQuestion(question), { echoes, sent, readBack, hears });
    // At once, so that others being reconciled see it from here on.
    if (verdict.state === 'done') {
      rememberFound(correlationId);
      return { ...verdict, isGuess: verdict.isGuess || beside.size > 0 };
    }
    if (verdict.state === 'absent') return verdict;
    const isTwinUnderWay = sent.some(
      (note) => note.state === 'open' && note.text === text && !beside.has(note.correlationId ?? ''),
    );
    return { ...verdict, mayBeTold: verdict.missing === 'author' || isTwinUnderWay };
  }

  function rememberFound(correlationId: string): void {
    found.add(correlationId);
    const [oldest] = found;
    if (found.size > maxFound && oldest !== undefined) found.delete(oldest);
  }

  /** Waits until neither this message nor any that it may be mistaken for can still take effect. */
  async function listen(question: SentQuestion): Promise<Look> {
    const ends = new Map<string, number>();
    for (let waitedMs = 0; ; waitedMs += pollMs) {
      const look = await judge(question, 'wait');
      if (look.state === 'done') return look;
      for (const one of [question, ...twinsOf(question)]) {
        if (!ends.has(one.correlationId)) ends.set(one.correlationId, waitedMs + grace.msLeft(one));
      }
      const leftMs = Math.max(...ends.values()) - waitedMs;
      if (leftMs <= 0) return look;
      await sleep(Math.min(pollMs, leftMs));
    }
  }

  async function find(question: SentQuestion): Promise<Look> {
    const { userId, correlationId } = question;
    const heard = await listen(question);
    if (heard.state !== 'unknown') return heard;
    for (let leftMs = authorWaitMs; ;) {
      const askedAt = now();
      const read =
        userId === undefined ? undefined : await ask(correlationId, async () => sentMessages?.recent(userId));
      const readBack = read && { ...read, askedAt };
      for (;;) {
        const look = await judge(question, 'mayTake', readBack);
        if (look.state !== 'unknown' || look.mayBeTold !== true || leftMs <= 0) return look;
        await sleep(pollMs);
        leftMs -= pollMs;
        if (leftMs === authorWaitMs / 2) break;
      }
    }
  }

  return async (question) => {
    const { correlationId } = question;
    asking.set(correlationId, question);
    try {
      const verdict = await find(question);
      if (verdict.state === 'done') {
        const { mid: id, by, isGuess } = verdict;
        return { state: 'done', result: isGuess ? { id, isGuess } : { id }, by };
      }
      if (correlationId !== '') await table.reconcileSent(correlationId, verdict.state, inQuestion(question).latest);
      return verdict.state === 'absent' ? { state: 'absent', by: 'reading' } : { state: 'unknown' };
    } finally {
      asking.delete(correlationId);
    }
  };
}
