import { expect } from 'chai';
import { controlScenarios, playControlHistory } from './controlModel.ts';

/** So many histories of each world; `npm run test:verdicts` plays many more. */
const histories = 40;

describe('a lost answer to a call that moves a thread, in random histories', () => {
  for (const scenario of controlScenarios) {
    it(`is never judged wrong: ${scenario.name}`, async () => {
      let unknown = 0;
      for (let seed = 1; seed <= histories; seed += 1) {
        const tally = await playControlHistory(scenario, seed);
        expect([tally.wrongDone, tally.wrongAbsent], `seed ${seed}`).to.deep.equal([0, 0]);
        unknown += tally.unknown;
      }
      // Alone with its thread, an app always learns what became of a call.
      expect(unknown).to.be.at.most(scenario.othersShare > 0 ? histories / 2 : 0);
    });
  }
});
