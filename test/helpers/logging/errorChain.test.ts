import { expect } from 'chai';
import { errorInWords } from '../../../helpers/logging/errorChain.ts';

const wrapped = (message: string, error: Error): Error =>
  Object.assign(new Error(message), { name: 'DialogContextError', error });

describe('An error in words', () => {
  const refused = new Error('connect ECONNREFUSED 127.0.0.1:4777');
  for (const [what, error, words] of [
    ['alone', new TypeError('no'), 'TypeError: no'],
    ['without a message', new RangeError(), 'RangeError'],
    [
      'with its cause',
      new TypeError('fetch failed', { cause: refused }),
      'TypeError: fetch failed, because of Error: connect ECONNREFUSED 127.0.0.1:4777',
    ],
    [
      'that stands for several',
      new TypeError('fetch failed', {
        cause: new AggregateError([refused, new Error('connect ECONNREFUSED ::1:4777')]),
      }),
      'TypeError: fetch failed, because of Error: connect ECONNREFUSED 127.0.0.1:4777',
    ],
    [
      'of several promises',
      new AggregateError([refused], 'All promises were rejected'),
      'AggregateError: All promises were rejected, because of Error: connect ECONNREFUSED 127.0.0.1:4777',
    ],
    [
      'that a dialog wrapped, whose words it has',
      wrapped('The shop answered 503', new Error('The shop answered 503')),
      'DialogContextError: The shop answered 503',
    ],
    [
      'that a dialog wrapped, with what caused that',
      wrapped('fetch failed', new TypeError('fetch failed', { cause: refused })),
      'DialogContextError: fetch failed, because of Error: connect ECONNREFUSED 127.0.0.1:4777',
    ],
    ['in a line of the log', { name: 'A', message: 'a', cause: { name: 'B', message: 'b' } }, 'A: a, because of B: b'],
    ['whose cause is no error', new Error('no', { cause: 'a text' }), 'Error: no'],
  ] as const) {
    it(`tells one ${what}`, () => {
      expect(errorInWords(error)).to.equal(words);
    });
  }

  it('ends where errors cause each other', () => {
    const one = new Error('one');
    const other = new Error('other', { cause: one });
    one.cause = other;
    expect(errorInWords(one)).to.equal('Error: one, because of Error: other');
  });
});
