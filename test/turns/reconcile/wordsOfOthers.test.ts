import { expect } from 'chai';
import { withoutJournal } from '../../../turns/journal/effect.ts';
import type { ReadBackMessage } from '../../../helpers/graph/recentMessages.ts';
import { createWordsOfOthers } from '../../../turns/reconcile/wordsOfOthers.ts';

const said = (mid: string, text: string, at: number): ReadBackMessage => ({ mid, text, at });

describe('the words of others', () => {
  const own = [
    { conversation: 'facebook 7 8', text: 'A person will answer you.', mid: 'm_own', at: 1_000 },
    { conversation: 'facebook 7 8', text: 'You are back.', at: 5_000 },
  ];
  const asked: string[] = [];
  const lastOf = (messages: readonly ReadBackMessage[]) =>
    createWordsOfOthers({
      table: {
        sentSince: (conversation) => {
          asked.push(conversation);
          return Promise.resolve(own);
        },
      },
      sentMessages: { recent: () => Promise.resolve({ messages, completeSince: 0 }) },
      journal: withoutJournal,
    })('7', '8');

  it('are the newest that this bot is not known to have said, by its id or by its words', async () => {
    const person = said('m_person', 'How can I help?', 3_000);
    const messages = [said('m_azure', 'You are back.', 5_000), person, said('m_own', 'rendered otherwise', 1_000)];
    expect(await lastOf(messages)).to.equal(3_000);
    expect(asked).to.deep.equal(['facebook 7 8']);
  });

  it('are a picture without words, too', async () => {
    expect(await lastOf([said('m_picture', '', 4_000)])).to.equal(4_000);
  });

  it('are none where only the bot spoke, or nobody', async () => {
    expect(await lastOf([said('m_own', 'A person will answer you.', 1_000)])).to.equal(undefined);
    expect(await lastOf([])).to.equal(undefined);
  });
});
