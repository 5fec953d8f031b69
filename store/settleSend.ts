import { setTimeout as delay } from 'node:timers/promises';
import { isMark, type BegunEffect, type Settled } from '../helpers/effects.ts';
import type { SentResult } from '../helpers/sendOnce.ts';
import type { ReadBack, SentMessages } from '../helpers/sentMessages.ts';
import { earliestNow } from './earliestNow.ts';
import { msUntilBelievable } from './lateEffect.ts';
import { knownWithinMs, nameByEchoes } from './nameByEchoes.ts';
import type { JournalTable } from './store.ts';

export interface SettleSendOptions {
  table: Pick<JournalTable, 'echoOf' | 'echoesSince' | 'sentSince'>;
  /** Reads the conversation back; undefined without a page token. */
  sentMessages?: SentMessages | undefined;
  /** How long to wait for an echo before the conversation is read, in milliseconds. Default: 5 seconds. */
  echoWaitMs?: number;
  /** How far the platform's clock may be from ours, in milliseconds. Default: 10 seconds. */
  clockSkewMs?: number;
  sleep?: (ms: number) => Promise<unknown>;
  /** The clock that tells when effects begin. Default: {@link earliestNow}. */
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
 * By the echo that carries the message's mark or, because not every way brings the mark back, by an echo with its words; then by
 * reading the conversation. A message with the same words that is known to be another one never counts; those with the same words whose
 * ids are not known are counted, and where even that does not tell, the answer is `unknown`.
 *
 * Source: https://developers.facebook.com/docs/messenger-platform/reference/webhook-events/message-echoes
 */
export function createSettleSend(options: SettleSendOptions): SettleSend {
  const { table, sentMessages, echoWaitMs = 5_000, clockSkewMs = 10_000, sleep = delay } = options;
  const { now = () => earliestNow() } = options;

  /** What this bot is known to have sent, and what the echoes tell. */
  async function lookAt(question: SentQuestion, read: readonly { mid: string }[] = []): Promise<Evidence> {
    const { conversation, text, mark, at } = question;
    const since = at - clockSkewMs;
    const echoes = await table.echoesSince(conversation, at - ownMessagesMs);
    const noted = await table.sentSince(conversation, at - ownMessagesMs);
    const sent = nameByEchoes(noted, { echoes, readBack: read.map(({ mid }) => mid), clockSkewMs });
    // Metadata that the bot gave tells nothing: every message may have the same.
    const isMarkedOtherwise = (given = '') => isMark(given) && given !== mark;
    const others = [...sent, ...echoes.filter((echo) => isMarkedOtherwise(echo.mark))];
    const known = new Set(others.map(({ mid }) => mid));
    const twins = sent.filter((note) => note.mid === undefined && note.text === text);
    const isNew = (message: { mid: string; at: number }) => message.at >= since && !known.has(message.mid);
    const isIt = (message: { mid: string; text?: string; at: number }) =>
      text !== '' && message.text === text && isNew(message);
    const reachesBehind = ({ messages, completeSince }: ReadBack, time: number): boolean => {
      // Behind a message that was answered before then it cannot be, however far the clocks are apart.
      const older = new Set(sent.filter((note) => note.at <= time).map((note) => note.mid));
      return completeSince <= time - clockSkewMs || messages.some((message) => older.has(message.mid));
    };
    return {
      isIt,
      isNew,
      isMistakable: twins.some((note) => note.at >= since - clockSkewMs),
      echo: echoes.find(isIt)?.mid,
      reachesBack: (readBack) => reachesBehind(readBack, at),
      countAmongTwins: (readBack) => {
        const first = Math.min(...twins.map((note) => note.at));
        // Of what is older, no note would be among them.
        const from = Math.min(since, first - knownWithinMs - clockSkewMs);
        const isAlike = (message: { mid: string; text: string; at: number }) =>
          message.text === text && message.at >= from && !known.has(message.mid);
        const alike = readBack.messages.filter(isAlike);
        const [newest] = alike;
        if (newest !== undefined && alike.length > twins.length) return done(newest.mid);
        const areAllInSight = alike.length === twins.length && reachesBehind(readBack, Math.min(at, first - 1));
        return areAllInSight ? { state: 'absent' } : { state: 'unknown' };
      },
    };
  }

  async function echoOf(question: SentQuestion): Promise<Settled<SentResult> | undefined> {
    const { mark } = question;
    let leftMs = msUntilBelievable(question.at, { lateMs: echoWaitMs, now });
    for (;;) {
      const marked = mark === '' ? undefined : await table.echoOf(mark);
      if (marked !== undefined) return done(marked.mid);
      const { echo, isMistakable } = await lookAt(question);
      if (echo !== undefined && !isMistakable) return done(echo);
      if (leftMs <= 0) return undefined;
      await sleep(Math.min(pollMs, leftMs));
      leftMs -= pollMs;
    }
  }

  return async (question) => {
    const echoed = await echoOf(question);
    if (echoed !== undefined) return echoed;
    if (sentMessages === undefined || question.userId === undefined) return { state: 'unknown' };

    const readBack = await sentMessages.recent(question.userId);
    const { isIt, isNew, isMistakable, reachesBack, countAmongTwins } = await lookAt(question, readBack.messages);
    if (isMistakable && question.text !== '') return countAmongTwins(readBack);
    const found = readBack.messages.find(isIt);
    if (found !== undefined) return done(found.mid);
    // Without words of its own it may be any of them.
    if (question.text === '' && readBack.messages.some(isNew)) return { state: 'unknown' };
    return reachesBack(readBack) ? { state: 'absent' } : { state: 'unknown' };
  };
}

interface Evidence {
  /** Whether a message may be the one in question. */
  isIt: (message: { mid: string; text?: string; at: number }) => boolean;
  /** Whether it is none that is known, from before or by its mark. */
  isNew: (message: { mid: string; at: number }) => boolean;
  /** A message with the same words was sent not long ago whose id nobody knows. */
  isMistakable: boolean;
  /** The message in question, by an echo with its words. */
  echo: string | undefined;
  /** Whether what was read goes back to before the message was begun. */
  reachesBack: (readBack: ReadBack) => boolean;
  /** Whether there is one more with its words than are known to be sent without an id. */
  countAmongTwins: (readBack: ReadBack) => Settled<SentResult>;
}

function done(mid: string): Settled<SentResult> {
  return { state: 'done', result: { id: mid } };
}

/** The customer's id in a conversation's name, when it is one of Facebook. */
export function userIdOf(conversation: string): string | undefined {
  const [channel, , psid] = conversation.split(' ');
  return channel === 'facebook' ? psid : undefined;
}
