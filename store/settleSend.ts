import { setTimeout as delay } from 'node:timers/promises';
import { isMark, type BegunEffect, type Settled } from '../helpers/effects.ts';
import type { SentResult } from '../helpers/sendOnce.ts';
import type { SentMessages } from '../helpers/sentMessages.ts';
import type { JournalTable, SentNote } from './store.ts';

export interface SettleSendOptions {
  table: Pick<JournalTable, 'echoOf' | 'echoesSince' | 'sentSince'>;
  /** Reads the conversation back; undefined without a page token. */
  sentMessages?: SentMessages | undefined;
  /** How long after the attempt to wait for an echo before anything else is asked, in milliseconds. Default: 5 seconds. */
  echoWaitMs?: number;
  /** How far the platform's clock may be from ours, in milliseconds. Default: 10 seconds. */
  clockSkewMs?: number;
  sleep?: (ms: number) => Promise<unknown>;
  now?: () => number;
}

/** The message in question. */
export interface SentQuestion extends BegunEffect {
  conversation: string;
  /** The customer's id at the platform, when it is one of Facebook. */
  userId: string | undefined;
  text: string;
}

/** Finds out whether a message arrived whose answer never came. */
export type SettleSend = (question: SentQuestion) => Promise<Settled<SentResult>>;

const pollMs = 250;

/** How far back this bot's own messages are looked at: what is read back may be old where little is said. */
const ownMessagesMs = 24 * 60 * 60 * 1000;

/**
 * By the echo that carries the message's mark; then, because not every way brings the mark back, by an echo with its words; then by
 * reading the conversation. A message with the same words that is known to be another one never counts, and where it cannot be told apart
 * the answer is `unknown`.
 *
 * Source: https://developers.facebook.com/docs/messenger-platform/reference/webhook-events/message-echoes
 */
export function createSettleSend(options: SettleSendOptions): SettleSend {
  const { table, sentMessages, echoWaitMs = 5_000, clockSkewMs = 10_000, sleep = delay, now = Date.now } = options;

  async function markedEcho({ mark, at }: SentQuestion): Promise<string | undefined> {
    // A clock that was set meanwhile must not make this long.
    let leftMs = Math.min(echoWaitMs, Math.max(0, at + echoWaitMs - now()));
    for (;;) {
      const echo = mark === '' ? undefined : await table.echoOf(mark);
      if (echo !== undefined || leftMs <= 0) return echo?.mid;
      await sleep(Math.min(pollMs, leftMs));
      leftMs -= pollMs;
    }
  }

  return async (question) => {
    const { conversation, userId, text, mark, at } = question;
    const mid = await markedEcho(question);
    if (mid !== undefined) return { state: 'done', result: { id: mid } };

    const since = at - clockSkewMs;
    const sent = await table.sentSince(conversation, at - ownMessagesMs);
    const known = new Set(sent.map((note) => note.mid));
    const isNamelessTwin = (note: SentNote) => note.mid === undefined && note.text === text;
    const hasNamelessTwin = sent.some((note) => note.at >= since - clockSkewMs && isNamelessTwin(note));
    const echoes = await table.echoesSince(conversation, since);
    // Metadata that the bot gave tells nothing: every message may have the same.
    const isMarkedOtherwise = (given = '') => isMark(given) && given !== mark;
    for (const echo of echoes) if (isMarkedOtherwise(echo.mark)) known.add(echo.mid);
    const isCandidate = (message: { mid: string; text?: string; at: number }) =>
      message.at >= since && message.text === text && !known.has(message.mid);

    const echo = text === '' ? undefined : echoes.find(isCandidate);
    if (echo !== undefined) return hasNamelessTwin ? { state: 'unknown' } : done(echo.mid);
    if (sentMessages === undefined || userId === undefined) return { state: 'unknown' };

    const { messages, completeSince } = await sentMessages.recent(userId);
    const unknownOnes = messages.filter((message) => message.at >= since && !known.has(message.mid));
    const found = text === '' ? undefined : unknownOnes.find(isCandidate);
    if (found !== undefined) return hasNamelessTwin ? { state: 'unknown' } : done(found.mid);
    // Without words of its own it may be any of them.
    if (text === '' && unknownOnes.length > 0) return { state: 'unknown' };
    // Behind a message that was answered before this one was begun it cannot be, however far the clocks are apart.
    const older = new Set(sent.filter((note) => note.at <= at).map((note) => note.mid));
    const reachesBack = completeSince <= since || messages.some((message) => older.has(message.mid));
    return reachesBack ? { state: 'absent' } : { state: 'unknown' };
  };
}

function done(mid: string): Settled<SentResult> {
  return { state: 'done', result: { id: mid } };
}

/** The customer's id in a conversation's name, when it is one of Facebook. */
export function userIdOf(conversation: string): string | undefined {
  const [channel, , psid] = conversation.split(' ');
  return channel === 'facebook' ? psid : undefined;
}
