import { expect } from 'chai';
import { createPlatformClock } from '../../../helpers/graph/platformClock.ts';

const begin = 1_700_000_000_000;
const minute = 60_000;

/** Our own clock, and an answer of the platform, whose clock is so far ahead. */
function clockUnderTest() {
  let now = begin;
  const clock = createPlatformClock(() => now);
  return {
    clock,
    set: (time: number) => void (now = time),
    answer: (aheadMs: number) => clock.learn(new Date(now + aheadMs).toUTCString(), now),
  };
}

describe("the platform's clock", () => {
  it('is unknown within a day until an answer came', () => {
    const { clock } = clockUnderTest();
    expect(clock.offset()).to.deep.equal({ min: -24 * 60 * minute, max: 24 * 60 * minute });
  });

  it('is known within seconds from one answer', () => {
    const { clock, answer } = clockUnderTest();
    answer(5 * minute);
    const { min, max } = clock.offset();
    expect(min).to.be.within(5 * minute - 4_000, 5 * minute);
    expect(max).to.be.within(5 * minute, 5 * minute + 4_000);
  });

  it('is as it was for what began before one of the clocks jumped, and as it is for what began afterwards', () => {
    const { clock, set, answer } = clockUnderTest();
    answer(0);
    // The machine slept for seven minutes, in which its steady clock stood.
    set(begin + 10_000);
    answer(7 * minute);
    expect(clock.offset(begin + 5_000).min).to.be.at.most(0);
    expect(clock.offset(begin + 5_000).max).to.be.at.least(7 * minute);
    expect(clock.offset(begin + 10_001).min).to.be.at.least(7 * minute - 4_000);
  });

  it('is as it was for what began before our own clock was set back', () => {
    const { clock, set, answer } = clockUnderTest();
    answer(0);
    set(begin + minute);
    clock.offset();
    set(begin - 5 * minute);
    answer(6 * minute);
    expect(clock.offset(begin + minute).min).to.be.at.most(0);
  });

  it('stays narrow for what began before the first answer', () => {
    const { clock, set, answer } = clockUnderTest();
    set(begin + 1_000);
    answer(0);
    expect(clock.offset(begin).min).to.be.at.least(-4_000);
  });
});
