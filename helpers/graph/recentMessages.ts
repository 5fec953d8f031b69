import { readArray, readId, readObject, readProperty, readText } from '../../models/readJson.ts';
import type { GraphClient } from './graphClient.ts';
import { GraphTransportError } from './graphErrors.ts';

/** A message of a conversation, read back from the platform. */
export interface ReadBackMessage {
  mid: string;
  text: string;
  /** Milliseconds since 1970, with a resolution of one second. */
  at: number;
  /** Set if the platform did not say who wrote it; it may be the customer's. */
  from?: 'unknown';
}

export interface ReadBack {
  /** The Page's messages, from any of its apps, newest first. */
  messages: readonly ReadBackMessage[];
  /** The time from which on nothing is missing, in milliseconds since 1970. */
  completeSince: number;
}

/** Reads a conversation back, to find out what was really sent. */
export interface RecentMessages {
  /** @throws GraphApiError and GraphTransportError */
  recent(psid: string): Promise<ReadBack>;
}

/** Meta gives no details of older messages, so reading the next page would not help. */
const windowSize = 20;

/**
 * Reads the newest messages of a conversation, including the customer's. Messages before the last twenty, or before one without details, are
 * out of sight; `completeSince` says from when on the list is complete.
 *
 * Source: https://developers.facebook.com/docs/messenger-platform/conversations
 */
export function createRecentMessages(graph: Pick<GraphClient, 'get'>): RecentMessages {
  return {
    recent: async (psid) => {
      const answer = await graph.get('me/conversations', {
        platform: 'messenger',
        user_id: psid,
        fields: `messages.limit(${windowSize}){id,message,from,created_time,tags}`,
      });
      if (!Array.isArray(readProperty(answer, 'data'))) throw new GraphTransportError('unreadable');
      const [conversation] = readArray(answer, 'data');
      // A customer who was answered has a conversation. If it is not listed, for example because of its folder, nothing is known about it.
      if (conversation === undefined) return { messages: [], completeSince: Number.POSITIVE_INFINITY };
      const edge = readObject(conversation, 'messages');
      if (!Array.isArray(readProperty(edge, 'data'))) throw new GraphTransportError('unreadable');
      const all = readArray(edge, 'data');
      const inSight = untilUnreadable(all.slice(0, windowSize));
      // Meta may return fewer than requested; only a missing link to a next page marks the end.
      const isEverything = inSight.length === all.length && all.length < windowSize && !hasNextPage(edge);
      const messages = inSight
        .filter(({ writer, isNotice }) => writer !== psid && !isNotice)
        .map(({ mid, text, at, writer }) => ({
          mid,
          text,
          at,
          ...(writer === undefined ? { from: 'unknown' as const } : {}),
        }));
      return { messages, completeSince: isEverything ? 0 : endOfSight(inSight) };
    },
  };
}

/** `isNotice`: one of Meta's own lines, such as that a thread was transferred. Nobody said it. */
type Sighted = ReadBackMessage & { writer: string | undefined; isNotice: boolean };

function untilUnreadable(items: readonly unknown[]): Sighted[] {
  const inSight: Sighted[] = [];
  for (const item of items) {
    const message = messageOf(item);
    if (message === undefined) break;
    inSight.push(message);
  }
  return inSight;
}

/** Other messages from the same second as the oldest one may be out of sight. */
function endOfSight(inSight: readonly Sighted[]): number {
  return inSight.length === 0 ? Number.POSITIVE_INFINITY : Math.min(...inSight.map(({ at }) => at)) + 1000;
}

function hasNextPage(edge: unknown): boolean {
  return readText(readObject(edge, 'paging'), 'next') !== undefined;
}

function messageOf(item: unknown): Sighted | undefined {
  const mid = readId(item, 'id');
  const at = Date.parse(readText(item, 'created_time') ?? '');
  const writer = readId(readObject(item, 'from'), 'id');
  const text = readText(item, 'message');
  // A message without words has an empty text. One without text and sender is a message without details.
  if (mid === undefined || Number.isNaN(at) || (writer === undefined && text === undefined)) return undefined;
  const tags = readArray(readObject(item, 'tags'), 'data');
  return { mid, at, text: text ?? '', writer, isNotice: tags.some((tag) => readText(tag, 'name') === 'admin_text') };
}
