import { expect } from 'chai';
import { durationOf } from '../../helpers/duration.ts';

describe('durationOf', () => {
  for (const [duration, ms] of [
    [0, 0],
    [250, 250],
    ['90s', 90_000],
    ['20m', 1_200_000],
    ['20 m', 1_200_000],
    ['2h', 7_200_000],
    ['1d', 86_400_000],
    ['1w', 604_800_000],
    ['1.5s', 1_500],
  ] as const) {
    it(`reads ${duration}`, () => expect(durationOf(duration)).to.equal(ms));
  }
  for (const wrong of ['', '20', 'm', '20  m', '-1m', '1e3s', '20minutes', '1constructor']) {
    it(`sees that ${JSON.stringify(wrong)} is none`, () => expect(durationOf(wrong)).to.be.NaN);
  }
});
