import { conversationKey } from '../../models/conversationKey.ts';
import type { EffectJournal } from '../journal/effect.ts';
import type { RecentMessages } from '../../helpers/graph/recentMessages.ts';
import type { JournalTable } from '../../store/store.ts';

export interface WordsOfOthersOptions {
  table: Pick<JournalTable, 'sentSince'>;
  sentMessages: RecentMessages;
  /** The answer is written down with the turn: what a bot decides from must be the same when the turn runs again. */
  journal: EffectJournal;
}

/** How far back this bot's own messages are looked at: longer than Meta lets a person answer. */
const ownMessagesMs = 8 * 24 * 60 * 60 * 1000;

/**
 * Tells when the Page last said something in a conversation that this bot is not known to have said, in milliseconds since 1970, by reading
 * the conversation. Undefined when there is nothing of the kind among its newest messages. What Azure's channel changed in the bot's own words
 * counts as said by others: the bot is silent rather than too early.
 *
 * @throws GraphApiError when this app may not read conversations, and GraphTransportError
 */
export function createWordsOfOthers({ table, sentMessages, journal }: WordsOfOthersOptions) {
  async function lastOf(pageId: string, psid: string): Promise<number | undefined> {
    const { messages } = await sentMessages.recent(psid);
    const oldest = Math.min(...messages.map(({ at }) => at));
    const own = await table.sentSince(conversationKey(pageId, psid), oldest - ownMessagesMs);
    const mids = new Set(own.map(({ mid }) => mid));
    const texts = new Set(own.map(({ text }) => text));
    const others = messages.filter(({ mid, text }) => !mids.has(mid) && (text === '' || !texts.has(text)));
    return others.length === 0 ? undefined : Math.max(...others.map(({ at }) => at));
  }

  return (pageId: string, psid: string): Promise<number | undefined> =>
    journal.perform<number | undefined>({
      kind: 'words_of_others',
      role: 'question',
      args: { pageId, psid },
      perform: () => lastOf(pageId, psid),
      read: (json) => (typeof json === 'number' ? json : undefined),
      failureOf: () => 'refused',
      repetition: 'safe',
      whenUnknown: 'tell',
    });
}
