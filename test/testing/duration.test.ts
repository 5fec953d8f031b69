import { expect } from 'chai';
import { millisecondsOf } from '../../testing/duration.ts';

describe('millisecondsOf', () => {
  for (const [duration, ms] of [
    [0, 0],
    [250, 250],
    ['90s', 90_000],
    ['20m', 1_200_000],
    ['2h', 7_200_000],
    ['1d', 86_400_000],
    ['1.5s', 1_500],
  ] as const) {
    it(`reads ${duration}`, () => expect(millisecondsOf(duration)).to.equal(ms));
  }
  for (const wrong of [-1, 0.5, NaN, '', '20', 'm', '20 m', '-1m', '1e3s', '20minutes', '99999999999d']) {
    it(`refuses ${JSON.stringify(wrong)}`, () => expect(() => millisecondsOf(wrong)).to.throw(RangeError, /'20m'/));
  }
});
