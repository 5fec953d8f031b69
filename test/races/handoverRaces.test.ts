import { expect } from 'chai';
import { modes } from '../../emulator/core/state.ts';
import { playRace } from './playRace.ts';
import { entrances, startRaceStage, type RaceStage } from './raceStage.ts';
import { scenarios } from './scenarios.ts';

/** Each race is played with one timing here; the long run has many more. */
for (const entrance of entrances) {
  for (const mode of modes) {
    const races = scenarios.filter((scenario) => scenario.modes.includes(mode));
    if (races.length === 0) continue;
    describe(`a handover in mode ${mode} through ${entrance} ends with the right owner, and no bot speaks after its own pass`, () => {
      let stage: RaceStage;
      before(async () => {
        const switches = { requestInRouting: 'toDefaultApp', messagingWindow: 'ignored' } as const;
        stage = await startRaceStage({ entrance, mode, switches });
      });
      after(() => stage.close());

      for (const scenario of races) {
        it(scenario.name, async () => {
          const seed = scenarios.indexOf(scenario) * 1000;
          const { wrong } = await playRace(stage, scenario, mode, seed);
          expect(wrong, `seed ${seed}`).to.deep.equal([]);
        });
      }
    });
  }
}
