import { expect } from 'chai';
import { setImmediate as nextTask } from 'node:timers/promises';
import { answerParent, type Answers } from '../../helpers/answerParent.ts';
import { createScrubber } from '../../helpers/logging/scrubLine.ts';
import { Secret } from '../../helpers/secret.ts';

const secret = 'a-planted-page-token-of-some-length';

async function ask(answers: Answers, ...messages: unknown[]): Promise<unknown[]> {
  const sent: unknown[] = [];
  let hear: (message: unknown) => void = () => undefined;
  const channel = {
    on: (_event: 'message', listener: (message: unknown) => void) => (hear = listener),
    send: (message: string) => sent.push(JSON.parse(message)),
  };
  answerParent(channel, answers, createScrubber([new Secret(secret)]));
  for (const message of messages) hear(message);
  await nextTask();
  return sent;
}

const thread = { pageId: '10', psid: '77' };

describe('The channel to the process that started the bot', () => {
  it('answers what is to come in a conversation, without secrets', async () => {
    const plansOf = async (asked: object) => ({ timers: [{ name: secret, dueAt: 5 }], asked });
    const [answer] = await ask({ plansOf }, { plansOf: { ...thread, more: 'left out' } });
    expect(answer).to.deep.include({ of: thread, asked: thread });
    expect(JSON.stringify(answer)).not.to.contain(secret);
    expect(answer).to.have.nested.property('timers[0].dueAt', 5);
  });

  it('answers nothing else', async () => {
    let asked = 0;
    const plansOf = async () => ({ asked: (asked += 1) });
    const others = [undefined, 'plansOf', {}, { clockAheadMs: 5 }, { plansOf: '10' }, { plansOf: { pageId: '10' } }];
    expect(await ask({ plansOf }, ...others)).to.deep.equal([]);
    expect(asked).to.equal(0);
  });

  it('answers also where the store cannot be read any more', async () => {
    const plansOf = () => Promise.reject(new Error('closed'));
    expect(await ask({ plansOf }, { plansOf: thread })).to.deep.equal([{ of: thread }]);
  });

  it('does not listen in a process that has no such channel', () => {
    const on = () => expect.fail('It listens.');
    answerParent({ on }, { plansOf: async () => ({}) }, createScrubber([]));
  });
});
