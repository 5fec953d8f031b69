import { expect } from 'chai';
import { modes } from '../../emulator/core/state.ts';
import { playRace } from './playRace.ts';
import { endpoints, startRaceStage, type RaceStage } from './raceStage.ts';
import type { Scenario } from './scenario.ts';
import { scenarios } from './scenarios.ts';

/** Each race is played with one timing here, in one mode through the one endpoint and in the next through the other; the long run has many more. */
for (const [first, endpoint] of endpoints.entries()) {
  for (const mode of modes) {
    const isHere = ({ modes: its }: Scenario, index: number): boolean =>
      its.includes(mode) && (index + its.indexOf(mode) + first) % endpoints.length === 0;
    const races = scenarios.filter(isHere);
    if (races.length === 0) continue;
    describe(`a handover in mode ${mode} through ${endpoint} ends with the right owner, and no bot speaks after its own pass`, () => {
      let stage: RaceStage;
      before(async () => {
        const switches = { requestInRouting: 'toDefaultApp', messagingWindow: 'ignored' } as const;
        stage = await startRaceStage({ endpoint, mode, switches });
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
