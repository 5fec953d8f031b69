import { expect } from 'chai';
import { modes } from '../../emulator/core/state.ts';
import { playRace } from './playRace.ts';
import { startRaceStage, type RaceStage } from './raceStage.ts';
import { scenarios } from './scenarios.ts';

/** Each race is played with one timing here; the long run has many more. */
for (const mode of modes) {
  describe(`a handover in mode ${mode} ends with the right owner, and no bot speaks after its own pass`, () => {
    let stage: RaceStage;
    before(async () => {
      const switches = { requestInRouting: 'toDefaultApp', messagingWindow: 'ignored' } as const;
      stage = await startRaceStage({ mode, switches });
    });
    after(() => stage.close());

    for (const [index, scenario] of scenarios.entries()) {
      if (!scenario.modes.includes(mode)) continue;
      it(scenario.name, async () => {
        const seed = index * 1000;
        const { wrong } = await playRace(stage, scenario, mode, seed);
        expect(wrong, `seed ${seed}`).to.deep.equal([]);
      });
    }
  });
}
