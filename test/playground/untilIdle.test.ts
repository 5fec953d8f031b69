import { expect } from 'chai';
import { untilIdle } from '../../playground/untilIdle.ts';

const idle = { waiting: 0, running: 0, failed: 0 };

describe('Waiting until everything is idle', () => {
  it('asks Messenger and every bot at least once', async () => {
    const asked: string[] = [];
    const bot = (name: string) => ({ name, work: async () => (asked.push(name), idle) });
    await untilIdle({
      settled: async () => void asked.push('messenger'),
      bots: [bot('primary'), bot('secondary')],
      lastEventId: () => 0,
    });
    expect(asked).to.deep.equal(['messenger', 'primary', 'secondary']);
  });

  it('goes on while a bot has events waiting or running', async () => {
    const works = [{ ...idle, waiting: 1 }, { ...idle, running: 1 }, idle];
    let asked = 0;
    const work = async () => works[asked++]!;
    await untilIdle({ settled: async () => undefined, bots: [{ name: 'primary', work }], lastEventId: () => 0 });
    expect(asked).to.equal(3);
  });

  it('goes on when something happened after the first bot was asked', async () => {
    let events = 5;
    const asked: number[] = [];
    const secondary = { name: 'secondary', work: async () => (asked.length === 1 ? (events += 1) : 0, idle) };
    const primary = { name: 'primary', work: async () => (asked.push(events), idle) };
    await untilIdle({ settled: async () => undefined, bots: [primary, secondary], lastEventId: () => events });
    expect(asked).to.deep.equal([5, 6]);
  });

  it('ends with the names of those who are still at work', async () => {
    let now = 0;
    const work = async () => ({ ...idle, running: 1 });
    const problem: unknown = await untilIdle({
      settled: async () => undefined,
      bots: [
        { name: 'primary', work },
        { name: 'secondary', work: async () => idle },
      ],
      lastEventId: () => 0,
      now: () => (now += 10_000),
    }).catch((error: unknown) => error);
    expect(problem).to.be.an('error').with.property('message', 'Still busy: primary, 30 s after the last step.');
  });

  it('ends when messages go round for ever', async () => {
    let now = 0;
    let events = 0;
    const problem: unknown = await untilIdle({
      settled: async () => undefined,
      bots: [],
      lastEventId: () => (events += 1),
      now: () => (now += 10_000),
    }).catch((error: unknown) => error);
    expect(problem).to.be.an('error').with.property('message').that.includes('sending each other messages');
  });
});
