import { expect } from 'chai';
import { GraphApiError } from '../../helpers/graph/graphErrors.ts';
import { createEventAge } from '../../store/eventAge.ts';
import { createMemoryStore } from '../../store/memory/memoryStore.ts';
import { event } from '../contracts/storeContract.ts';
import { createFakePlatform, createTurnStage } from '../support/turnStage.ts';

const hour = 3_600_000;

describe('how long ago something was accepted', () => {
  it('is never more because the clock was set forward, and never less than nothing', () => {
    const clock = { wall: 1_700_000_000_000, monotonic: 5000 };
    const ageOf = createEventAge({ now: () => clock.wall, monotonicNow: () => clock.monotonic });
    const before = clock.wall;
    clock.wall += hour + 25 * hour;
    clock.monotonic += hour;
    expect(ageOf(before)).to.equal(hour);
    expect(ageOf(clock.wall)).to.equal(0);
    clock.wall -= 50 * hour;
    expect(ageOf(before + 26 * hour)).to.equal(0);
  });
});

describe('an event that waits for its page while the clock is corrected by 25 hours', () => {
  const trouble = () => new GraphApiError({ status: 500, reason: 'temporary' });

  for (const when of ['while the bot runs', 'before it starts'] as const) {
    it(`is not given up when that happens ${when}`, async () => {
      const clock = { wall: 1_700_000_000_000, monotonic: 1000 };
      const store = createMemoryStore({ now: () => clock.wall, monotonicNow: () => clock.monotonic });
      await store.accept([event('1'), event('2')]);
      if (when === 'before it starts') clock.wall += 25 * hour;
      let tries = 0;
      const stage = createTurnStage({
        ...{ store, platform: createFakePlatform(), now: () => clock.monotonic, retries: { now: () => clock.wall } },
        pass: (ms) => {
          clock.wall += ms;
          clock.monotonic += ms;
        },
        run: async () => {
          tries += 1;
          if (tries === 1 && when === 'while the bot runs') clock.wall += 25 * hour;
          if (tries < 10) throw trouble();
        },
      });
      await stage.runner.settled();
      expect(await store.deadLetters.list()).to.deep.equal([]);
      expect(tries).to.equal(11);
    });
  }
});
