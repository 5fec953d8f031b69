import { readArray, readId, readObject, readProperty, readText } from '../../models/readJson.ts';
import type { GraphClient } from './graphClient.ts';
import { GraphTransportError } from './graphErrors.ts';

/** A message of a conversation, read back from the platform. */
export interface ReadBackMessage {
  mid: string;
  text: string;
  /** Milliseconds since 1970; the platform tells whole seconds. */
  at: number;
  /** The platform did not say who wrote it: it may be the customer's. */
  from?: 'unknown';
}

export interface ReadBack {
  /** What the Page sent, whichever of its apps did, the newest first. */
  messages: readonly ReadBackMessage[];
  /** The oldest time, in milliseconds since 1970, from which nothing is missing. */
  completeSince: number;
}

/** Reads a conversation back, to find out what really was sent. */
export interface RecentMessages {
  /** @throws GraphApiError and GraphTransportError */
  recent(userId: string): Promise<ReadBack>;
}

/** Of older messages Meta tells no more than that they exist, so there is no next page to turn to. */
const windowSize = 20;

/**
 * Reads the newest messages of a conversation, those of the customer included: what is behind the last twenty, or behind one of which
 * Meta tells no details, is out of sight, and `completeSince` says so.
 *
 * Source: https://developers.facebook.com/docs/messenger-platform/conversations
 */
export function createRecentMessages(graph: Pick<GraphClient, 'get'>): RecentMessages {
  return {
    recent: async (userId) => {
      const answer = await graph.get('me/conversations', {
        platform: 'messenger',
        user_id: userId,
        fields: `messages.limit(${windowSize}){id,message,from,created_time,tags}`,
      });
      if (!Array.isArray(readProperty(answer, 'data'))) throw new GraphTransportError('unreadable');
      const [conversation] = readArray(answer, 'data');
      // Whoever is answered has a conversation. When it is not listed, in a folder that is not shown for example, nothing is known of it.
      if (conversation === undefined) return { messages: [], completeSince: Number.POSITIVE_INFINITY };
      const edge = readObject(conversation, 'messages');
      if (!Array.isArray(readProperty(edge, 'data'))) throw new GraphTransportError('unreadable');
      const all = readArray(edge, 'data');
      const inSight = untilUnreadable(all.slice(0, windowSize));
      // Meta may give fewer than it was asked for; only the missing link to a next page tells the end.
      const isEverything = inSight.length === all.length && all.length < windowSize && !hasNextPage(edge);
      const messages = inSight
        .filter(({ writer, isNotice }) => writer !== userId && !isNotice)
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

/** `isNotice`: it is a line of Meta's own, such as that a thread was transferred. Nobody said it. */
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

/** Another message of the oldest one's second may be out of sight. */
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
  // A message without words has an empty text. Without text and sender it is one of those whose details are not told.
  if (mid === undefined || Number.isNaN(at) || (writer === undefined && text === undefined)) return undefined;
  const tags = readArray(readObject(item, 'tags'), 'data');
  return { mid, at, text: text ?? '', writer, isNotice: tags.some((tag) => readText(tag, 'name') === 'admin_text') };
}
