import { expect } from 'chai';
import { LeftOpen } from '../../testing/leftOpen.ts';
import { createManualClock } from '../support/manualClock.ts';

describe('A stage that is left open', () => {
  it('is told of once nobody has used it for ten seconds, with the place where it was opened', () => {
    const clock = createManualClock();
    const warnings: string[] = [];
    const leftOpen = new LeftOpen({ after: clock.after, tell: (warning) => warnings.push(warning) });
    leftOpen.start();
    clock.pass(9_999);
    leftOpen.stop();
    clock.pass(60_000);
    leftOpen.start();
    leftOpen.start();
    clock.pass(9_999);
    expect(warnings).to.deep.equal([]);
    clock.pass(1);
    clock.pass(60_000);
    expect(warnings).to.have.length(1);
    expect(warnings[0]).to.match(/nobody has used for 10 s.*It was opened at .*leftOpen\.test\.ts:\d+/);
  });
});
