import { expect } from 'chai';
import { createTimeRule, oldestMs } from '../../../adapters/http/timeRule.ts';
import { createPlatformClock } from '../../../helpers/graph/platformClock.ts';
import { createRecordingLogger } from '../../support/recordingLogger.ts';

const today = 1_795_740_000_000;
const minute = 60_000;

/** A machine whose clock is so far ahead of the platform's, which says its time when it is asked. */
function machine(aheadMs: number, answers: 'answers' | 'silent' = 'answers') {
  let at = today;
  let ahead = aheadMs;
  let asked = 0;
  const logger = createRecordingLogger();
  const now = () => at + ahead;
  const clock = createPlatformClock(now);
  const askTime = () => {
    asked += 1;
    if (answers === 'answers') clock.learn(new Date(at).toUTCString(), now());
  };
  const rule = createTimeRule({ now, clock, askTime, logger });
  return {
    reasonOf: (timestamp: number) => rule(timestamp)?.reason,
    askTime,
    pass: (ms: number) => void (at += ms),
    setRight: () => void (ahead = 0),
    asked: () => asked,
    errors: () => logger.lines.filter(({ level }) => level === 'error').map(({ message }) => message),
  };
}

describe('the rule about the time of an event', () => {
  for (const [what, ahead] of [
    ['six minutes slow', -6],
    ['a day slow', -1440],
    ['a year slow', -525_600],
    ['four days fast', 5760],
    ['a year fast', 525_600],
  ] as const) {
    it(`goes by the platform's clock on a machine that is ${what}, once it is known`, () => {
      const wrong = machine(ahead * minute);
      // The first one cannot be told from one that is repeated, and with it the platform is asked.
      expect(wrong.reasonOf(today)).to.equal(ahead < 0 ? 'inTheFuture' : 'tooOld');
      expect(wrong.asked()).to.equal(1);
      expect([0, 1, 2].map((n) => wrong.reasonOf(today - n * minute))).to.deep.equal([undefined, undefined, undefined]);
      expect(wrong.reasonOf(today - 2 * oldestMs - 400 * 1440 * minute)).to.equal('tooOld');
      expect(wrong.reasonOf(today + 800 * 1440 * minute)).to.equal('inTheFuture');
      expect(wrong.errors()).to.have.length(1);
      expect(wrong.errors()[0]).to.contain('clock is wrong');
    });
  }

  it('says loudly that the clock may be wrong where nobody tells the time, and not more often than every ten minutes', () => {
    const wrong = machine(-60 * minute, 'silent');
    for (let n = 0; n < 100; n += 1) expect(wrong.reasonOf(today)).to.equal('inTheFuture');
    expect(wrong.errors()).to.have.length(1);
    expect(wrong.errors()[0]).to.contain('quarantine -- release');
    wrong.pass(10 * minute);
    expect(wrong.reasonOf(today + 10 * minute)).to.equal('inTheFuture');
    expect(wrong.errors()).to.have.length(2);
    expect(wrong.asked()).to.equal(2);
  });

  it('counts the own clock as well, since it may have been set right after the platform was asked', () => {
    const mended = machine(-60 * minute);
    mended.askTime();
    mended.setRight();
    expect(mended.reasonOf(today)).to.equal(undefined);
  });

  it('says nothing on a machine whose clock is right', () => {
    const right = machine(0);
    right.askTime();
    expect(right.reasonOf(today)).to.equal(undefined);
    expect(right.reasonOf(today - oldestMs - minute)).to.equal('tooOld');
    expect(right.errors()).to.deep.equal([]);
  });
});
