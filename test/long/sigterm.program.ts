import { expect } from 'chai';
import { runSigterms } from './sigtermRun.ts';

describe('a bot that is told to end in the middle of its work', function () {
  this.timeout(120_000);

  it('ends in good order, loses nothing, answers nothing twice and goes on at the next start', async () => {
    const result = await runSigterms({ rounds: 1, eventsPerRound: 100, seed: 4711, stallEvery: 0 });
    expect(result).to.include({ events: 100, lost: 0, doubled: 0, parked: 0, badExits: 0 });
  });
});
