import { expect } from 'chai';
import { runKills } from './killRun.ts';

describe('a bot that is killed in the middle of its work', function () {
  this.timeout(120_000);

  // Every bot on each entrance is in the long form, `npm run test:kill`.
  for (const [bot, entrance] of [['liveChat', 'azure']] as const) {
    const where = entrance === 'azure' ? 'Azure' : 'the webhook';
    it(`loses nothing, doubles nothing and keeps the order: the bot ${bot} behind ${where}`, async () => {
      const size = { messages: 40, kills: 2, conversations: 8 };
      const faults = { seed: 4711, faultPercent: 15, lostEchoPercent: 5, patienceMs: 1500 };
      const result = await runKills({ bot, entrance, ...size, ...faults });
      expect(result).to.include({ kills: 2, lost: 0, doubled: 0, reordered: 0, failed: 0 });
      expect(result.ambiguous).to.be.greaterThan(0);
      expect(result.handovers).to.be.greaterThan(0);
    });
  }
});
