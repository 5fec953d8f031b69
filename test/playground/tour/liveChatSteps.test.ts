import { expect } from 'chai';
import { liveChatSteps } from '../../../playground/tour/liveChatSteps.ts';

describe('The table of the live-chat tour', () => {
  for (const mode of ['classic', 'routing'] as const) {
    const rows = liveChatSteps.flatMap(({ expected }) => expected[mode] ?? []);

    it(`has everything of the tutorial in mode ${mode}`, () => {
      const offered = new Set(rows.flatMap(({ seen }) => seen).flatMap(({ choices = [] }) => choices));
      expect([...offered]).to.deep.equal(['Pass to Inbox', 'Take From Inbox']);
      const said = rows.flatMap(({ seen }) => seen.map(({ text }) => text)).join('\n');
      for (const words of [
        'To talk to a person, tap or write',
        'A person in the page inbox will answer you',
        'The person has closed the conversation',
        'You are talking to the bot again',
        'No person has answered for a while',
      ]) {
        expect(said).to.include(words);
      }
    });

    it(`has the bot silent whenever the thread is not its own, in mode ${mode}`, () => {
      const silent = rows.filter(({ owner, graph }) => owner !== 'live chat' && graph.length === 0);
      expect(silent).to.have.length(6);
      for (const { seen } of silent) expect(seen.map(({ by }) => by)).not.to.include('live chat');
    });

    it(`ends with the bot, also when nobody clicks Done, in mode ${mode}`, () => {
      expect(rows.at(-1)?.owner).to.equal('live chat');
    });
  }

  it('has the inbox lose the thread after a day in routing only', () => {
    const [owners] = liveChatSteps.slice(-2).map(({ expected }) => [expected.classic?.owner, expected.routing?.owner]);
    expect(owners).to.deep.equal(['Page Inbox', 'nobody']);
  });
});
