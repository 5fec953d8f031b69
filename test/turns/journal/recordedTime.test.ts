import { expect } from 'chai';
import { createMemoryStore } from '../../../store/memory/memoryStore.ts';
import { createRecordedTime } from '../../../turns/journal/recordedTime.ts';
import { TurnJournal } from '../../../turns/journal/turnJournal.ts';
import { createTurnScopes, TurnScope } from '../../../turns/turnScope.ts';
import { claimOne, event } from '../../contracts/storeContract.ts';
import { createRecordingLogger } from '../../support/recordingLogger.ts';

describe("The platform's time in a turn", () => {
  it('is what it was, if the turn runs again after its process had ended', async () => {
    const [store, scopes] = [createMemoryStore(), createTurnScopes()];
    const journal = new TurnJournal({ table: store.journal, scopes, logger: createRecordingLogger() });
    let now = 1000;
    const clock = { now: () => now, learn: () => undefined, offset: () => ({ min: -5, max: 7 }) };
    const time = createRecordedTime(clock, journal);
    await store.accept([event('1')]);
    const inTurn = async () => {
      const claim = await claimOne(store);
      const times = await scopes.run(new TurnScope(claim), async () => [await time(), await time()]);
      await store.retry(claim.id, 0);
      return times;
    };
    const expected = { earliest: 995, latest: 1007 };
    expect(await inTurn()).to.deep.equal([expected, expected]);
    now = 60_000;
    expect(await inTurn()).to.deep.equal([expected, expected]);
    expect(await time(), 'outside of turns').to.deep.equal({ earliest: 59_995, latest: 60_007 });
  });
});
