import { conversationKey } from '../../models/conversationKey.ts';
import type { EffectJournal } from '../journal/effect.ts';
import type { RecentMessages } from '../../helpers/graph/recentMessages.ts';
import type { JournalTable } from '../../store/store.ts';

export interface WordsOfOthersOptions {
  table: Pick<JournalTable, 'sentSince'>;
  sentMessages: RecentMessages;
  /** Records the answer, since a bot that decides by it must get the same one when the turn runs again. */
  journal: EffectJournal;
}

/** How far back to look for this bot's own messages: longer than Meta lets a person answer. */
const ownMessagesMs = 8 * 24 * 60 * 60 * 1000;

/**
 * Reads a conversation to tell when the Page last said something that this bot is not known to have said, in milliseconds since 1970; undefined if
 * none of the newest messages is of that kind. If Azure's channel changed the bot's own words, they count as said by others: better that the bot
 * stays silent than that it speaks too early.
 *
 * @throws GraphApiError if this app may not read conversations, and GraphTransportError
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
