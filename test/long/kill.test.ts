import { expect } from 'chai';
import { runKills } from './killRun.ts';

describe('a bot that is killed in the middle of its work', function () {
  this.timeout(120_000);

  for (const entrance of ['azure', 'direct'] as const) {
    it(`loses nothing, doubles nothing and keeps the order, behind ${entrance === 'azure' ? 'Azure' : 'the webhook'}`, async () => {
      const size = { messages: 40, kills: 2, conversations: 8 };
      const result = await runKills({ entrance, ...size, seed: 4711, faultPercent: 15, patienceMs: 1500 });
      expect(result).to.include({ messages: 40, kills: 2, lost: 0, doubled: 0, reordered: 0, failed: 0 });
      expect(result.ambiguous).to.be.greaterThan(0);
      expect(result.handovers).to.be.greaterThan(0);
    });
  }
});
