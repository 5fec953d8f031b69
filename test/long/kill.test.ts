import { expect } from 'chai';
import { runKills } from './killRun.ts';

describe('a bot that is killed in the middle of its work', function () {
  this.timeout(120_000);

  it('loses nothing, doubles nothing and keeps the order', async () => {
    const result = await runKills({ messages: 60, kills: 2, conversations: 6, seed: 4711, faultPercent: 15 });
    expect(result).to.include({ accepted: 60, kills: 2, lost: 0, doubled: 0, reordered: 0 });
    expect(result.faults).to.be.greaterThan(0);
  });
});
