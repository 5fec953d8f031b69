import { expect } from 'chai';
import { differences, type Outcome } from '../../../playground/tour/expectations.ts';

const outcome: Outcome = {
  owner: 'primary',
  folder: 'Done',
  seen: [{ by: 'primary', text: 'Hello', choices: ['Pass to secondary'] }],
  webhooks: ['message to primary on messaging', 'echo to primary on messaging'],
  graph: ['primary: take_thread_control → ok'],
};

describe('A row of the tour', () => {
  it('agrees with itself', () => expect(differences(outcome, structuredClone(outcome))).to.deep.equal([]));

  const changes: readonly (readonly [string, Partial<Outcome>, string])[] = [
    ['another owner', { owner: 'Page Inbox' }, 'owner: expected primary, but it is Page Inbox'],
    ['another folder', { folder: 'Main' }, 'folder: expected Done, but it is Main'],
    [
      'another speaker',
      { seen: [{ by: 'secondary', text: 'Hello', choices: ['Pass to secondary'] }] },
      'messages, number 1: expected primary said "Hello" and offered Pass to secondary, but there was secondary said "Hello" and offered Pass to secondary',
    ],
    [
      'missing choices',
      { seen: [{ by: 'primary', text: 'Hello' }] },
      'messages, number 1: expected primary said "Hello" and offered Pass to secondary, but there was primary said "Hello"',
    ],
    [
      'a missing webhook',
      { webhooks: ['message to primary on messaging'] },
      'webhooks, number 2: expected echo to primary on messaging, but there was nothing',
    ],
    [
      'one Graph call too many',
      { graph: [...outcome.graph, 'primary: take_thread_control → ok'] },
      'Graph calls, number 2: expected nothing, but there was primary: take_thread_control → ok',
    ],
  ];
  for (const [what, change, sentence] of changes) {
    it(`says so when there is ${what}`, () => {
      expect(differences(outcome, { ...outcome, ...change })).to.deep.equal([sentence]);
    });
  }
});
