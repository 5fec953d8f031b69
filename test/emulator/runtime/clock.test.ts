import { expect } from 'chai';
import { createClock } from '../../../emulator/runtime/clock.ts';
import { startPlatform } from '../../../emulator/startPlatform.ts';

describe("the emulator's clock", () => {
  it('calls in the order of time what it is put forward over, and not what was called off', () => {
    const clock = createClock(() => 0);
    const called: string[] = [];
    clock.after(2000, () => called.push('second'));
    clock.after(1000, () => called.push('first'));
    clock.after(3000, () => called.push('third'));
    clock.after(1500, () => called.push('never'))();
    clock.advance(2000);
    expect(called).to.deep.equal(['first', 'second']);
    clock.advance(1000);
    expect(called).to.deep.equal(['first', 'second', 'third']);
  });

  it('goes on by itself, sooner when it was put forward', async () => {
    const clock = createClock();
    const called = new Promise<void>((resolve) => {
      clock.after(3_600_005, resolve);
    });
    // Its timers keep no process running; this one does.
    const running = setInterval(() => undefined, 1000);
    clock.advance(3_600_000);
    await called;
    clearInterval(running);
  });

  it('tells when something is due next', () => {
    const clock = createClock(() => 1_000);
    expect(clock.nextDue()).to.equal(undefined);
    const cancel = clock.after(500, () => undefined);
    clock.after(20_000, () => undefined);
    expect(clock.nextDue()).to.equal(1_500);
    cancel();
    expect(clock.nextDue()).to.equal(21_000);
    clock.advance(20_000);
    expect(clock.nextDue()).to.equal(undefined);
  });

  it('ends a wait with the signal', async () => {
    const closing = new AbortController();
    const waiting = createClock(() => 0).wait(3_600_000, closing.signal);
    closing.abort();
    await waiting;
    await createClock(() => 0).wait(3_600_000, closing.signal);
  });

  it('is the one that answers of Graph and of the Connector tell, as the times of events do', async () => {
    const platform = await startPlatform({ mode: 'classic' });
    const hour = 3_600_000;
    platform.emulator.advanceClock(hour);
    const [{ settings }] = platform.bots as [(typeof platform.bots)[number]];
    const dateOf = async (url: string) => Date.parse((await fetch(url)).headers.get('date') ?? '');
    for (const url of [settings['GraphApiBaseUrl'], settings['ToBotFromChannelOpenIdMetadataUrl']]) {
      expect(await dateOf(url!)).to.be.greaterThan(Date.now() + hour / 2);
    }
    await platform.close();
  });
});
