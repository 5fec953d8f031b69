import { expect } from 'chai';
import { playSendHistory } from './sendModel.ts';
import { sendScenarios } from './sendScenarios.ts';

/** So many histories of each world; `npm run test:verdicts` plays many more. */
const histories = 40;

describe('a lost answer to a message, in random histories', () => {
  for (const scenario of sendScenarios) {
    it(`is never judged wrong: ${scenario.name}`, async () => {
      let [asked, unknown] = [0, 0];
      for (let seed = 1; seed <= histories; seed += 1) {
        const tally = await playSendHistory(scenario, seed);
        expect([tally.wrongDone, tally.wrongAbsent], `seed ${seed}`).to.deep.equal([0, 0]);
        asked += tally.asked;
        unknown += tally.unknown;
      }
      expect(asked).to.be.greaterThan(histories / 2);
      // So few histories vary; what stays unknown of many is in the long form.
      expect(unknown / asked).to.be.lessThan(scenario.unknownShare + 0.1);
    });
  }
});
