import { readArray, readId, readObject, readProperty, readText } from '../models/readJson.ts';
import type { GraphClient } from './graphClient.ts';
import { GraphTransportError } from './graphErrors.ts';

/** A message of a conversation, read back from the platform. */
export interface ReadBackMessage {
  mid: string;
  text: string;
  /** Milliseconds since 1970; the platform tells whole seconds. */
  at: number;
}

export interface ReadBack {
  /** What the Page sent, whichever of its apps did, the newest first. */
  messages: readonly ReadBackMessage[];
  /** The oldest time, in milliseconds since 1970, from which nothing is missing. */
  completeSince: number;
}

/** Reads a conversation back, to find out what really was sent. */
export interface SentMessages {
  /** @throws GraphApiError and GraphTransportError */
  recent(userId: string): Promise<ReadBack>;
}

const limit = 100;

/**
 * Source: https://developers.facebook.com/docs/messenger-platform/conversations
 */
export function createSentMessages(graph: Pick<GraphClient, 'get'>): SentMessages {
  return {
    recent: async (userId) => {
      const answer = await graph.get('me/conversations', {
        platform: 'messenger',
        user_id: userId,
        fields: `messages.limit(${limit}){id,message,from,created_time}`,
      });
      if (!Array.isArray(readProperty(answer, 'data'))) throw new GraphTransportError('unreadable');
      const [conversation] = readArray(answer, 'data');
      const all = readArray(readObject(conversation, 'messages'), 'data').map((item) => messageOf(item, userId));
      const readable = all.filter((message) => message !== undefined);
      if (readable.length < all.length) throw new GraphTransportError('unreadable');
      const completeSince = all.length < limit ? 0 : Math.min(...readable.map(({ at }) => at)) + 1000;
      const messages = readable.filter(({ from }) => from !== userId).map(({ mid, text, at }) => ({ mid, text, at }));
      return { messages, completeSince };
    },
  };
}

function messageOf(item: unknown, userId: string): (ReadBackMessage & { from: string | undefined }) | undefined {
  const mid = readId(item, 'id');
  const at = Date.parse(readText(item, 'created_time') ?? '');
  if (mid === undefined || Number.isNaN(at)) return undefined;
  const from = readId(readObject(item, 'from'), 'id');
  return { mid, at, text: readText(item, 'message') ?? '', from: from ?? `not ${userId}` };
}
