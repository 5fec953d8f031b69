import { expect } from 'chai';
import { runKills } from './killRun.ts';

describe('a bot that is killed in the middle of its work', function () {
  this.timeout(120_000);

  // Every bot on each endpoint is in the long form, `npm run test:kill`.
  it('loses nothing, doubles nothing and keeps the order', async () => {
    const size = { messages: 40, kills: 2, conversations: 8 };
    const faults = { seed: 4711, faultPercent: 15, lostEchoPercent: 5, patienceMs: 1500 };
    const result = await runKills({ bot: 'liveChat', endpoint: 'azure', ...size, ...faults });
    expect(result).to.include({ kills: 2, lost: 0, doubled: 0, reordered: 0, failed: 0 });
    expect(result.ambiguous).to.be.greaterThan(0);
    expect(result.handovers).to.be.greaterThan(0);
  });

  it('gives up no turn of a bot whose words differ from run to run, and that throws', async () => {
    const size = { messages: 12, kills: 1, conversations: 4 };
    const faults = { seed: 4711, faultPercent: 0, lostEchoPercent: 0, personTakesMs: 6_000, patienceMs: 1500 };
    const result = await runKills({ bot: 'random', endpoint: 'direct', ...size, ...faults });
    expect(result).to.include({ kills: 1, lost: 0, doubled: 0, reordered: 0, failed: 0, parked: 0 });
  });
});
