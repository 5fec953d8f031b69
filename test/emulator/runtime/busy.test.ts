import { expect } from 'chai';
import { createBusySources, createBusyTracker } from '../../../emulator/runtime/busy.ts';
import { createClock } from '../../../emulator/runtime/clock.ts';

describe('settled()', () => {
  it('resolves at once when nothing is under way', async () => {
    await createBusySources().settled();
  });

  it('waits for work that other work starts before it ends', async () => {
    const sources = createBusySources();
    const [first, second] = [createBusyTracker(), createBusyTracker()];
    sources.add(first);
    sources.add(second);
    const endFirst = first.begin();
    let settled = false;
    const waiting = sources.settled().then(() => {
      settled = true;
    });
    const endSecond = second.begin();
    endFirst();
    await new Promise(setImmediate);
    expect(settled).to.equal(false);
    endSecond();
    await waiting;
    expect(settled).to.equal(true);
  });

  it('no longer waits for a source that was taken out, and work ends only once', async () => {
    const sources = createBusySources();
    const tracker = createBusyTracker();
    const remove = sources.add(tracker);
    const end = tracker.begin();
    tracker.begin();
    end();
    end();
    expect(tracker.busy()).to.equal(true);
    remove();
    await sources.settled();
  });
});

describe("the emulator's clock", () => {
  it('runs with its base and only goes forward', () => {
    let base = 100;
    const clock = createClock(() => base);
    clock.advance(50);
    base = 110;
    expect(clock.now()).to.equal(160);
    expect(() => clock.advance(-1)).to.throw(RangeError);
    expect(() => clock.advance(0.5)).to.throw(RangeError);
  });
});
