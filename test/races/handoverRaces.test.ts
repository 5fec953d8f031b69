import { expect } from 'chai';
import { modes } from '../../emulator/core/state.ts';
import { playRace } from './playRace.ts';
import { endpoints, startRaceStage, type RaceStage } from './raceStage.ts';
import type { Scenario } from './scenario.ts';
import { scenarios } from './scenarios.ts';

/** Each race is played once here, in one of its modes and through one endpoint, which alternate; `test/long/races.ts` plays all of them with many timings. */
for (const [first, endpoint] of endpoints.entries()) {
  for (const mode of modes) {
    const isHere = ({ modes: its }: Scenario, index: number): boolean =>
      its[index % its.length] === mode && Math.floor(index / 2) % endpoints.length === first;
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
